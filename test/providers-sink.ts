import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { join, resolve } from "node:path";
import { freePorts } from "./free-ports.ts";

type Body = Promise<Buffer>;
const listenAt = async (port: number, answer: (request: IncomingMessage, body: Body) => Promise<object>): Promise<Server> => {
  const read = async (request: IncomingMessage) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    return Buffer.concat(pieces);
  };
  const server = createServer(async (request, response) => {
    const content = await answer(request, read(request));
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(content));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
};
const end = async (server: Server) => {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
};

/** Lets commands find a pocket cloud in this directory at this port, whatever stands there. */
export async function announceCloud(directory: string, port: number): Promise<{ close(): Promise<void> }> {
  mkdirSync(directory, { recursive: true });
  const control = await listenAt(port + 6, async () => ({ directory: resolve(directory) }));
  writeFileSync(join(directory, "endpoints.json"), JSON.stringify({ api: `http://127.0.0.1:${port}` }));
  return { close: () => end(control) };
}

/**
 * What a loader takes for a pocket cloud with a table in it: every item is taken at once and forgotten, so that whoever measures the
 * loader does not measure a table.
 */
export async function startSink(directory: string): Promise<{ items(): number; close(): Promise<void> }> {
  const port = await freePorts();
  let items = 0;
  const table = await listenAt(port + 5, async ({ headers }, reading) => {
    const body = await reading;
    if (String(headers["x-amz-target"]).endsWith(".DescribeTable")) return { Table: { TableId: "sink" } };
    for (let at = body.indexOf('"PutRequest"'); at >= 0; at = body.indexOf('"PutRequest"', at + 1)) items += 1;
    return { UnprocessedItems: {} };
  });
  const cloud = await announceCloud(directory, port);
  return {
    items: () => items,
    close: async () => {
      await cloud.close();
      await end(table);
    },
  };
}
