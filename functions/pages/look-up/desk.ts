import type * as z from "zod/mini";
import type { responseSchemas } from "../../../shared/api/responses.ts";
import type { Facts } from "./address.ts";

/** What the page asks the API, and what it may answer. */

export type LookUp = z.infer<(typeof responseSchemas)["lookUpProcedureCode"]>;
export type Answer = LookUp["answers"][number];
export type Services = z.infer<(typeof responseSchemas)["listServices"]>;
export type Service = Services["services"][number];
export type Conditions = Answer["when"];
export type Unless = LookUp["unless"][number];

/** Why there is no answer. */
export type Trouble =
  | { readonly kind: "not-a-code" }
  | { readonly kind: "unreachable" }
  | { readonly kind: "too-many"; readonly seconds: number }
  | { readonly kind: "out-of-order" };
export type Told<Value> = { readonly value: Value } | { readonly trouble: Trouble };

export type Desk = {
  readonly lookUp: (code: string, facts: Facts, signal: AbortSignal) => Promise<Told<LookUp>>;
  readonly services: (signal: AbortSignal) => Promise<Told<Services>>;
};

export const deskOf = (fetch: typeof globalThis.fetch): Desk => {
  async function told<Value>(path: string, signal: AbortSignal): Promise<Told<Value>> {
    try {
      const answer = await fetch(path, { headers: { accept: "application/json" }, signal });
      if (answer.ok) return { value: (await answer.json()) as Value };
      return { trouble: troubleOf(answer) };
    } catch (error) {
      if (signal.aborted) throw error;
      return { trouble: { kind: "unreachable" } };
    }
  }
  return {
    services: (signal) => told("/v1/services", signal),
    lookUp: (code, facts, signal) => {
      const said = new URLSearchParams(Object.entries(facts).toSorted());
      return told(`/v1/procedure-codes/${encodeURIComponent(code)}${said.size > 0 ? `?${said}` : ""}`, signal);
    },
  };
};

function troubleOf({ status, headers }: Response): Trouble {
  if (status === 400 || status === 404) return { kind: "not-a-code" };
  if (status === 429) return { kind: "too-many", seconds: Number(headers.get("retry-after")) || 10 };
  return { kind: "out-of-order" };
}
