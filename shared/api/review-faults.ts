import type { Fault } from "../domain/result.ts";

/** Faults between the members of a reviewer's body, which may have any shape. */

export function determinationFaults(body: unknown): readonly Fault[] {
  const lines = membersOf(body).lines;
  if (!Array.isArray(lines)) return [];
  const numbers = lines.map((line) => membersOf(line).lineNumber).filter((number) => number !== undefined);
  return new Set(numbers).size < numbers.length ? [{ pointer: "/lines", detail: "Names a line twice." }] : [];
}

export function assignmentFaults(body: unknown): readonly Fault[] {
  const { release, assignee } = membersOf(body);
  return release !== undefined && assignee !== undefined
    ? [{ pointer: "/assignee", detail: "Given back and given to somebody at once: say one of the two." }]
    : [];
}

const membersOf = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
