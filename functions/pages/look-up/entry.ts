import { patterns } from "../../../shared/domain/identifiers.ts";

/** What somebody typed: a procedure code with its modifiers, words of a category, or something that is neither. */
export type Entry =
  | { readonly kind: "nothing" }
  | { readonly kind: "code"; readonly code: string; readonly modifiers: readonly string[] }
  | { readonly kind: "words"; readonly words: string }
  /** It is never repeated, neither on the page nor in its address: it may be a member's number. */
  | { readonly kind: "unclear"; readonly whatToDo: string };

export const examples = "such as 72148 or E0601";

export function entryFrom(typed: string): Entry {
  const text = typed.trim().replaceAll(/\s+/g, " ");
  const upper = text.toUpperCase();
  if (text === "") return { kind: "nothing" };
  const [code = "", ...modifiers] = upper.split(/[-,\s]+/);
  const areModifiers = modifiers.length <= 4 && modifiers.every((part) => patterns.modifier.test(part));
  if (patterns.procedureCode.test(code) && areModifiers) return { kind: "code", code, modifiers };
  if (/\d{4}/.test(text) || text.length > 100)
    return {
      kind: "unclear",
      whatToDo: `CPT and HCPCS Level II codes have five characters, ${examples}; dental codes are not looked up here. Type the code, with up to four modifiers if it has any (99213-GP), or a few words without numbers.`,
    };
  return { kind: "words", words: text };
}
