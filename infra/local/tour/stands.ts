import type { Seen } from "./story.ts";

/** How a request stands, in a sentence that says nothing of the member. */
export const stands = ({ id, status, dueAt, dueRule, lines, notices }: Seen): string =>
  `${id} is ${status}, due ${dueAt} (${dueRule}), lines ${lines.map(({ decision }) => decision?.outcome ?? "undecided").join(", ")}, letters ${notices.map(({ kind, audience }) => `${kind} to ${audience}`).join(", ") || "none"}.`;
