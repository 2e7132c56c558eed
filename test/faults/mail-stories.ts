import { worthAMail } from "../../infra/events-stack.ts";
import { dynamoMailLog } from "../../shared/aws/dynamo-mail-log.ts";
import { authorizationNumberOf, unused } from "../../shared/domain/authorization.ts";
import { addDays, addHours, type Instant } from "../../shared/domain/calendar.ts";
import { newDocument } from "../../shared/domain/document.ts";
import type { RequestId } from "../../shared/domain/identifiers.ts";
import type { Request } from "../../shared/domain/request.ts";
import type { Submission } from "../../shared/domain/submission.ts";
import { apply, type Transition } from "../../shared/domain/transition.ts";
import { ask } from "../../shared/domain/transitions/ask.ts";
import { decideAppeal } from "../../shared/domain/transitions/decide-appeal.ts";
import { determine } from "../../shared/domain/transitions/determine.ts";
import { registerDocument, settleDocument } from "../../shared/domain/transitions/documents.ts";
import { askToExpedite, judgeExpedite } from "../../shared/domain/transitions/expedite.ts";
import { extend } from "../../shared/domain/transitions/extend.ts";
import { fileAppeal } from "../../shared/domain/transitions/file-appeal.ts";
import { reduce } from "../../shared/domain/transitions/reduce.ts";
import { remindOfUnits } from "../../shared/domain/transitions/remind.ts";
import { supersede } from "../../shared/domain/transitions/supersede.ts";
import { withdraw } from "../../shared/domain/transitions/withdraw.ts";
import type { Email } from "../../shared/ports.ts";
import { runTimers } from "../../shared/use-cases/run-timers.ts";
import { sendNotice } from "../../shared/use-cases/send-notice.ts";
import {
  aChange,
  aRequest,
  at,
  changed,
  complete as completed,
  documentId,
  mriLine,
  npis,
  policies,
  therapyLine,
} from "../builders.ts";
import { chance } from "./chance.ts";
import type { DeskTable } from "./desk-table.ts";

/** Whatever is told by e-mail, of which moment, to whom: in some weeks of requests, each of which has gone another way. */

const luck = chance(60_606);

type Step = { readonly hours: number; readonly take: (request: Request, now: Instant) => ReturnType<typeof apply> };
const step = <Command>(
  hours: number,
  transition: Transition<Command>,
  command: Command | ((request: Request) => Command),
): Step => ({
  hours,
  take: (request, now) => apply(transition, request, command instanceof Function ? command(request) : command, at(now)),
});

/** `day` days after that of the receipt. */
type Days = (day: number) => string;
type Mailed = readonly [hours: number, to: "provider" | "desk", about: string];
type Story = {
  readonly submission: (days: Days) => Partial<Submission>;
  readonly steps: (days: Days) => readonly Step[];
  readonly told: readonly Mailed[];
  /** Where the scheduler was out from hour 20 to hour 44, and that made a difference. */
  readonly toldLate?: readonly Mailed[];
  /** Of a document that is announced an hour after the receipt, and never comes. */
  readonly announces?: true;
};

const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" } as const;
const unmet = { ...met, medicalNecessity: "not-met" } as const;
const because = {
  grounds: unmet,
  reason: { code: "0F", text: "Full function is restored." },
  criterion: "Guideline PT-4, section 2.",
} as const;
const who = (subject: string) => ({ subject, name: "Dana Director", credential: "MD", mayDeny: true });
const complete = [
  step(1, registerDocument, { id: documentId(), kind: "clinical" }),
  step(1, settleDocument, { id: documentId(), status: "available" }),
];
const therapy = (days: Days, first: number, last: number) => ({
  lines: [therapyLine({ serviceDate: days(first), endDate: days(last), quantity: 20 })],
});
const approved = { lines: [{ lineNumber: 1, outcome: "approved", grounds: met }], reviewer: who("nurse") } as const;
const revisionOf = ({ id }: Request, submission: Partial<Submission>, decidedOn: string): Request => {
  const certification = { type: "revised", previousAuthorization: authorizationNumberOf(id) } as const;
  const revision = completed(aRequest({ ...submission, state: "TX", certification }, { id: luck.requestId() }));
  return changed(revision, determine, approved, at(`${decidedOn}T15:00:00.000Z`));
};
const withdrawn = (hours: number) => step(hours, withdraw, { reason: "Moved to Xenia." });

export const stories: Readonly<Record<string, Story>> = {
  "nothing is sent, and nothing is done": {
    submission: (days) => therapy(days, 60, 90),
    steps: () => [],
    told: [
      [24, "provider", "still incomplete"],
      [48, "provider", "still incomplete"],
      [84, "desk", "decision due soon"],
      [126, "desk", "decision due soon"],
      [151.2, "desk", "decision due soon"],
      [168, "desk", "overdue"],
    ],
    toldLate: [
      [44, "provider", "still incomplete"],
      [48, "provider", "still incomplete"],
      [84, "desk", "decision due soon"],
      [126, "desk", "decision due soon"],
      [151.2, "desk", "decision due soon"],
      [168, "desk", "overdue"],
    ],
  },
  "an upload never comes": {
    submission: (days) => therapy(days, 60, 90),
    announces: true,
    steps: () => [step(1, registerDocument, { id: documentId("B"), kind: "clinical" }), withdrawn(50)],
    told: [
      [24, "provider", "still incomplete"],
      [25, "provider", "upload did not arrive"],
      [48, "provider", "still incomplete"],
    ],
    toldLate: [
      [44, "provider", "still incomplete"],
      [44, "provider", "upload did not arrive"],
      [48, "provider", "still incomplete"],
    ],
  },
  "the vendor is silent": {
    submission: (days) => ({ lines: [mriLine({ serviceDate: days(60) })] }),
    steps: () => [...complete, withdrawn(90)],
    told: [
      [5, "desk", "vendor silent"],
      [84, "desk", "decision due soon"],
      [84.5, "desk", "recalled from the vendor"],
    ],
  },
  "more is asked, and more time taken": {
    submission: (days) => therapy(days, 60, 90),
    steps: () => [
      ...complete,
      step(2, askToExpedite, { reason: "Weakness spreads.", requestedBy: "member" }),
      step(3, judgeExpedite, { granted: false }),
      step(4, extend, { reason: "The plan of care is awaited." }),
      step(5, ask, { items: [{ code: "plan-of-care", text: "Please send the signed plan of care." }] }),
      withdrawn(60),
    ],
    told: [
      [3, "provider", "faster decision not granted"],
      [4, "provider", "decision extended"],
      [5, "provider", "information requested"],
      [29, "provider", "still incomplete"],
      [53, "provider", "still incomplete"],
    ],
    toldLate: [
      [3, "provider", "faster decision not granted"],
      [4, "provider", "decision extended"],
      [5, "provider", "information requested"],
      [44, "provider", "still incomplete"],
      [53, "provider", "still incomplete"],
    ],
  },
  "services run, are claimed, reduced and end": {
    submission: (days) => therapy(days, 5, 48),
    steps: (days) => [
      ...complete,
      step(76, determine, approved),
      step(200, remindOfUnits, {}),
      step(300, reduce, ({ id }) => ({
        ...because,
        lines: [{ lineNumber: 1, quantity: 10 }],
        effectiveFrom: days(40),
        reviewer: who("director"),
        use: unused(id),
      })),
    ],
    told: [
      [72, "desk", "service near"],
      [76, "provider", "decided"],
      [200, "provider", "units nearly used"],
      [300, "provider", "authorization to be reduced"],
      // Fourteen days before the last one.
      [34 * 24, "provider", "authorization ending"],
    ],
  },
  "services run, and are revised": {
    submission: (days) => therapy(days, 5, 48),
    steps: (days) => [
      ...complete,
      step(76, determine, approved),
      step(300, supersede, (request) => ({ revision: revisionOf(request, therapy(days, 20, 80), days(12)) })),
    ],
    told: [
      [72, "desk", "service near"],
      [76, "provider", "decided"],
      [300, "provider", "authorization revised"],
    ],
  },
  "a denial is appealed in haste": {
    submission: (days) => therapy(days, 60, 90),
    steps: () => [
      ...complete,
      step(2, determine, { lines: [{ lineNumber: 1, outcome: "denied", ...because }], reviewer: who("director") }),
      step(3, fileAppeal, { reason: "The log was read wrongly.", expedited: true }),
      step(80, decideAppeal, { appealId: "appeal-1", outcome: "upheld", ...because, reviewer: who("another") }),
    ],
    told: [
      [2, "provider", "decided"],
      [3, "desk", "appealed"],
      [39, "desk", "appeal due soon"],
      [57, "desk", "appeal due soon"],
      [67.8, "desk", "appeal due soon"],
      [75, "desk", "appeal overdue"],
      [80, "provider", "appeal decided"],
    ],
    toldLate: [
      [2, "provider", "decided"],
      [3, "desk", "appealed"],
      [44, "desk", "appeal due soon"],
      [57, "desk", "appeal due soon"],
      [67.8, "desk", "appeal due soon"],
      [75, "desk", "appeal overdue"],
      [80, "provider", "appeal decided"],
    ],
  },
  // Complete on Monday; Wednesday ends at five o'clock UTC.
  "the law decides in Arkansas": {
    submission: (days) => ({ ...therapy(days, 60, 90), lineOfBusiness: "marketplace", state: "AR" }),
    steps: () => complete,
    told: [
      [32.5, "desk", "decision due soon"],
      [48.75, "desk", "decision due soon"],
      [58.5, "desk", "decision due soon"],
      [65, "desk", "decided by law"],
      [65, "provider", "decided"],
    ],
    toldLate: [
      [44, "desk", "decision due soon"],
      [48.75, "desk", "decision due soon"],
      [58.5, "desk", "decision due soon"],
      [65, "desk", "decided by law"],
      [65, "provider", "decided"],
    ],
  },
};

const horizon = 40 * 24;
const email = "front@dayton.example.org";
const run = (table: DeskTable, now: Instant) =>
  runTimers(
    { requests: table.requests, documents: table.documents, timers: table.timers, clock: { now: () => now }, policies },
    (_wake, error) => {
      throw error;
    },
  );

/** Everybody's events so far, each delivered twice at once and once more: what went out for the first time, by request. */
async function mailed(table: DeskTable, ids: readonly RequestId[], heard: Map<RequestId, number>, now: Instant) {
  const sent: { id: RequestId; at: Instant; type: string; mail: Email }[] = [];
  for (const id of ids) {
    const history = await table.requests.history(id);
    for (const event of history.slice(heard.get(id) ?? 0)) {
      const deps = {
        requests: table.requests,
        mail: { send: async (mail: Email) => void sent.push({ id, at: event.at, type: event.reason ?? event.type, mail }) },
        mailLog: dynamoMailLog(table.dynamo, table.name),
        clock: { now: () => now },
        apiUrl: "https://api.example.org",
        desk: "desk@plan.example.org",
      };
      if (!worthAMail.some((type) => type === event.type)) continue;
      await Promise.allSettled([sendNotice(deps, event), sendNotice(deps, event)]);
      await sendNotice(deps, event);
    }
    heard.set(id, history.length);
  }
  return sent;
}

/**
 * Lives all the stories at once, every timer that is due firing twice at the same time.
 *
 * @param out hours within which the scheduler does not run
 * @throws when something is due that no timer does
 */
export async function told(table: DeskTable, receivedAt: Instant, out: { from: number; to: number } | undefined) {
  const days: Days = (day) => addDays(receivedAt.slice(0, 10), day);
  const after = (hours: number) => addHours(receivedAt, hours);
  const left = new Map<RequestId, readonly Step[]>();
  const names = new Map<RequestId, string>();
  for (const [name, { submission, steps, announces }] of Object.entries(stories)) {
    const id = luck.requestId();
    const requestingProvider = { npi: npis.dayton, name: "Dayton Orthopaedics", email };
    const change = aChange({ state: "TX", requestingProvider, ...submission(days) }, { id }, at(receivedAt));
    await table.requests.create(change, "fingerprint");
    const description = {
      fileName: "ada-reyes.pdf",
      contentType: "application/pdf",
      size: 1,
      sha256: "",
      kind: "clinical",
    } as const;
    if (announces)
      await table.documents.create(
        newDocument({ requestId: id, id: documentId("B"), description, now: after(1), uploadHours: 24 }),
      );
    names.set(id, name);
    left.set(id, steps(days));
  }
  const ids = [...names.keys()];
  const isOut = (time: Instant) => out !== undefined && time >= after(out.from) && time < after(out.to);
  const heard = new Map<RequestId, number>();
  const seen = new Map<RequestId, Request>();
  const look = async () => {
    const changed: RequestId[] = [];
    for (const id of ids) {
      const request = await table.requests.find(id);
      if (!request) throw new Error("a request is gone");
      if (request.version !== seen.get(id)?.version) changed.push(id);
      seen.set(id, request);
    }
    return changed;
  };
  const sent = await mailed(table, await look(), heard, receivedAt);
  for (let now = receivedAt; ; ) {
    const wakes = [...seen.values()].map(({ wakesAt }) => wakesAt ?? []);
    const uploadEnds = now < after(25) ? [after(25)] : [];
    const fires = [...wakes.flat(), ...uploadEnds].map((time) => (out && isOut(time) ? after(out.to) : time));
    const acts = [...left.values()].flatMap(([next]) => (next ? [after(next.hours)] : []));
    const next = [...fires, ...acts].sort()[0];
    if (next === undefined || next > after(horizon)) break;
    if (next < now || (next === now && acts[0] !== now && !fires.some((time) => time > now)))
      throw new Error(`time stands still at ${now}`);
    now = next;
    for (const [id, steps] of left) {
      const due = steps.filter(({ hours }) => after(hours) === now);
      for (const { take } of due) {
        const request = await table.requests.find(id);
        if (!request) throw new Error("a request is gone");
        const taken = take(request, now);
        if (!taken.ok) throw new Error(taken.refusal.detail);
        await table.requests.save(taken.value, request.version);
      }
      left.set(id, steps.slice(due.length));
    }
    if (fires.includes(now)) await Promise.all([run(table, now), run(table, now)]);
    sent.push(...(await mailed(table, await look(), heard, now)));
  }
  const hours = (time: Instant) => (Date.parse(time) - Date.parse(receivedAt)) / 3_600_000;
  const of = (name: string): readonly Mailed[] =>
    sent
      .filter(({ id }) => names.get(id) === name)
      .map(({ at: time, mail }) => [
        hours(time),
        mail.to === email ? "provider" : "desk",
        mail.subject.replace(/^Prior authorization PA-[A-Z2-7]{26}: /, ""),
      ]);
  return { of, sent };
}

/** What the stories say of people, and in people's words. */
export const personal =
  /Ada|Reyes|10487654321|1986|Dayton|Miami|123456789|1245319599|M54|adiculopathy|97110|72148|MRI|herap|Weakness|function|Guideline|plan of care|Xenia|Director|\blog\b|pdf/;
