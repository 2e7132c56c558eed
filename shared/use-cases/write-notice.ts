import type { RequestEvent } from "../domain/events.ts";
import { isOvertaken, type Notice, owedNotices } from "../domain/notice.ts";
import { letterOf } from "../domain/notice-letter.ts";
import { ok } from "../domain/result.ts";
import { apply } from "../domain/transition.ts";
import { recordNotices } from "../domain/transitions/record-notices.ts";
import type { NoticePrinter, NoticeRecords } from "../ports.ts";
import { type ChangeDeps, change } from "./change.ts";

export type WriteNoticeDeps = ChangeDeps & { readonly printer: NoticePrinter; readonly records: NoticeRecords };

export type Written = "written" | "nothing-to-do";

/**
 * Writes the letters that an event asks for: printed, kept in the records, then noted on the request by one conditional write. A
 * repeat after a crash in between prints the same bytes under the same name once more; after that it finds them noted.
 */
export async function writeNotices(
  deps: WriteNoticeDeps,
  event: Pick<RequestEvent, "requestId" | "type" | "at" | "lines" | "appealId" | "reductionId">,
): Promise<Written> {
  const request = await deps.requests.find(event.requestId);
  const owed = request ? owedNotices(request, event) : [];
  if (!request || owed.length === 0) return "nothing-to-do";

  const policy = await deps.policies.of(request.policyVersion, request.receivedAt);
  const notices: Notice[] = [];
  for (const notice of owed) {
    const bytes = await deps.printer.print(letterOf(request, notice, policy));
    const { id, audience, kind, at, lines } = notice;
    notices.push({ id, audience, kind, at, lines, ...(await deps.records.keep(request.id, id, bytes)) });
  }

  const load = async () => {
    const found = await deps.requests.find(event.requestId);
    if (!found) throw new Error("a notice without its request");
    return ok(found);
  };
  const recorded = await change(deps, load, { type: "system", id: "write-notice" }, (found, context) =>
    // A draft that a decision has overtaken while it was printed begins nothing.
    apply(recordNotices, found, { notices: notices.filter((notice) => !isOvertaken(found, notice)) }, context),
  );
  if (!recorded.ok) throw new Error(recorded.refusal.problem);
  return "written";
}
