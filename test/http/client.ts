import { inject } from "vitest";
import type { TokenRequest } from "../../infra/local/tokens.ts";
import { callerOf, controlOf, type Json, type Listener } from "../caller.ts";
import { mustBeDocumented } from "./documented.ts";
import { rememberPersonal } from "./private-words.ts";

export type { Answer, Caller, Json } from "../caller.ts";

/** The pocket cloud that all HTTP tests share. */
export const cloud = inject("cloud");

/** Somebody with a token; nobody at all when `who` is `undefined`. */
export const caller = (who: TokenRequest | undefined) => callerOf(cloud, who, listener);

/** Whatever a test is about: each answer is one that the API documents, and what was said of people must not come into a log. */
const listener: Listener = (method, path, body, { status, headers, body: answered }) => {
  rememberPersonal(cloud.directory, body);
  mustBeDocumented(method, path, { status, contentType: headers.get("content-type") ?? "", body: answered });
};

/** Asks the pocket cloud itself: `idle`, `clock`, `units`, … */
export const control = (name: string, body: unknown = {}): Promise<Json> => controlOf(cloud, name, body);
