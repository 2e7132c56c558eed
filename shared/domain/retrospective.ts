import { dayOf } from "./calendar.ts";
import type { Request } from "./request.ts";
import { serviceDayOf } from "./service-days.ts";

/**
 * Was a service delivered before it was asked for? The plan takes such a request and says so: authorization was due before delivery,
 * and claims see `late`. Days are the plan's; a line without a date of its own is delivered from the admission on.
 */
export function isRetrospective({ submission, receivedAt }: Pick<Request, "submission" | "receivedAt">, timeZone: string): boolean {
  // What has no day of its own is never before its receipt.
  const days = submission.lines.flatMap((line) => serviceDayOf(line, submission, () => []));
  // Only a day that may be the day of receipt, or before it, is worth asking the calendar about.
  return days.some((day) => day <= receivedAt.slice(0, 10) && day < dayOf(receivedAt, timeZone));
}
