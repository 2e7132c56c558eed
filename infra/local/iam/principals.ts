import { isObject } from "../intrinsics.ts";

/** Who makes a call: a role or a person of the account, or a service in its own name. */
export type Principal = { kind: "role" | "user"; name: string; arn: string; account: string } | { kind: "service"; name: string };

/** How a policy speaks of a principal: itself, its whole account (which leaves the choice to identity policies), or not at all. */
export type Spoken = "itself" | "its account" | undefined;

export type PrincipalPattern = (principal: Principal) => Spoken;

/** The `Principal` or `NotPrincipal` of a statement in a resource's policy. */
export const compilePrincipals = (
  { Principal, NotPrincipal }: { Principal?: unknown; NotPrincipal?: unknown },
  effect: "Allow" | "Deny",
  at: string,
): PrincipalPattern => {
  if ((Principal === undefined) === (NotPrincipal === undefined))
    throw new Error(`${at}: one of Principal and NotPrincipal is needed`);
  if (Principal !== undefined) {
    const listed = listedAt(Principal, `${at}.Principal`);
    return (principal) => {
      const names = namesOf(principal);
      if (listed.has("*") || listed.has(names.itself)) return "itself";
      return names.account.some((name) => listed.has(name)) ? "its account" : undefined;
    };
  }
  const spared = listedAt(NotPrincipal, `${at}.NotPrincipal`);
  return (principal) => {
    const { itself, account } = namesOf(principal);
    const spokenOf = [spared.has(itself), ...(account.length > 0 ? [account.some((name) => spared.has(name))] : [])];
    // A Deny spares only whom it lists together with the account; an Allow leaves out whom it lists by either.
    return (effect === "Deny" ? spokenOf.every(Boolean) : spokenOf.some(Boolean)) ? undefined : "itself";
  };
};

const namesOf = (principal: Principal): { itself: string; account: string[] } =>
  principal.kind === "service"
    ? { itself: `service ${principal.name}`, account: [] }
    : { itself: principal.arn, account: [`arn:aws:iam::${principal.account}:root`, principal.account] };

/** The principals listed, services with the word before their name. */
const listedAt = (value: unknown, at: string): ReadonlySet<string> => {
  if (value === "*") return new Set(["*"]);
  if (!isObject(value)) throw new Error(`${at}: not a principal`);
  const listed = Object.entries(value).flatMap(([kind, given]) =>
    (Array.isArray(given) ? given : [given]).map((name: unknown) => {
      const known =
        typeof name === "string" &&
        (kind === "Service"
          ? /^[a-z0-9.-]+\.amazonaws\.com$/.test(name)
          : kind === "AWS" && /^(\*|\d{12}|arn:aws:iam::\d{12}:(root|role\/[^*?]+|user\/[^*?]+))$/.test(name));
      if (!known) throw new Error(`${at}: the principal ${kind} ${JSON.stringify(name)} is not supported`);
      return kind === "Service" ? `service ${name}` : name;
    }),
  );
  if (listed.length === 0) throw new Error(`${at}: nobody is listed`);
  return new Set(listed);
};
