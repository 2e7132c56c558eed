import { lookUpView } from "../../shared/api/policy-views.ts";
import { dayOfReceipt } from "../../shared/domain/evaluate.ts";
import { ok } from "../../shared/domain/result.ts";
import { clock } from "../lib/deps/clock.ts";
import { policies } from "../lib/deps/policies.ts";
import { endpoint } from "../lib/endpoint.ts";
import { revalidated } from "../lib/revalidated.ts";

export const handler = endpoint("lookUpProcedureCode", async ({ path, query, headers }) => {
  const { program: programs, diagnosis: diagnoses, network, facilityNetwork, trial: clinicalTrial, ...rest } = query;
  const now = clock.now();
  const policy = await policies.at(now);
  const known = {
    serviceDate: dayOfReceipt(now, policy),
    ...rest,
    ...(programs ? { programs } : {}),
    ...(diagnoses ? { diagnoses } : {}),
    ...(clinicalTrial === undefined ? {} : { clinicalTrial }),
    ...(network ? { participating: network === "participating" } : {}),
    ...(facilityNetwork ? { facilityParticipating: facilityNetwork === "participating" } : {}),
  };
  return ok(revalidated(lookUpView(path.code, known, policy), headers["if-none-match"]));
});
