import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type PlainServer = { port: number; close(): Promise<void> };

/** Listens on 127.0.0.1 alone; port 0 takes a free one. */
export const listen = async (port: number, handle: RequestListener): Promise<PlainServer> => {
  const server = createServer(handle);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};

/** The whole body, or undefined when it is longer than `limit` bytes (it is read to its end nevertheless). */
export const readBody = async (request: IncomingMessage, limit: number): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
  }
  return length <= limit ? Buffer.concat(chunks) : undefined;
};

/** The JSON in a body; an empty body is undefined, one that is no JSON throws. */
export const parseJson = (body: Buffer): unknown =>
  body.length === 0 ? undefined : (JSON.parse(body.toString("utf8")) as unknown);

export const answerJson = (response: ServerResponse, status: number, body: unknown, type = "application/json"): void => {
  const bytes = Buffer.from(`${JSON.stringify(body ?? {})}`);
  response.writeHead(status, { "content-type": type, "content-length": bytes.length }).end(bytes);
};
