import { appealDueAt, openAppeals } from "./appeal.ts";
import type { EventDraft } from "./events.ts";
import { dueAt, isOpen, type Request } from "./request.ts";
import type { MissingItem, ReminderKind } from "./vocabulary.ts";

/**
 * What an e-mail says. E-mail is read by anybody on its way: a reference number, what is needed, until when, and a link that asks who
 * reads. Nobody's name, no member, no diagnosis or service, no file's name, and nothing that anybody has written.
 */

export type News = { readonly to: "provider" | "desk"; readonly subject: string; readonly text: string };
type Told = Pick<EventDraft, "type" | "reason" | "lines" | "documentId" | "appealId" | "reductionId">;
type Said = Pick<News, "to"> & { readonly about: string; readonly lines: readonly string[] };

/** @returns undefined when there is nobody to tell any more, by the state that stands now */
export function mailFor(event: Told, request: Request, apiUrl: string): News | undefined {
  const said = saidOf(event, request);
  return (
    said && {
      to: said.to,
      subject: `Prior authorization ${request.id}: ${said.about}`,
      text: [
        `Reference: ${request.id}`,
        ...said.lines,
        `Read on: ${apiUrl}/v1/requests/${request.id}`,
        "This message has no personal data. Please answer through the portal, not by e-mail.",
      ]
        .map((line) => `${line}\n`)
        .join("\n"),
    }
  );
}

function saidOf(event: Told, request: Request): Said | undefined {
  switch (event.type) {
    case "reminder.due":
      return isReminder(event.reason) ? reminders[event.reason](request) : undefined;
    case "information.requested":
      return request.informationRequest
        ? { to: "provider", about: "information requested", lines: [...needed(request), ...until(request)] }
        : undefined;
    case "request.extended":
      return isOpen(request)
        ? {
            to: "provider",
            about: "decision extended",
            lines: ["The plan needs more time for its decision, and has extended it once, as the law allows.", ...until(request)],
          }
        : undefined;
    case "line.decided":
      return tellsTheDecision(event, request)
        ? { to: "provider", about: "decided", lines: ["The request has been decided. The decision and your rights are on record."] }
        : undefined;
    case "appeal.filed":
      return openAppeals(request).some(({ id }) => id === event.appealId)
        ? {
            to: "desk",
            about: "appealed",
            lines: ["An appeal waits for another clinician than the one who decided.", ...untilAppealed(request)],
          }
        : undefined;
    case "appeal.decided":
      return request.appeals.some(({ id, decision }) => id === event.appealId && decision !== null)
        ? {
            to: "provider",
            about: "appeal decided",
            lines: ["The appeal has been decided. The decision and your rights are on record."],
          }
        : undefined;
    case "authorization.reduced":
      return request.reductions.some(({ id, holdsFrom }) => id === event.reductionId && holdsFrom !== null)
        ? {
            to: "provider",
            about: "authorization to be reduced",
            lines: ["Less will be authorized than before. From which day on, why, and what may be done about it is on record."],
          }
        : undefined;
    case "clock.missed":
      return isOpen(request)
        ? { to: "desk", about: "overdue", lines: ["The legal time for the decision has passed.", ...until(request)] }
        : { to: "desk", about: "decided by law", lines: ["The legal time for the decision has passed: the law has decided."] };
    case "referral.recalled":
      return isOpen(request)
        ? {
            to: "desk",
            about: "recalled from the vendor",
            lines: ["The vendor has not decided in its share of the time. The plan decides, on the same clock.", ...until(request)],
          }
        : undefined;
    case "document.expired":
      return isOpen(request) && request.documents.some(({ id, status }) => id === event.documentId && status === "expired")
        ? {
            to: "provider",
            about: "upload did not arrive",
            lines: ["An announced document was not uploaded in time. Register it again to get a new form.", ...until(request)],
          }
        : undefined;
    default:
      return undefined;
  }
}

const isReminder = (reason: string | undefined): reason is ReminderKind => reason !== undefined && Object.hasOwn(reminders, reason);

const reminders: Readonly<Record<ReminderKind, (request: Request) => Said | undefined>> = {
  "information-missing": (request) =>
    request.status === "awaiting-information"
      ? { to: "provider", about: "still incomplete", lines: [...needed(request), ...until(request)] }
      : undefined,
  "decision-due": (request) =>
    isOpen(request)
      ? { to: "desk", about: "decision due soon", lines: ["The request waits for its decision.", ...until(request)] }
      : undefined,
  "vendor-silent": (request) =>
    request.vendorSilentFrom === null
      ? undefined
      : { to: "desk", about: "vendor silent", lines: ["The vendor has not acknowledged the referral in time.", ...until(request)] },
  "service-near": (request) =>
    isOpen(request)
      ? { to: "desk", about: "service near", lines: ["The date of service is near, and nothing is decided.", ...until(request)] }
      : undefined,
  "authorization-ending": ({ authorization }) =>
    authorization?.to
      ? {
          to: "provider",
          about: "authorization ending",
          lines: [`The authorization ends on ${authorization.to}. Ask for its renewal in time if care goes on.`],
        }
      : undefined,
  "units-used": ({ authorization }) =>
    authorization
      ? {
          to: "provider",
          about: "units nearly used",
          lines: ["Most of the authorized units have been claimed. Ask for more in time if care goes on."],
        }
      : undefined,
  "appeal-due": (request) =>
    openAppeals(request).length > 0 && !isToldOverdue(request)
      ? { to: "desk", about: "appeal due soon", lines: ["An appeal waits for its decision.", ...untilAppealed(request)] }
      : undefined,
  "appeal-overdue": (request) =>
    openAppeals(request).length > 0
      ? {
          to: "desk",
          about: "appeal overdue",
          lines: ["The legal time for the decision on an appeal has passed.", ...untilAppealed(request)],
        }
      : undefined,
};

/** The lines of one decision have an event each: the last of those decided last tells, and only once all are. */
function tellsTheDecision({ lines }: Pick<EventDraft, "lines">, request: Request): boolean {
  if (isOpen(request) || request.withdrawal) return false;
  const decided = request.lines.flatMap(({ lineNumber, decision }) => (decision ? [{ lineNumber, at: decision.decidedAt }] : []));
  const latest = decided
    .map(({ at }) => at)
    .sort()
    .at(-1);
  return lines?.[0] === decided.findLast(({ at }) => at === latest)?.lineNumber;
}

const words: Readonly<Record<MissingItem, string>> = {
  "member-name": "the member's name",
  "provider-name": "the provider's name",
  "servicing-provider": "the servicing provider",
  "service-date": "the date of service",
  diagnosis: "a diagnosis code",
  "diagnosis-narrative": "the diagnosis in words",
  "service-description": "a description of the service",
  visits: "the number of visits",
  "out-of-network-reason": "the reason for an out-of-network provider",
  admission: "the admission's date, level of care and days",
  "clinical-documents": "clinical documents",
};

function needed({ missing, informationRequest }: Request): readonly string[] {
  const items = missing.map((item) => words[item]);
  return [
    ...(items.length > 0 ? [`Still needed: ${items.join("; ")}.`] : []),
    ...(informationRequest ? ["There is an open question to you: it is on record, with what is asked."] : []),
    ...(informationRequest?.dueAt ? [`Please answer by: ${informationRequest.dueAt}`] : []),
  ];
}

/** After an outage both come at once: the warning has been overtaken. */
const isToldOverdue = (request: Request): boolean => (request.reminded["appeal-overdue"] ?? "") >= (appealDueAt(request) ?? "~");

function untilAppealed(request: Request): readonly string[] {
  const due = appealDueAt(request);
  return due === null ? [] : [`Appeal due: ${due}`];
}

function until(request: Request): readonly string[] {
  const due = dueAt(request);
  return due === null ? [] : [`Decision due: ${due}`];
}
