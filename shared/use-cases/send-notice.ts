import { addHours } from "../domain/calendar.ts";
import type { RequestEvent } from "../domain/events.ts";
import { mailFor } from "../domain/mail.ts";
import type { Clock, Mail, MailLog, Requests } from "../ports.ts";

export type SendDeps = {
  readonly requests: Pick<Requests, "find">;
  /** Absent where the plan sends no mail. */
  readonly mail: Mail | undefined;
  readonly mailLog: MailLog;
  readonly clock: Clock;
  /** The address of the API: a mail says where to read on. */
  readonly apiUrl: string;
  /** The plan's own desk; `null`: it reads no mail. */
  readonly desk: string | null;
};

export type Mailing = "mailed" | "mailed-before" | "no-address" | "no-sender" | "nothing-to-tell";

/** Longer than a function may run: who has not ended by then never will. */
const leaseHours = 1 / 60;

/**
 * Tells by e-mail of what has happened, to the provider or to the desk, if it still matters by the state that stands now.
 *
 * An event is delivered at least once, and told of once: it is marked as under way, sent, and marked as sent. Whoever dies on the way
 * leaves a mark that runs out, and the next delivery begins again; only where SES had taken the mail and the function died before
 * its last mark does the same mail go out twice. The other order would now and then lose one.
 *
 * @throws while another delivery of the same event is under way, and when SES did not take the mail: the queue delivers again
 */
export async function sendNotice(
  { requests, mail, mailLog, clock, apiUrl, desk }: SendDeps,
  { requestId, sequence, epoch = 0, ...event }: RequestEvent,
): Promise<Mailing> {
  if (!mail) return "no-sender";
  const request = await requests.find(requestId);
  const news = request && mailFor(event, request, apiUrl);
  if (!request || !news) return "nothing-to-tell";
  const to = news.to === "desk" ? desk : request.submission.requestingProvider.email;
  if (!to) return "no-address";

  const mailed = { requestId, sequence, epoch };
  const now = clock.now();
  const begun = await mailLog.begin(mailed, now, addHours(now, leaseHours));
  if (begun === "sent") return "mailed-before";
  if (begun === "under-way") throw new Error("another delivery of this event is under way");
  try {
    await mail.send({ to, subject: news.subject, text: news.text });
  } catch (error) {
    await mailLog.stopped(mailed);
    throw error;
  }
  await mailLog.done(mailed, clock.now());
  return "mailed";
}
