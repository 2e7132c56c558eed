import { hash } from "node:crypto";
import { canonicalJson } from "../domain/canonical-json.ts";
import type { Categories } from "./plan-files.ts";
import type { RulesVersion } from "./policies.ts";
import builtIn from "./service-categories.json" with { type: "json" };

/** One version of the rules as it is kept: a text that is the same for the same rules, and its SHA-256 in hex. */
export type RulesBundle = RulesVersion & { readonly text: string; readonly digest: string };

export function rulesBundle(categories: Categories): RulesBundle {
  const text = canonicalJson(categories);
  return {
    version: categories.version,
    effectiveFrom: categories.effectiveFrom,
    text,
    digest: hash("sha256", text, "hex"),
  };
}

/** The rules that were deployed with the code. */
export const builtInRules = (): RulesBundle => rulesBundle(builtIn as unknown as Categories);
