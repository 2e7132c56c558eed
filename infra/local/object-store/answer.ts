import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { corsHeaders } from "./cors.ts";
import { type Exchange, openExchange, type Store } from "./exchange.ts";
import { Refusal } from "./refusal.ts";
import { route } from "./route.ts";
import { xmlDocument } from "./xml.ts";

/** How much of a refused body is read away, so that the client gets to see the answer: beyond this, or this long, it is cut off. */
const drainLimit = { bytes: 256 * 1024 * 1024, milliseconds: 60_000 };

/** Carries one request to its answer. Never rejects. */
export const answer = async (
  store: Store,
  request: IncomingMessage,
  response: ServerResponse,
  log: (line: string) => void,
): Promise<void> => {
  const requestId = randomBytes(8).toString("hex").toUpperCase();
  response.setHeader("date", store.now().toUTCString());
  response.setHeader("server", "AmazonS3");
  response.setHeader("x-amz-request-id", requestId);
  try {
    const exchange = openExchange(store, request, response);
    allowOrigin(exchange);
    await route(exchange)(exchange);
  } catch (error) {
    if (response.headersSent || response.destroyed) {
      // The client went away in the middle of a download, or what is left is too late to be told.
      response.destroy();
      return;
    }
    const refusal =
      error instanceof Refusal ? error : new Refusal("InternalError", "We encountered an internal error. Please try again.");
    if (refusal !== error && !request.destroyed)
      log(`${request.method} failed (${requestId}): ${error instanceof Error ? error.stack : String(error)}`);
    await refuse(request, response, refusal, requestId);
  } finally {
    log(`${request.method} ${request.url?.split("?", 1)[0]} ${response.statusCode}`);
  }
};

const allowOrigin = ({ store, request, response, bucketName, method, header }: Exchange): void => {
  const origin = header("origin");
  if (origin === undefined || request.method === "OPTIONS") return;
  const allowed = corsHeaders(store.buckets.get(bucketName)?.settings.cors, { origin, method });
  if (allowed) response.setHeaders(new Map(Object.entries(allowed)));
};

const refuse = async (request: IncomingMessage, response: ServerResponse, refusal: Refusal, requestId: string): Promise<void> => {
  const drained = await drain(request);
  if (response.destroyed) return;
  // An unread rest would be taken for the next request.
  if (!drained) response.setHeader("connection", "close");
  response.setHeaders(new Map(Object.entries(refusal.headers)));
  const path = request.url?.split("?", 1)[0] ?? "";
  const body = Buffer.from(
    xmlDocument("Error", {
      Code: refusal.code,
      Message: refusal.message,
      ...refusal.details,
      Resource: path,
      RequestId: requestId,
      HostId: requestId,
    }),
  );
  const bodiless = request.method === "HEAD" || refusal.status === 304;
  response.writeHead(refusal.status, bodiless ? {} : { "content-type": "application/xml", "content-length": body.length });
  response.end(bodiless ? undefined : body, drained ? undefined : () => request.destroy());
};

/** Reads the rest of a body into nothing. True when it ended within the limits. */
const drain = (request: IncomingMessage): Promise<boolean> => {
  if (request.complete && request.readableEnded) return Promise.resolve(true);
  if (request.destroyed) return Promise.resolve(false);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > drainLimit.bytes) resolve(false);
  };
  const ended = () => resolve(true);
  const closed = () => resolve(request.complete);
  const timer = setTimeout(() => resolve(false), drainLimit.milliseconds);
  request.unpipe();
  request.on("data", count).once("end", ended).once("close", closed).resume();
  return promise.finally(() => {
    clearTimeout(timer);
    request.off("data", count).off("end", ended).off("close", closed);
  });
};
