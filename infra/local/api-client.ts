import { setTimeout as pause } from "node:timers/promises";

export type ApiAnswer<Body> = { readonly body: Body; readonly headers: Headers };
/** Whatever it is, a refusal too. */
export type ApiReply = { readonly status: number; readonly text: string; readonly headers: Headers };

type Method = "GET" | "POST" | "DELETE";
type Sent = Record<string, string>;

export type ApiClient = ReturnType<typeof apiClient>;

/** Calls the API as a client does. Whatever is not the expected status becomes a sentence that says what was expected and seen. */
export const apiClient = (api: string, token: () => string, signal: AbortSignal) => {
  const ask = async (method: Method, path: string, body?: unknown, headers: Sent = {}): Promise<ApiReply> => {
    const answer = await fetch(`${api}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token()}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
    }).catch((error: Error) => {
      signal.throwIfAborted();
      throw new Error(`${method} ${path} was not answered: ${reasonOf(error)}`);
    });
    return { status: answer.status, text: await answer.text(), headers: answer.headers };
  };
  const call = async <Body>(
    expected: number,
    method: Method,
    path: string,
    body?: unknown,
    headers?: Sent,
  ): Promise<ApiAnswer<Body>> => {
    const { status, text, headers: answered } = await ask(method, path, body, headers);
    if (status !== expected) {
      throw new Error(`${method} ${path} should have answered ${expected} but answered ${status}: ${text.slice(0, 1_000)}`);
    }
    return { body: JSON.parse(text) as Body, headers: answered };
  };
  return {
    ask,
    get: <Body>(path: string) => call<Body>(200, "GET", path),
    post: <Body>(path: string, body: unknown) => call<Body>(200, "POST", path, body),
    create: <Body>(path: string, body: unknown, headers?: Record<string, string>) => call<Body>(201, "POST", path, body, headers),
  };
};

/** `fetch` itself says only that it failed. */
const reasonOf = (error: Error): string => (error.cause instanceof Error ? error.cause.message : error.message);

/** In milliseconds: at first often, because most things are done at once, and then less and less, because each look is paid for. */
const shortestPause = 50;
const longestPause = 2_000;

/**
 * Looks again until it is so.
 *
 * @param expected completes the sentence "Expected …"
 * @param verdict `true` when it is so, `false` when it is not so yet, a text that says why it can never be so any more
 */
export const waitFor = async <Seen>(
  expected: string,
  look: () => Promise<Seen>,
  verdict: (seen: Seen) => boolean | string,
  { seconds = 60, signal }: { seconds?: number; signal: AbortSignal },
): Promise<Seen> => {
  const began = performance.now();
  const end = began + seconds * 1_000;
  for (;;) {
    const seen = await look();
    const is = verdict(seen);
    if (is === true) return seen;
    if (typeof is === "string") throw new Error(`Expected ${expected}, but ${is}.`);
    const now = performance.now();
    if (now > end) {
      throw new Error(`Expected ${expected} within ${seconds} seconds, but it is not so: ${JSON.stringify(seen).slice(0, 1_000)}`);
    }
    const tenth = (now - began) / 10;
    await pause(Math.min(Math.max(tenth, shortestPause), longestPause), undefined, { signal });
  }
};
