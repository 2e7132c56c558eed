import { appealDueAt, openAppeals } from "./appeal.ts";
import { endsOf } from "./authorization-ends.ts";
import type { Instant } from "./calendar.ts";
import { isDeemed } from "./decision.ts";
import type { EventDraft, RequestEvent } from "./events.ts";
import { dueAt, isOpen, type Request } from "./request.ts";
import type { MissingItem, ReminderKind } from "./vocabulary.ts";

/**
 * What an e-mail says. E-mail is read by anybody on its way: a reference number, what is needed, until when, and a link that asks who
 * reads. Nobody's name, no member, no diagnosis or service, no file's name, and nothing that anybody has written.
 */

export type News = { readonly to: "provider" | "desk"; readonly subject: string; readonly text: string };
type Told = Pick<EventDraft, "type" | "reason" | "lines" | "documentId" | "appealId" | "reductionId"> & Pick<RequestEvent, "at">;
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
      return isReminder(event.reason) ? reminders[event.reason](request, event.at) : undefined;
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
    case "authorization.superseded":
      return {
        to: "provider",
        about: "authorization revised",
        lines: ["A revision was approved and stands in its place. Its number, and from which day on, is on record."],
      };
    case "clock.missed":
      return missedClock(event, request);
    case "expedite.refused":
      // The law gives the right to be told of both ways on (42 CFR 422.570(d)(2), 438.410(c)(2), 438.402(a)).
      return isOpen(request) && request.priority === "standard" && request.expedites.some(({ granted }) => granted === false)
        ? {
            to: "provider",
            about: "faster decision not granted",
            lines: [
              "The request for a faster decision was not granted: the plan decides in the standard time.",
              "If you do not agree, you may object: the member, or you for the member, may file a grievance with the plan. A physician who says that the standard time could harm the member is followed at once.",
              ...until(request),
            ],
          }
        : undefined;
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

const reminders: Readonly<Record<ReminderKind, (request: Request, at: Instant) => Said | undefined>> = {
  "information-missing": (request) =>
    request.status === "awaiting-information"
      ? { to: "provider", about: "still incomplete", lines: [...needed(request), ...until(request)] }
      : undefined,
  "decision-due": (request, at) =>
    isOpen(request)
      ? {
          to: "desk",
          about: "decision due soon",
          lines: [`The request waits for its decision.${timeLeft(request, at)}`, ...until(request)],
        }
      : undefined,
  "vendor-silent": (request) =>
    request.vendorSilentFrom === null
      ? undefined
      : { to: "desk", about: "vendor silent", lines: ["The vendor has not acknowledged the referral in time.", ...until(request)] },
  "service-near": (request) =>
    isOpen(request)
      ? { to: "desk", about: "service near", lines: ["The date of service is near, and nothing is decided.", ...until(request)] }
      : undefined,
  "authorization-ending": (request) => {
    const told = request.reminded["authorization-ending"] ?? "";
    const ends = endsOf(request).filter(({ day }) => day > told.slice(0, 10));
    const [end, ...others] = ends;
    return (
      end && {
        to: "provider",
        about: "authorization ending",
        lines: [
          others.length === 0
            ? `The authorization ends on ${end.day}. Ask for its renewal in time if care goes on.`
            : `The authorization ends ${ends.map(({ day, lines }) => `on ${day} for line ${lines.join(", ")}`).join("; ")}. Ask for its renewal in time if care goes on.`,
        ],
      }
    );
  },
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

/** Of rows that have ended together after an outage the last tells. Whatever a person has decided meanwhile is told as a decision. */
function missedClock({ reason }: Told, request: Request): Said | undefined {
  const row = request.missed.at(-1);
  if (row === undefined || row.rule !== reason) return undefined;
  const passed = "The legal time for the decision has passed";
  if (isOpen(request)) return { to: "desk", about: "overdue", lines: [`${passed}.`, `Rule: ${reason}`, dueBy(row.dueAt)] };
  const isLaws = request.lines.some(({ decision }) => decision !== null && isDeemed(decision));
  return isLaws
    ? { to: "desk", about: "decided by law", lines: [`${passed}: the law has decided.`, `Rule: ${reason}`] }
    : undefined;
}

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
  return due === null ? [] : [dueBy(due)];
}

const dueBy = (due: Instant): string => `Decision due: ${due}`;

/** By which one warning is told from the next: whole hours, or minutes in the last of them. Nothing once the time is over. */
function timeLeft(request: Request, at: Instant): string {
  const minutes = Math.floor((Date.parse(dueAt(request) ?? at) - Date.parse(at)) / 60_000);
  if (minutes < 1) return "";
  const [count, unit] = minutes < 60 ? [minutes, "min"] : [Math.floor(minutes / 60), "h"];
  return ` ${count} ${unit} ${count === 1 ? "is" : "are"} left.`;
}
