import { randomUUID } from "node:crypto";
import { signToken, type TokenRequest } from "../infra/local/tokens.ts";

/** Where a pocket cloud is, for those who call it from outside. */
export type CloudAddress = {
  readonly api: string;
  readonly objectStore: string;
  readonly vendor: string;
  readonly control: string;
  readonly directory: string;
  readonly port: number;
};

/** What came back: status, headers, and the body as JSON (or as text where it is none). */
export type Answer = { readonly status: number; readonly headers: Headers; readonly body: Json; readonly text: string };
// biome-ignore lint/suspicious/noExplicitAny: an answer may have any shape; the tests say which they expect
export type Json = any;

export type Caller = Awaited<ReturnType<typeof callerOf>>;

/** Hears every call and its answer, before the caller does. */
export type Listener = (method: string, path: string, body: unknown, answer: Answer) => void;

/** Somebody with a token; nobody at all when `who` is `undefined`. */
export async function callerOf(
  { api, directory }: Pick<CloudAddress, "api" | "directory">,
  who: TokenRequest | undefined,
  listener: Listener = () => {},
) {
  const token = who && (await signToken(directory, who));
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    const response = await fetch(`${api}${path}`, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" || body instanceof Uint8Array ? (body as RequestInit["body"]) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = {
      status: response.status,
      headers: response.headers,
      text,
      body: text !== "" && isJson(response) ? (JSON.parse(text) as Json) : text,
    };
    listener(method, path, body, answer);
    return answer;
  };
  return {
    get: (path: string, headers?: Record<string, string>) => call("GET", path, undefined, headers),
    post: (path: string, body: unknown, headers?: Record<string, string>) => call("POST", path, body, headers),
    /** With a key of its own unless one is given. */
    submit: (body: unknown, key: string = randomUUID()) => call("POST", "/v1/requests", body, { "idempotency-key": key }),
    call,
  };
}

const isJson = (response: Response) => /json/.test(response.headers.get("content-type") ?? "");

/** Asks the pocket cloud itself: `idle`, `clock`, `units`, … */
export async function controlOf(at: Pick<CloudAddress, "control">, name: string, body: unknown = {}): Promise<Json> {
  const response = await fetch(`${at.control}/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
  return response.json();
}
