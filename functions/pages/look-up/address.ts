import { type Entry, entryFrom } from "./entry.ts";
import { type Fact, factNames } from "./facts.ts";

/**
 * What the page shows. Codes, categories and chosen facts stand in its address, so that an answer can be shared; words that somebody
 * typed do not: they may be about a person.
 */
export type View =
  | { readonly kind: "start" }
  | { readonly kind: "code"; readonly code: string; readonly facts: Facts }
  | { readonly kind: "words"; readonly words: string }
  | { readonly kind: "category"; readonly id: string }
  | { readonly kind: "unclear"; readonly whatToDo: string };

/** What is said of the case: nothing that tells of a person. */
export type Facts = Readonly<Partial<Record<Fact, string>>>;

const value = /^[A-Za-z0-9.,-]{1,120}$/;

/** @param search the query string of the address; what is not known in it is left out */
export function viewFrom(search: string): View {
  const said = new URLSearchParams(search);
  const category = said.get("category");
  if (category && value.test(category)) return { kind: "category", id: category };
  const entry = entryFrom(said.get("q") ?? "");
  if (entry.kind === "nothing") return { kind: "start" };
  if (entry.kind !== "code") return entry;
  const facts = factNames.flatMap((fact) => {
    const chosen = said.get(fact);
    return chosen !== null && value.test(chosen) ? [[fact, chosen]] : [];
  });
  return codeView(entry, Object.fromEntries(facts) as Facts);
}

/** A code that was typed, and what is known besides. Modifiers that were typed with it are a fact like others. */
export const codeView = ({ code, modifiers }: Extract<Entry, { kind: "code" }>, facts: Facts = {}): View => ({
  kind: "code",
  code,
  facts: modifiers.length > 0 ? { ...facts, modifiers: modifiers.join() } : facts,
});

/** The query string of a view. What was unclear, and words, leave no trace. */
export function searchOf(view: View): string {
  const said = new URLSearchParams();
  if (view.kind === "code") {
    said.set("q", view.code);
    for (const fact of factNames) if (view.facts[fact]) said.set(fact, view.facts[fact]);
  }
  if (view.kind === "category") said.set("category", view.id);
  return said.size > 0 ? `?${said}` : "";
}

/** What is typed in the field when a view opens. */
export function typedFor(view: View): string {
  if (view.kind === "words") return view.words;
  if (view.kind !== "code") return "";
  const { modifiers = "none" } = view.facts;
  return [view.code, ...(modifiers === "none" ? [] : modifiers.split(","))].join("-");
}
