import type { Policy } from "../policy/policy.ts";

declare const qualified: unique symbol;

/** Somebody whose credential has been found to be the right expertise for one service. Only `clinicianFor` makes one. */
export type Clinician = { readonly name: string; readonly credential: string; readonly [qualified]: true };

/**
 * A denial, or an approval of less than was asked, takes the right expertise: a psychologist's in behavioral health, a pharmacist's in
 * drugs, a physician's anywhere (42 CFR 438.210(b)(3), 422.566(d)). Who that is stands in the plan's data.
 *
 * @returns undefined for everybody else, and for automation always: it has no credential
 */
export function clinicianFor(
  category: string | null,
  person: { readonly name: string; readonly credential: string | null } | null | undefined,
  policy: Policy,
): Clinician | undefined {
  if (!person?.credential || !mayDeny(person.credential, category, policy)) return undefined;
  return { name: person.name, credential: person.credential } as Clinician;
}

function mayDeny(credential: string, category: string | null, policy: Policy): boolean {
  const group = policy.rules.find((rule) => rule.id === category)?.group;
  return policy.plan.mayDeny.some(
    (one) =>
      one.credential === credential &&
      ((!one.groups && !one.categories) ||
        (group !== undefined && one.groups?.includes(group)) ||
        (category !== null && one.categories?.includes(category))),
  );
}
