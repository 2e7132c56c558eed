import { entryFrom } from "./entry.ts";
import { type Driver, drivers } from "./facts.ts";

/** What the page shows. It stands in the page's address, so that an answer can be shared, and found again by going back. */
export type View =
  | { readonly kind: "start" }
  | { readonly kind: "code"; readonly code: string; readonly facts: Facts }
  | { readonly kind: "words"; readonly words: string }
  | { readonly kind: "category"; readonly id: string }
  | { readonly kind: "unclear"; readonly whatToDo: string };

/** What is said of the case: nothing that tells of a person. */
export type Facts = Readonly<Partial<Record<Driver, string>>>;

const value = /^[A-Za-z0-9-]{1,40}$/;

/** @param search the query string of the address; what is not known in it is left out */
export function viewFrom(search: string): View {
  const said = new URLSearchParams(search);
  const category = said.get("category");
  if (category && value.test(category)) return { kind: "category", id: category };
  const entry = entryFrom(said.get("q") ?? "");
  if (entry.kind === "nothing") return { kind: "start" };
  if (entry.kind !== "code") return entry;
  const facts = drivers.flatMap((driver) => {
    const chosen = said.get(driver);
    return chosen !== null && value.test(chosen) ? [[driver, chosen]] : [];
  });
  return { kind: "code", code: entry.code, facts: Object.fromEntries(facts) as Facts };
}

/** The query string of a view. What was unclear leaves no trace. */
export function searchOf(view: View): string {
  const said = new URLSearchParams();
  if (view.kind === "code") {
    said.set("q", view.code);
    for (const driver of drivers) if (view.facts[driver]) said.set(driver, view.facts[driver]);
  }
  if (view.kind === "words") said.set("q", view.words);
  if (view.kind === "category") said.set("category", view.id);
  return said.size > 0 ? `?${said}` : "";
}

/** What is typed in the field when a view opens. */
export const typedFor = (view: View): string => (view.kind === "code" ? view.code : view.kind === "words" ? view.words : "");
