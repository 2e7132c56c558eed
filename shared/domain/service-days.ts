import { dayOf, type Instant } from "./calendar.ts";
import type { Submission } from "./submission.ts";

/** By which day the plan's data are asked about each line: its date of service, else the admission's, else the day of receipt. */
export function serviceDaysOf(
  { lines, admission }: Pick<Submission, "lines" | "admission">,
  receivedAt: Instant,
  timeZone: string,
): readonly string[] {
  let receipt: string | undefined;
  return lines.map((line) => {
    const said = line.serviceDate ?? admission?.date;
    if (said !== undefined) return said;
    receipt ??= dayOf(receivedAt, timeZone);
    return receipt;
  });
}
