import { ok } from "../../shared/domain/result.ts";
import { useAuthorization } from "../../shared/use-cases/use-authorization.ts";
import { authorizations } from "../lib/deps/authorizations.ts";
import { clock } from "../lib/deps/clock.ts";
import { requests } from "../lib/deps/requests.ts";
import { endpoint } from "../lib/endpoint.ts";

export const handler = endpoint("useAuthorization", async ({ path, body }) => {
  const counted = await useAuthorization({ requests, authorizations, clock }, path.number, body);
  if (!counted.ok) return counted;
  const { lineNumber, unitsLeft } = counted.value;
  return ok({ body: { authorizationNumber: path.number, ...body, lineNumber, unitsLeft } });
});
