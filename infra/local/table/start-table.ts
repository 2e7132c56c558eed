import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { Identities } from "../identities.ts";
import type { Judge } from "../judge.ts";
import type { TableDefinition } from "./definition.ts";
import { openEngine } from "./engine.ts";
import { createFront, type Reply } from "./front.ts";
import { refusedAtTheDoor } from "./refusal.ts";
import { authenticator } from "./signature.ts";
import type { Stream } from "./stream.ts";

export type { TableDefinition } from "./definition.ts";
export type { DynamoStreamRecord } from "./stream.ts";

/** Capacity units that one operation took of one table and of its indexes, and how many items it wrote, found or went through. */
export type CountedOperation = {
  identity: string;
  action: string;
  tableName: string;
  table: number;
  indexes: Record<string, number>;
  items: number;
};

export type Table = {
  url: string;
  /** A request is being answered. Records that wait in a stream are their reader's business. */
  busy(): boolean;
  close(): Promise<void>;
  stream: Stream;
  /** Point-in-time recovery: makes a table of its own in this directory, as this one stands now, without its stream. */
  snapshot(directory: string): Promise<void>;
  /** Counts from the first `reset` on, so that a long run without a reader keeps nothing. */
  units: { reset(): void; read(): { operations: CountedOperation[] } };
};

type Options = {
  port: number;
  directory: string;
  tables: TableDefinition[];
  identities: Pick<Identities, "find">;
  judge: Judge;
  /** Local time: judges signatures, dates stream records, and is the `Date` that the SDK corrects its clock by. */
  now: () => Date;
  onLog?: (line: string) => void;
};

const largestRequest = 16 * 1024 * 1024;

/**
 * The template's tables as a DynamoDB endpoint on 127.0.0.1, kept in `<directory>/table`. Refuses to start, saying why, when a kept
 * table's keys or indexes are not the template's.
 */
export const startTable = async ({ port, directory, tables, identities, judge, now, onLog }: Options): Promise<Table> => {
  const engine = await openEngine(join(directory, "table"), tables, now);
  let operations: CountedOperation[] | undefined;
  const front = createFront(engine, judge, {
    counting: () => operations !== undefined,
    count: (identity, action, { tableName, units, items }) => operations?.push({ identity, action, tableName, ...units, items }),
  });
  const authenticate = authenticator(identities, now);
  let inFlight = 0;
  let closing = false;

  const reply = async (request: IncomingMessage): Promise<Reply> => {
    const body = await readBody(request);
    if (body === undefined)
      return { refused: { statusCode: 413, body: { __type: "com.amazon.coral.service#RequestEntityTooLargeException" } } };
    if (request.method !== "POST" || request.url !== "/") return { refused: refusedAtTheDoor("UnknownOperationException") };
    const caller = authenticate(request.headers, body);
    if ("refused" in caller) return caller;
    const parsed = parse(body);
    if (parsed === undefined) return { refused: refusedAtTheDoor("SerializationException") };
    return front(caller.identity, String(request.headers["x-amz-target"] ?? ""), parsed);
  };

  const server = createServer(async (request, response) => {
    inFlight++;
    try {
      send(response, await reply(request), now(), closing);
    } catch (error) {
      onLog?.(`table: ${request.headers["x-amz-target"]} failed: ${error instanceof Error ? error.stack : String(error)}`);
      const refused = {
        statusCode: 500,
        body: { __type: "com.amazon.coral.service#InternalServerError", message: "Internal server error" },
      };
      send(response, { refused }, now(), closing);
    } finally {
      inFlight--;
    }
  });
  // Longer than any client keeps an idle connection, so that none is closed under a request that is on its way.
  server.keepAliveTimeout = 10 * 60_000;
  try {
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  } catch (error) {
    await engine.close();
    throw error;
  }

  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    closing = true;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
    await engine.close();
  };

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    busy: () => inFlight > 0,
    close: () => {
      closed ??= close();
      return closed;
    },
    stream: engine.stream,
    snapshot: (to) => engine.snapshot(join(to, "table")),
    units: {
      reset: () => {
        operations = [];
      },
      read: () => ({ operations: [...(operations ?? [])] }),
    },
  };
};

const parse = (body: Buffer): object | undefined => {
  try {
    const parsed: unknown = JSON.parse(body.toString());
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
};

/** The whole body, or undefined when it is larger than DynamoDB takes; it is drained all the same. */
const readBody = (request: IncomingMessage): Promise<Buffer | undefined> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= largestRequest) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.on("end", () => resolve(size <= largestRequest ? Buffer.concat(chunks, size) : undefined));
    request.on("error", reject);
  });

const send = (response: ServerResponse, reply: Reply, date: Date, last: boolean): void => {
  const body = Buffer.from(JSON.stringify("answer" in reply ? reply.answer : reply.refused.body));
  response.writeHead("answer" in reply ? 200 : reply.refused.statusCode, {
    "Content-Type": "application/x-amz-json-1.0",
    "Content-Length": body.length,
    Date: date.toUTCString(),
    "x-amz-crc32": crc32(body),
    "x-amzn-RequestId": randomUUID(),
    ...(last ? { Connection: "close" } : {}),
  });
  response.end(body);
};
