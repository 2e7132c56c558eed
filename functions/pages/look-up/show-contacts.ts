import type { LookUp } from "./desk.ts";
import { type Child, element, list } from "./element.ts";

type Contacts = LookUp["contacts"];
type Contact = NonNullable<Contacts["plan"]>[number];

/** Whom to turn to: the vendor for what it decides, the plan for everything else. */
export function contactsOf({ plan = [], vendor = [] }: Contacts): HTMLElement[] {
  const named = (contacts: readonly Contact[]) => list(contacts.map(contactOf));
  return [
    ...(vendor.length > 0
      ? [element("p", {}, "The imaging vendor. What is sent to the plan instead is passed on:"), named(vendor)]
      : []),
    ...(plan.length > 0 ? [element("p", {}, "The plan:"), named(plan)] : []),
  ];
}

function contactOf({ name, url, address, number, note }: Contact): readonly Child[] {
  const ways: Child[] = [
    url ? element("a", { href: url, rel: "noreferrer" }, `${name} (${new URL(url).hostname.replace(/^www\./, "")})`) : name,
  ];
  if (number) ways.push(": ", element("a", { href: `tel:${number.replaceAll(/[^\d+]/g, "")}` }, number));
  if (address) ways.push(`: ${address}`);
  if (note) ways.push(element("span", { class: "note" }, ` ${note}`));
  return ways;
}
