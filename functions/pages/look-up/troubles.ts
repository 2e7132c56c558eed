import type { Trouble } from "./desk.ts";
import { examples } from "./entry.ts";

/** What went wrong, and what to do about it. */
export function troubleInWords(trouble: Trouble): { readonly heading: string; readonly whatToDo: string; readonly again: boolean } {
  switch (trouble.kind) {
    case "not-a-code":
      return {
        heading: "That could not be looked up",
        whatToDo: `The code, or a fact in the page's address, is not known. Type a CPT or HCPCS Level II code, ${examples}.`,
        again: false,
      };
    case "unreachable":
      return {
        heading: "The look-up cannot be reached",
        whatToDo: "You may be offline. Check your connection, then try again.",
        again: true,
      };
    case "too-many":
      return {
        heading: "Too many look-ups at once",
        whatToDo: `Wait ${trouble.seconds} seconds, then try again.`,
        again: true,
      };
    case "out-of-order":
      return {
        heading: "The look-up does not answer",
        whatToDo: "Nothing is wrong with what you typed. Try again in a minute; if it stays so, ask the plan.",
        again: true,
      };
  }
}
