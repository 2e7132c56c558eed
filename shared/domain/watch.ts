import { addHours, earlier, type Instant } from "./calendar.ts";
import type { Document } from "./document.ts";
import type { Reminders } from "./reminders.ts";
import { dueAt, isOpen, type Request } from "./request.ts";

/** From when on somebody's silence is a matter for a person. What stands here is counted and alarmed. */

/**
 * From when on the vendor has been silent too long about a referral that went its way. Never later than the clock's end, which does
 * not wait for the vendor. `null` while nothing is owed.
 */
export function vendorSilentFrom(request: Request, { acknowledgementHours }: Reminders): Instant | null {
  const { referral } = request;
  if (!isOpen(request) || !referral || referral.releasedAt === null || referral.caseId !== null) return null;
  if (referral.status !== "waiting" && referral.status !== "sent") return null;
  const late = addHours(referral.releasedAt, acknowledgementHours[request.priority]);
  return earlier(late, dueAt(request) ?? late);
}

const verificationHours = 1;

/** From when on the check or the scan of an upload is overdue; `null` unless one of them is awaited. */
export const verdictOverdueFrom = ({ status, upload }: Document): Instant | null =>
  status === "verifying" && upload ? addHours(upload.arrivedAt, verificationHours) : null;
