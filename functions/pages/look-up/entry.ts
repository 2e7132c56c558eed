import { patterns } from "../../../shared/domain/identifiers.ts";

/** What somebody typed: a procedure code, words of a category, or something that is neither. */
export type Entry =
  | { readonly kind: "nothing" }
  | { readonly kind: "code"; readonly code: string }
  | { readonly kind: "words"; readonly words: string }
  /** It is never repeated, neither on the page nor in its address: it may be a member's number. */
  | { readonly kind: "unclear"; readonly whatToDo: string };

export const examples = "such as 72148 or E0601";

export function entryFrom(typed: string): Entry {
  const text = typed.trim().replaceAll(/\s+/g, " ");
  const upper = text.toUpperCase();
  if (text === "") return { kind: "nothing" };
  if (patterns.procedureCode.test(upper)) return { kind: "code", code: upper };
  const [code, ...rest] = upper.split(/[-\s]/);
  if (code && rest.every((part) => patterns.modifier.test(part)) && patterns.procedureCode.test(code))
    return { kind: "unclear", whatToDo: `Type the code without its modifier: ${code} alone.` };
  if (/\d{4}/.test(text) || text.length > 100)
    return {
      kind: "unclear",
      whatToDo: `CPT and HCPCS Level II codes have five characters, ${examples}; dental codes are not looked up here. Type the code alone, or a few words without numbers.`,
    };
  return { kind: "words", words: text };
}
