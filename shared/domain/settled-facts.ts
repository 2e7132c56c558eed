import { canonicalJson } from "./canonical-json.ts";
import type { Request } from "./request.ts";
import type { Fault } from "./result.ts";
import { type Submission, type Supplement, supplemented } from "./submission.ts";

/**
 * What decided lines were judged by stays as it was, while others wait: a decision is of what was asked for then, and binds as it was
 * made (42 CFR 422.138(c)). What is still missing may be added, and what is there said again.
 */
export function againstDecided(
  { submission, lines }: Pick<Request, "submission" | "lines">,
  supplement: Supplement,
): readonly Fault[] {
  const decided = lines.filter(({ decision }) => decision !== null).map(({ lineNumber }) => lineNumber);
  if (decided.length === 0) return [];
  const after = supplemented(submission, supplement);
  const faults: Fault[] = [];
  supplement.lines?.forEach(({ lineNumber }, index) => {
    if (decided.includes(lineNumber) && !isSame(submission.lines[lineNumber - 1], after.lines[lineNumber - 1]))
      faults.push({ pointer: `/lines/${index}`, detail: "The line is decided: what was asked for on it stays as it was." });
  });
  const restsOnProvider = decided.some((lineNumber) => submission.lines[lineNumber - 1]?.servicingProvider === undefined);
  if (restsOnProvider && after.servicingProvider?.npi !== submission.servicingProvider?.npi)
    faults.push({ pointer: "/servicingProvider", detail: `${restsOnIt} Name another provider on the lines that are not decided.` });
  if (after.servicingFacility?.npi !== submission.servicingFacility?.npi)
    faults.push({ pointer: "/servicingFacility", detail: restsOnIt });
  if (!onlyFills(submission.admission, after.admission)) faults.push({ pointer: "/admission", detail: restsOnIt });
  if (!onlyDescribes(submission.diagnoses, after.diagnoses)) faults.push({ pointer: "/diagnoses", detail: restsOnIt });
  return faults;
}

const restsOnIt = "A decided line rests on it: it stays as it was.";

const isSame = (one: unknown, other: unknown): boolean => canonicalJson(one) === canonicalJson(other);

const onlyFills = (before: Submission["admission"] = {}, after: Submission["admission"] = {}): boolean =>
  isSame({ ...after, ...before }, after);

/** The same codes in their places, with the words that were wanting; or the first that are named at all. */
const onlyDescribes = (before: Submission["diagnoses"], after: Submission["diagnoses"]): boolean =>
  before.length === 0 ||
  (before.length === after.length && before.every((diagnosis, index) => isSame({ ...after[index], ...diagnosis }, after[index])));
