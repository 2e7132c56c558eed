import { patterns } from "../../shared/domain/identifiers.ts";
import { lookUp } from "../../shared/domain/look-up.ts";
import { ok, refuse } from "../../shared/domain/result.ts";
import { policy } from "../lib/deps/policy.ts";
import { endpoint } from "../lib/endpoint.ts";

export const handler = endpoint("lookUpProcedureCode", async ({ path, query }) => {
  const code = path.code.toUpperCase();
  if (!patterns.procedureCode.test(code))
    return refuse("validation-failed", "The path has faults; each is named under errors.", [
      { pointer: "/code", detail: "Must be a CPT or HCPCS Level II code." },
    ]);
  const {
    program: programs,
    diagnosis: diagnoses,
    network,
    facilityNetwork,
    trial: clinicalTrial,
    serviceDate: _,
    ...rest
  } = query;
  const known = {
    ...rest,
    ...(programs ? { programs } : {}),
    ...(diagnoses ? { diagnoses } : {}),
    ...(clinicalTrial === undefined ? {} : { clinicalTrial }),
    ...(network ? { participating: network === "participating" } : {}),
    ...(facilityNetwork ? { facilityParticipating: facilityNetwork === "participating" } : {}),
  };
  return ok({ body: { code, policyVersion: policy.version, ...lookUp(code, known, policy), reminder: policy.plan.reminder } });
});
