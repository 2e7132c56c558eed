import { clockOf, evaluatedLines } from "../evaluate.ts";
import type { Network, Request } from "../request.ts";
import { type Supplement, supplemented } from "../submission.ts";
import { transition } from "../transition.ts";
import { openStatuses } from "../vocabulary.ts";
import { referralFor } from "./submit.ts";

export type Information = {
  readonly supplement: Supplement;
  readonly answers: readonly { readonly code: string; readonly text: string }[];
  /** Network status of the providers named after the supplement. */
  readonly network: Network;
  readonly servicingOrganization: string | null;
};

/**
 * The provider fills gaps or answers what was asked. Lines are judged again by what is known now, except those at the vendor or
 * decided; the clock keeps the receipt (42 CFR 438.210(d): asking for information does not stop it).
 */
export const inform = transition<Information>({
  name: "add information",
  from: openStatuses,
  to: [...openStatuses, "not-required"],
  refuses: (request, { supplement }) => {
    const unknown = (supplement.lines ?? []).flatMap((line, index) =>
      request.lines[line.lineNumber - 1]
        ? []
        : [{ pointer: `/lines/${index}/lineNumber`, detail: "The request has no such line." }],
    );
    return unknown.length > 0
      ? { problem: "validation-failed", detail: "The body has faults; each is named under errors.", errors: unknown }
      : undefined;
  },
  decide: (request, { supplement, answers, network, servicingOrganization }, { now, policy }) => {
    const submission = supplemented(request.submission, supplement);
    const referred = request.referral?.releasedAt !== null && request.referral !== null;
    const lines = evaluatedLines(submission, network, policy, request.lines).map((line, index) => {
      const before = request.lines[index];
      return referred && before?.route === "vendor" ? before : line;
    });
    const clock = clockOf({ submission, lines, network, receivedAt: request.receivedAt }, policy);
    const answered = answersQuestion(request, supplement, answers);
    const resumed: Request["referral"] =
      answered && request.referral?.status === "information-requested"
        ? { ...request.referral, status: request.referral.caseId ? "acknowledged" : "sent" }
        : request.referral;
    return {
      ...request,
      submission,
      network,
      servicingOrganization,
      lines,
      clock,
      answers: [...request.answers, ...answers.map((answer) => ({ ...answer, at: now }))],
      informationRequest: answered ? null : request.informationRequest,
      referral: referred ? resumed : referralFor(lines, request.receivedAt, clock[0]?.dueAt, policy),
    };
  },
  events: (_before, { supplement, answers }) => [
    { type: "information.received", fields: [...Object.keys(supplement), ...(answers.length > 0 ? ["answers"] : [])].sort() },
  ],
});

/** Asked items are answered by their codes; a question without items, or of codes nobody can name, by anything new. */
function answersQuestion(request: Request, supplement: Supplement, answers: Information["answers"]): boolean {
  const items = request.informationRequest?.items ?? [];
  if (items.length === 0) return answers.length > 0 || Object.keys(supplement).length > 0;
  const given = new Set([...request.answers, ...answers].map((answer) => answer.code));
  return items.every((item) => given.has(item.code));
}
