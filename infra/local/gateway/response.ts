import { validateHeaderName, validateHeaderValue } from "node:http";
import { isObject } from "../intrinsics.ts";

export type GatewayResponse = { status: number; headers: Record<string, string>; cookies: string[]; body: Buffer };

/** An answer that the gateway makes itself. */
export const gatewayAnswer = (status: number, message: string, headers: Record<string, string> = {}): GatewayResponse => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  cookies: [],
  body: Buffer.from(JSON.stringify({ message })),
});

export const internalServerError = (): GatewayResponse => gatewayAnswer(500, "Internal Server Error");

/** Set by the gateway itself, whatever the function says. */
const reserved = new Set(["connection", "content-length", "date", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer"]);

/**
 * Reads a function's answer by payload format 2.0: an object with a `statusCode` is a response, and a malformed one an internal
 * error; anything else is the JSON body of a 200.
 */
export const responseOf = (payload: unknown): GatewayResponse => {
  if (!isObject(payload) || !("statusCode" in payload)) {
    return {
      status: 200,
      headers: { "content-type": "application/json" },
      cookies: [],
      body: Buffer.from(JSON.stringify(payload ?? null)),
    };
  }
  const { statusCode, headers = {}, cookies = [], body = "", isBase64Encoded = false } = payload;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return internalServerError();
  if (body !== null && typeof body !== "string") return internalServerError();
  if (headers !== null && !isObject(headers)) return internalServerError();
  if (cookies !== null && !(Array.isArray(cookies) && cookies.every((cookie) => typeof cookie === "string")))
    return internalServerError();

  const sent: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value === null || reserved.has(name.toLowerCase())) continue;
    if (!["string", "number", "boolean"].includes(typeof value)) return internalServerError();
    sent[name.toLowerCase()] = String(value);
  }
  sent["content-type"] ??= "text/plain; charset=utf-8";
  const setCookies = (cookies ?? []) as string[];
  try {
    for (const [name, value] of Object.entries(sent)) {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    }
    for (const cookie of setCookies) validateHeaderValue("set-cookie", cookie);
  } catch {
    return internalServerError();
  }
  return { status, headers: sent, cookies: setCookies, body: Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8") };
};
