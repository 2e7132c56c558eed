import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { JwtContext } from "./jwt.ts";

/** A request as the gateway sees it before it knows the route. */
export type Received = {
  method: string;
  /** Decoded: this is how HTTP APIs route, and what they call the raw path. */
  path: string;
  rawQueryString: string;
  query: URLSearchParams;
  /** Lower-cased names; a repeated header joined by commas; without cookies. */
  headers: Record<string, string>;
  cookies: string[];
  protocol: string;
  sourceIp: string;
  requestId: string;
};

export type Stage = { account: string; region: string; apiId: string; stage: string };

/** Undefined when the target or its encoding is not valid. */
export const receive = (request: IncomingMessage): Received | undefined => {
  const target = request.url ?? "";
  const mark = target.indexOf("?");
  const rawQueryString = mark < 0 ? "" : target.slice(mark + 1);
  const encodedPath = mark < 0 ? target : target.slice(0, mark);
  if (!encodedPath.startsWith("/")) return undefined;
  let path: string;
  try {
    path = decodeURIComponent(encodedPath);
  } catch {
    return undefined;
  }
  const { headers, cookies } = readHeaders(request.rawHeaders);
  return {
    method: request.method ?? "GET",
    path,
    rawQueryString,
    query: new URLSearchParams(rawQueryString),
    headers,
    cookies,
    protocol: `HTTP/${request.httpVersion}`,
    sourceIp: request.socket.remoteAddress ?? "127.0.0.1",
    requestId: randomBytes(11).toString("base64").replaceAll("+", "-").replaceAll("/", "_"),
  };
};

const hopByHop = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "te",
  "trailer",
  "upgrade",
  "expect",
  "proxy-connection",
]);

const readHeaders = (raw: string[]): { headers: Record<string, string>; cookies: string[] } => {
  const headers = new Map<string, string>();
  const cookies: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? "").toLowerCase();
    const value = raw[index + 1] ?? "";
    if (name === "cookie") cookies.push(...value.split(";").map((cookie) => cookie.trim()));
    else if (!hopByHop.has(name)) headers.set(name, headers.has(name) ? `${headers.get(name)},${value}` : value);
  }
  return { headers: Object.fromEntries(headers), cookies };
};

/** The event of payload format 2.0. */
export const eventOf = (
  received: Received,
  { account, region, apiId, stage }: Stage,
  {
    routeKey,
    pathParameters,
    jwt,
    body,
    now,
    port,
  }: {
    routeKey: string;
    pathParameters: Record<string, string>;
    jwt: JwtContext | undefined;
    body: Buffer;
    now: Date;
    port: number;
  },
) => {
  const { method, path, rawQueryString, query, headers, cookies, protocol, sourceIp, requestId } = received;
  const names = [...new Set(query.keys())];
  const forwarded: Record<string, string> = {
    ...headers,
    "content-length": String(body.byteLength),
    "x-amzn-trace-id": headers["x-amzn-trace-id"] ?? traceId(now),
    "x-forwarded-for": headers["x-forwarded-for"] === undefined ? sourceIp : `${headers["x-forwarded-for"]}, ${sourceIp}`,
    "x-forwarded-port": String(port),
    "x-forwarded-proto": "http",
  };
  const encoded = body.byteLength > 0 && !isText(headers["content-type"], body);
  return {
    version: "2.0",
    routeKey,
    rawPath: path,
    rawQueryString,
    ...(cookies.length > 0 ? { cookies } : {}),
    headers: forwarded,
    ...(names.length > 0
      ? { queryStringParameters: Object.fromEntries(names.map((name) => [name, query.getAll(name).join(",")])) }
      : {}),
    requestContext: {
      accountId: account,
      apiId,
      ...(jwt ? { authorizer: { jwt } } : {}),
      domainName: `${apiId}.execute-api.${region}.amazonaws.com`,
      domainPrefix: apiId,
      http: { method, path, protocol, sourceIp, userAgent: headers["user-agent"] ?? "" },
      requestId,
      routeKey,
      stage,
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(Object.keys(pathParameters).length > 0 ? { pathParameters } : {}),
    ...(body.byteLength > 0 ? { body: body.toString(encoded ? "base64" : "utf8") } : {}),
    isBase64Encoded: encoded,
  };
};

export type HttpEvent = ReturnType<typeof eventOf>;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Only these types travel as text; all others, and a body without a type, in base64. AWS does not list them: this is what was
 * observed of HTTP APIs. Bytes that are not UTF-8 travel in base64 too, for text could not hold them.
 */
const isText = (contentType: string | undefined, body: Buffer): boolean => {
  const mediaType = (contentType ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (!/^(text\/.*|application\/(json|xml|javascript))$/.test(mediaType)) return false;
  try {
    utf8.decode(body);
    return true;
  } catch {
    return false;
  }
};

const traceId = (now: Date): string =>
  `Root=1-${Math.floor(now.getTime() / 1_000)
    .toString(16)
    .padStart(8, "0")}-${randomBytes(12).toString("hex")}`;

/** `12/Mar/2020:19:03:58 +0000` */
const commonLogTime = (now: Date): string => {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(now.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
};
