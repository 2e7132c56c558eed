import type { Fault } from "../domain/result.ts";

/** Faults between the members of a body, which may have any shape: of whoever reviews or searches. */

/** Lines are named by number, each once: by the number alone, or by what is said of it. */
export function namedTwice(body: unknown): readonly Fault[] {
  const lines = membersOf(body).lines;
  if (!Array.isArray(lines)) return [];
  const numbers = lines.map((line) => (typeof line === "number" ? line : membersOf(line).lineNumber));
  const known = numbers.filter((number) => number !== undefined);
  return new Set(known).size < known.length ? [{ pointer: "/lines", detail: "Names a line twice." }] : [];
}

/** Answers name what was asked by its code: each code is asked for once. */
export function askedTwice(body: unknown): readonly Fault[] {
  const { items } = membersOf(body);
  if (!Array.isArray(items)) return [];
  const codes = items.map((item) => membersOf(item).code);
  return codes.flatMap((code, index) =>
    code !== undefined && codes.indexOf(code) < index
      ? [{ pointer: `/items/${index}/code`, detail: "Names an item twice: each has a code of its own." }]
      : [],
  );
}

export function closureFaults(body: unknown): readonly Fault[] {
  const { reason, duplicateOf } = membersOf(body);
  return reason === "ineligible" && duplicateOf !== undefined
    ? [{ pointer: "/duplicateOf", detail: "Only with the reason duplicate." }]
    : [];
}

export function searchFaults(body: unknown): readonly Fault[] {
  const { serviceFrom, serviceTo } = membersOf(body);
  return typeof serviceFrom === "string" && typeof serviceTo === "string" && serviceTo < serviceFrom
    ? [{ pointer: "/serviceTo", detail: "Must not be before serviceFrom." }]
    : [];
}

export function assignmentFaults(body: unknown): readonly Fault[] {
  const { release, assignee } = membersOf(body);
  return release !== undefined && assignee !== undefined
    ? [{ pointer: "/assignee", detail: "Given back and given to somebody at once: say one of the two." }]
    : [];
}

const membersOf = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
