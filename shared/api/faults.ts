import type * as z from "zod/mini";
import type { Fault } from "../domain/result.ts";

/** Every issue as a JSON pointer (RFC 6901) and what is wrong there. Never repeats a value; a member's name only if it is plain. */
export function faultsOf(issues: readonly z.core.$ZodIssue[], input: unknown): readonly Fault[] {
  const faults = issues.flatMap((issue): Fault[] => {
    const path = issue.path.map(String);
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => ({ pointer: pointerTo([...path, nameable(key)]), detail: "Not a member of this object." }));
    const value = valueAt(input, path);
    if (value === undefined) return [{ pointer: pointerTo(path), detail: "Required." }];
    if (value === null) return [{ pointer: pointerTo(path), detail: "Must not be null: leave out what is not known." }];
    return [{ pointer: pointerTo(path), detail: issue.message === "Invalid input" ? "Has the wrong type." : issue.message }];
  });
  // One value may break several rules that say the same: 0.5 is neither whole nor at least 1.
  return [...new Map(faults.map((fault) => [`${fault.pointer} ${fault.detail}`, fault])).values()];
}

export const pointerTo = (path: readonly (string | number)[]): string =>
  path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** A caller may put anything into a name, a person's too. */
const nameable = (key: string) => (/^[A-Za-z_]\w{0,39}$/.test(key) ? key : "?");

const valueAt = (input: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, step) => (value !== null && typeof value === "object" ? (value as Record<string, unknown>)[step] : undefined),
    input,
  );
