import { ok } from "../../shared/domain/result.ts";
import { useAuthorization } from "../../shared/use-cases/use-authorization.ts";
import { benefitDeps } from "../lib/deps/benefits.ts";
import { policies } from "../lib/deps/policies.ts";
import { endpoint } from "../lib/endpoint.ts";

export const handler = endpoint("useAuthorization", async ({ path, body }) => {
  const counted = await useAuthorization({ ...benefitDeps, policies }, path.number, body);
  if (!counted.ok) return counted;
  const { lineNumber, unitsLeft } = counted.value;
  return ok({ body: { authorizationNumber: path.number, ...body, lineNumber, unitsLeft } });
});
