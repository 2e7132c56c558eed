import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Assembly } from "./assembly.ts";
import type { Outcome } from "./functions/start-functions.ts";
import { type Body, readBody } from "./gateway/body.ts";
import { preflightAnswer, withCors } from "./gateway/cors.ts";
import { eventOf, type Received, receive } from "./gateway/event.ts";
import { type JwtContext, openJwtAuthorizer } from "./gateway/jwt.ts";
import { type GatewayResponse, gatewayAnswer, internalServerError, responseOf } from "./gateway/response.ts";
import { openRouter } from "./gateway/router.ts";
import { type ApiSettings, type Route, readApi } from "./gateway/routes.ts";
import { openThrottle } from "./gateway/throttle.ts";

export type { ApiSettings } from "./gateway/routes.ts";

/** One line of the access log: no path, no query, nothing of the caller. */
export type AccessLogEntry = { requestId: string; routeKey: string; status: number; milliseconds: number };

export type Gateway = { url: string; port: number; busy(): boolean; close(): Promise<void> };

export type GatewayOptions = {
  /** 0 takes any free port. */
  port: number;
  assembly: Assembly | ApiSettings;
  invoke(functionName: string, event: unknown, options: { requestId?: string; traceId?: string }): Promise<Outcome>;
  /** Local time, for `Date` headers and events. Tokens are judged in real time. */
  now(): Date;
  account?: string;
  region?: string;
  onLog?(entry: AccessLogEntry): void;
};

const bodyLimit = 10 * 1_048_576;
/** Of the request line and all header values together. */
const headLimit = 10_240;

/** Serves an HTTP API on 127.0.0.1 as API Gateway would, its functions called through `invoke`. */
export const startGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const { port, assembly, invoke, now, account = "000000000000", region = "us-east-1", onLog = () => {} } = options;
  const api = "routes" in assembly ? assembly : readApi(assembly);
  const findRoute = openRouter(api.routes);
  const admits = openThrottle(api.throttle);
  const authorizers = new Map(
    api.routes.flatMap(({ authorizer }) => (authorizer ? [[authorizer.id, openJwtAuthorizer(authorizer)]] : [])),
  );
  const stagePrefix = api.stage === "$default" ? "" : `/${api.stage}`;
  let inFlight = 0;

  type Decision =
    | { answer: GatewayResponse }
    | { route: Route; pathParameters: Record<string, string>; jwt: JwtContext | undefined };

  /** Everything that can be decided before the body is read. */
  const decide = async (received: Received, head: number): Promise<Decision> => {
    if (head > headLimit) return { answer: gatewayAnswer(431, "Request Header Fields Too Large") };
    const inStage = received.path.startsWith(`${stagePrefix}/`);
    const match = inStage ? findRoute(received.method, received.path.slice(stagePrefix.length)) : undefined;
    if (!match) return { answer: gatewayAnswer(404, "Not Found") };
    const { target: route, pathParameters } = match;
    if (!admits(route.routeKey)) return { answer: gatewayAnswer(429, "Too Many Requests") };

    const authorize = route.authorizer && authorizers.get(route.authorizer.id);
    if (!authorize) return { route, pathParameters, jwt: undefined };
    const source = {
      header: (name: string) => received.headers[name],
      query: (name: string) => received.query.get(name) ?? undefined,
    };
    const verdict = await authorize(source, route.scopes);
    if (verdict.allowed) return { route, pathParameters, jwt: verdict.context };
    if (verdict.status === 403) return { answer: gatewayAnswer(403, "Forbidden") };
    const challenge =
      verdict.reason === undefined
        ? "Bearer"
        : `Bearer scope="${route.scopes.join(" ")}" error="invalid_token" error_description="${verdict.reason}"`;
    return { answer: gatewayAnswer(401, "Unauthorized", { "www-authenticate": challenge }) };
  };

  const call = async (
    received: Received,
    decision: Exclude<Decision, { answer: unknown }>,
    body: Buffer,
  ): Promise<GatewayResponse> => {
    const { route, pathParameters, jwt } = decision;
    const stage = { account, region, apiId: api.apiId, stage: api.stage };
    const event = eventOf(received, stage, { routeKey: route.routeKey, pathParameters, jwt, body, now: now(), port: actualPort });
    const invoked = invoke(route.functionName, event, { traceId: event.headers["x-amzn-trace-id"] ?? "" });
    const outcome = await withTimeout(invoked, route.timeoutMilliseconds);
    if (outcome === undefined) return gatewayAnswer(503, "Service Unavailable");
    if (outcome.ok) return responseOf(outcome.payload);
    return outcome.error.errorType === "RequestEntityTooLargeException"
      ? gatewayAnswer(413, "Request Entity Too Large")
      : internalServerError();
  };

  const answer = async (
    request: IncomingMessage,
    received: Received,
  ): Promise<{ response: GatewayResponse; routeKey: string; body: Body }> => {
    const preflight = preflightAnswer(api.cors, received);
    if (preflight) return { response: preflight, routeKey: "-", body: await readBody(request, 0) };
    const decision = await decide(received, headSize(request));
    const body = await readBody(request, "answer" in decision ? 0 : bodyLimit);
    const made =
      "answer" in decision
        ? decision.answer
        : body.kind === "complete"
          ? await call(received, decision, body.bytes)
          : gatewayAnswer(413, "Request Entity Too Large");
    const routeKey = "route" in decision ? decision.route.routeKey : "-";
    return { response: withCors(api.cors, made, received.headers.origin), routeKey, body };
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const began = performance.now();
    const received = receive(request);
    if (!received) {
      request.resume();
      send(response, gatewayAnswer(400, "Bad Request"), {});
      return;
    }
    const { response: made, routeKey, body } = await answer(request, received);
    if (body.kind === "endless") response.shouldKeepAlive = false;
    send(response, made, { "apigw-requestid": received.requestId });
    if (body.kind === "endless") response.once("finish", () => request.destroy());
    onLog({ requestId: received.requestId, routeKey, status: made.status, milliseconds: performance.now() - began });
  };

  const send = (response: ServerResponse, { status, headers, cookies, body }: GatewayResponse, extra: Record<string, string>) => {
    response.sendDate = false;
    const bodiless = status === 204 || status === 304;
    response.writeHead(status, {
      date: now().toUTCString(),
      ...headers,
      ...extra,
      ...(cookies.length > 0 ? { "set-cookie": cookies } : {}),
      ...(bodiless ? {} : { "content-length": body.byteLength }),
    });
    response.end(bodiless ? undefined : body);
  };

  const server = createServer(
    { keepAliveTimeout: 60_000, headersTimeout: 15_000, requestTimeout: 120_000 },
    (request, response) => {
      inFlight += 1;
      handle(request, response)
        .catch((error: unknown) => {
          // Otherwise the client left while it was sending, and nobody reads an answer.
          if (!request.complete || response.headersSent) return response.destroy();
          console.error("The gateway failed", error);
          send(response, internalServerError(), {});
        })
        .finally(() => {
          inFlight -= 1;
        });
    },
  );
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable) return;
    const [status, message] =
      error.code === "HPE_HEADER_OVERFLOW" ? [431, "Request Header Fields Too Large"] : [400, "Bad Request"];
    const body = JSON.stringify({ message });
    socket.end(
      `HTTP/1.1 ${status} ${message}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
    );
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const { port: actualPort } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${actualPort}`,
    port: actualPort,
    busy: () => inFlight > 0,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeIdleConnections();
      const impatience = setTimeout(() => server.closeAllConnections(), 5_000);
      await closed;
      clearTimeout(impatience);
    },
  };
};

const headSize = (request: IncomingMessage): number => {
  let size = (request.method?.length ?? 0) + (request.url?.length ?? 0) + 10;
  for (let index = 1; index < request.rawHeaders.length; index += 2) size += request.rawHeaders[index]?.length ?? 0;
  return size;
};

/** Undefined when `promise` takes longer than the integration may. */
const withTimeout = <Value>(promise: Promise<Value>, milliseconds: number): Promise<Value | undefined> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
