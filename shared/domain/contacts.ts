import type { Policy } from "../policy/policy.ts";
import type { Route } from "./vocabulary.ts";

/** A way to reach whoever decides. */
export type Contact = Policy["plan"]["contacts"][number];

/** Whom to turn to, by who decides; nobody where nothing needs a decision. */
export type Contacts = Readonly<Partial<Record<Exclude<Route, "none">, readonly Contact[]>>>;

/** @param routes of the answers that the contacts are for */
export function contactsFor(routes: readonly Route[], { plan, imagingVendor }: Policy): Contacts {
  const { name, portalUrl } = imagingVendor;
  return {
    ...(routes.includes("plan") ? { plan: plan.contacts } : {}),
    ...(routes.includes("vendor") ? { vendor: [{ channel: "portal", name, url: portalUrl }] } : {}),
  };
}
