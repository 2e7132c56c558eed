import { resourceServer } from "../../shared/api/scopes.ts";
import { clients } from "../lib/deps/clients.ts";
import { shapedToken, type TokenEvent } from "../lib/shaped-token.ts";

/** Cognito asks before it signs an access token. */
export const handler = async (event: TokenEvent) => ({
  ...event,
  response: { claimsAndScopeOverrideDetails: { accessTokenGeneration: await shapedToken(event, `${resourceServer}/`, clients) } },
});
