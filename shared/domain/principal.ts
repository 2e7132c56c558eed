import type { Request } from "./request.ts";

/** Who calls, as the token says. */
export type Principal = {
  readonly issuer: string;
  readonly subject: string;
  readonly organization: string | null;
  readonly scopes: ReadonlySet<string>;
  /** People carry a name and may carry a credential; machines never review. */
  readonly person: { readonly name: string; readonly credential: string | null; readonly specialty: string | null } | null;
};

/** Idempotency keys, clerk's sight and cursors are bound to this. */
export const callerOf = ({ issuer, organization, subject }: Principal): string => JSON.stringify([issuer, organization, subject]);

/** A machine token never carries a reviewer's rights, whatever its scopes say. */
export const may = (principal: Principal, scope: string): boolean =>
  principal.scopes.has(scope) && (!scope.startsWith("reviews:") || principal.person !== null);

/**
 * Who sees a request: its organization, the home organization of the servicing NPI, the vendor it was referred to, reviewers,
 * and the clerk who keyed it in. For everybody else it does not exist.
 */
export function maySee(principal: Principal, request: Request, vendorOrganization: string | undefined): boolean {
  if (may(principal, "reviews:read")) return true;
  if (mayChange(principal, request)) return true;
  if (!may(principal, "requests:read") || principal.organization === null) return false;
  const referred = request.referral?.releasedAt !== null && request.referral !== null;
  return (
    principal.organization === request.organization ||
    principal.organization === request.servicingOrganization ||
    (referred && principal.organization === vendorOrganization)
  );
}

/** Whose request it is: who may add to it and take it back. */
export function mayChange(principal: Principal, request: Request): boolean {
  const own =
    may(principal, "requests:write") && principal.organization !== null && principal.organization === request.organization;
  return own || (may(principal, "intake:write") && request.keyedBy === callerOf(principal));
}
