import { groupScopes, machineScopes } from "../../shared/api/scopes.ts";
import type { Clients } from "../../shared/ports.ts";

/** What of Cognito's pre-token-generation event (version 3) is read here. */
export type TokenEvent = {
  readonly triggerSource: string;
  readonly callerContext: { readonly clientId: string };
  readonly request: {
    readonly userAttributes?: Readonly<Record<string, string>>;
    readonly groupConfiguration?: { readonly groupsToOverride?: readonly string[] };
    /** What was asked for, of what the client may ask for. */
    readonly scopes?: readonly string[];
  };
};

type Shape = { readonly claimsToAddOrOverride: Readonly<Record<string, string>>; readonly scopesToSuppress: readonly string[] };

/**
 * A machine calls for the organization that the plan's register names for its client, and never reviews. A person may do what their
 * groups may, and carries name and credential, which only the plan's administrators can write.
 */
export async function shapedToken(
  { triggerSource, callerContext, request }: TokenEvent,
  prefix: string,
  clients: Clients,
): Promise<Shape> {
  const withheld = (allowed: ReadonlySet<string>) =>
    (request.scopes ?? []).filter((scope) => scope.startsWith(prefix) && !allowed.has(scope.slice(prefix.length)));

  if (triggerSource === "TokenGeneration_ClientCredentials") {
    const organization = await clients.organizationOf(callerContext.clientId);
    return { claimsToAddOrOverride: present({ org: organization }), scopesToSuppress: withheld(new Set(machineScopes)) };
  }
  const attributes = request.userAttributes ?? {};
  const groups = request.groupConfiguration?.groupsToOverride ?? [];
  return {
    claimsToAddOrOverride: present({
      name: attributes.name,
      org: attributes["custom:org"],
      credential: attributes["custom:credential"],
      specialty: attributes["custom:specialty"],
    }),
    scopesToSuppress: withheld(new Set(groups.flatMap((group) => groupScopes[group] ?? []))),
  };
}

const present = (claims: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(claims).filter((claim): claim is [string, string] => claim[1] !== undefined && claim[1] !== ""),
  );
