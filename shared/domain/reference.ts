import type { Request } from "./request.ts";

/** What claims can check where nothing needed authorization. */
export type Reference = { readonly number: string; readonly kind: "not-required" };

/** Its number is the request's own, as an authorization's is, so that it needs no index. */
export const referenceOf = ({ id, status }: Pick<Request, "id" | "status">): Reference | null =>
  status === "not-required" ? { number: id.replace(/^PA-/, "NR-"), kind: "not-required" } : null;
