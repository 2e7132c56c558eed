import { toKnownFacts } from "../../shared/api/parse.ts";
import { lookUpView } from "../../shared/api/policy-views.ts";
import { dayOfReceipt } from "../../shared/domain/evaluate.ts";
import { ok } from "../../shared/domain/result.ts";
import { clock } from "../lib/deps/clock.ts";
import { policies } from "../lib/deps/policies.ts";
import { endpoint } from "../lib/endpoint.ts";
import { recentlyUsed } from "../lib/recently-used.ts";
import { revalidated } from "../lib/revalidated.ts";

/** Some 20 kB each. The same few codes are asked for again and again, and a version of the rules never changes. */
const views = recentlyUsed<ReturnType<typeof lookUpView>>(100);

export const handler = endpoint("lookUpProcedureCode", async ({ path, query, headers }) => {
  const now = clock.now();
  const policy = await policies.at(now);
  const known = toKnownFacts(query);
  const today = dayOfReceipt(now, policy);
  const facts = Object.entries(known).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const view = views(JSON.stringify([policy.version, today, path.code, facts]), () => lookUpView(path.code, known, policy, today));
  return ok(revalidated(view, headers["if-none-match"]));
});
