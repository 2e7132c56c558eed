import { builtInRules } from "../../shared/policy/rules-bundle.ts";
import { adoptPolicy } from "../../shared/use-cases/adopt-policy.ts";
import { consumer } from "../lib/consumer.ts";
import { clock } from "../lib/deps/clock.ts";
import { policy } from "../lib/deps/policy.ts";
import { policyRegister as register } from "../lib/deps/policy-register.ts";
import { proposedRules as proposals } from "../lib/deps/proposed-rules.ts";
import type { ObjectVersionId, RulesPlaces } from "../lib/log-catalogue.ts";
import { log, measure } from "../lib/telemetry.ts";

type ObjectCreated = { readonly object: { readonly key: string; readonly "version-id": string } };

const builtIn = builtInRules();

/** Rules that are refused would be refused for ever: their event is done with, and an alarm calls whoever proposed them. */
export const handler = consumer<ObjectCreated>("adopt-policy", async ({ detail: { object } }) => {
  const versionId = object["version-id"];
  const adoption = await adoptPolicy({ proposals, register, clock, policy, builtIn }, { key: object.key, versionId });
  if (adoption.outcome === "refused") {
    const { reason, places } = adoption;
    const shown = places.slice(0, mostPlaces) as unknown as RulesPlaces;
    log("policy refused", { reason, places: shown, findings: places.length, objectVersion: versionId as ObjectVersionId });
    measure({ metric: "PoliciesRefused", value: 1, dimensions: {} });
  }
  return adoption.outcome;
});

/** A line of a log stays readable; who mends these will find the others by `npm run policy:check`. */
const mostPlaces = 50;
