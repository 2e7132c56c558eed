import { dayOf, type Instant } from "./calendar.ts";
import type { Submission, SubmittedLine } from "./submission.ts";

/** The day of a line, the plan's: its date of service, else the admission's, from which on it is delivered; else that of its receipt. */
export const serviceDayOf = <Receipt>(
  line: Pick<SubmittedLine, "serviceDate">,
  { admission }: Pick<Submission, "admission">,
  dayOfReceipt: () => Receipt,
): string | Receipt => line.serviceDate ?? admission?.date ?? dayOfReceipt();

/** By which day the plan's data are asked about each line. */
export function serviceDaysOf(
  submission: Pick<Submission, "lines" | "admission">,
  receivedAt: Instant,
  timeZone: string,
): readonly string[] {
  let receipt: string | undefined;
  const dayOfReceipt = (): string => {
    receipt ??= dayOf(receivedAt, timeZone);
    return receipt;
  };
  return submission.lines.map((line) => serviceDayOf(line, submission, dayOfReceipt));
}
