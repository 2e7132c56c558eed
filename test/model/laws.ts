import { problems } from "../../shared/api/problems.ts";
import { reservedOf, usedOf } from "../../shared/domain/benefit.ts";
import { type Decision, isDeemed } from "../../shared/domain/decision.ts";
import { genesisHash, hashOf } from "../../shared/domain/events.ts";
import { dueAt, type Line, type Request } from "../../shared/domain/request.ts";
import type { Result } from "../../shared/domain/result.ts";
import type { RequestStatus } from "../../shared/domain/vocabulary.ts";
import type { Policy } from "../../shared/policy/policy.ts";
import type { ModelDesk, Saved } from "./desk.ts";
import { holds } from "./holds.ts";
import { type Claimed, claimsStand, oneStands, refusedRightly, revisedForNoLess, supersededRightly } from "./revision-laws.ts";
import type { Step } from "./steps.ts";

/**
 * What holds after every step, whoever made it, and said a second time in other words than the product's own.
 */

/** How much of what was saved has been looked at, how much of each benefit was taken then, and what claims had taken. */
export type Watched = { saved: number; taken: Map<string, number>; claimed: Claimed };
export const nothingYet = (): Watched => ({ saved: 0, taken: new Map(), claimed: new Map() });

/** @throws when a law is broken */
export function hold(desk: ModelDesk, step: Step, result: Result<unknown>, watched: Watched): void {
  const changes = desk.saved.slice(watched.saved);
  watched.saved = desk.saved.length;
  if (!result.ok) {
    const { problem } = result.refusal;
    holds(problems[problem].status < 500, `a refusal is the caller's to mend, not ${problem}`);
    // What the vendor contradicts is kept for a person, and changes no decision.
    if (problem === "vendor-event-needs-review")
      holds(
        changes.every(({ before, after }) => before?.lines === after.lines),
        "what the vendor contradicts changes no line",
      );
    else if (step.kind === "call") holds(changes.length === 0, `${problem} changes nothing`);
  }
  for (const change of changes) {
    isContinued(change);
    isConsistent(change.after);
    for (const line of change.after.lines) decidedRightly(change, line, step, desk.policy);
    askedAsBefore(change);
    takesNothingBack(change, step, desk.policy);
    reducedRightly(change, step, desk.policy);
    supersededRightly(change, step, desk);
    revisedForNoLess(change, desk);
  }
  if (changes.length > 0) oneStands(desk);
  refusedRightly(step, result);
  claimsStand(desk, step, watched.claimed);
  benefitsHold(desk, watched);
  usesHold(desk);
}

/** The chain of events goes on where it ended, the version grows by one, and time does not run backwards. */
function isContinued({ before, after, events }: Saved): void {
  holds(after.version === (before?.version ?? 0) + 1, "a change is one version");
  holds(before === undefined || after.updatedAt >= before.updatedAt, "times never run backwards");
  let sequence = before?.lastSequence ?? 0;
  let previous = before?.lastHash ?? genesisHash;
  for (const { hash, ...content } of events) {
    sequence += 1;
    holds(content.sequence === sequence && content.previousHash === previous, "events are a chain without gaps");
    holds(hash === hashOf(content), "each event vouches for itself");
    previous = hash;
  }
  holds(after.lastSequence === sequence && after.lastHash === previous, "the request knows the end of its chain");
  const told = events.filter(({ type }) => type === "line.decided").flatMap(({ lines = [] }) => lines);
  const decided = after.lines.filter(({ lineNumber, decision }) => decision && !before?.lines[lineNumber - 1]?.decision);
  holds(
    told.toSorted().join() ===
      decided
        .map(({ lineNumber }) => lineNumber)
        .toSorted()
        .join(),
    "each decision is told once",
  );
}

const open: readonly RequestStatus[] = ["awaiting-information", "in-review", "medical-director-review", "referred-to-vendor"];

/** The contract's roll-up, from its words. */
function rolledUp({ withdrawal, closure, lines, missing, informationRequest }: Request): RequestStatus {
  if (withdrawal !== null) return "withdrawn";
  if (closure !== null) return "closed";
  const needing = lines.filter(({ requirement }) => requirement === "required" || requirement === "review");
  if (needing.length === 0) return "not-required";
  const isOpen = (line: Line) => line.decision === null;
  if (needing.some(isOpen) && (missing.length > 0 || informationRequest !== null)) return "awaiting-information";
  if (needing.some((line) => isOpen(line) && line.route === "plan"))
    return needing.some((line) => isOpen(line) && line.route === "plan" && line.escalated)
      ? "medical-director-review"
      : "in-review";
  if (needing.some(isOpen)) return "referred-to-vendor";
  if (needing.every(({ decision }) => decision?.outcome === "approved")) return "approved";
  return needing.every(({ decision }) => decision?.outcome === "denied") ? "denied" : "partially-approved";
}

function isConsistent(request: Request): void {
  holds(request.status === rolledUp(request), `${request.status} is what its lines come to`);
  const isOpen = open.includes(request.status);
  holds((dueAt(request) !== null) === isOpen, "there is a due time while something is to be decided, and no longer");
  holds(isOpen || request.informationRequest === null, "nothing is asked any more once all is decided");
  const ended = request.status === "withdrawn" || request.status === "closed";
  const granted = ended ? [] : request.lines.filter(({ decision }) => decision !== null && decision.outcome !== "denied");
  if (!isOpen) holds((request.authorization !== null) === granted.length > 0, "an authorization is what was granted");
  else
    holds(
      request.authorization === null ||
        request.continuations.length > 0 ||
        request.appeals.some(({ decision }) => decision !== null),
      "what is open is authorized only beside a stay, or on appeal",
    );
  holds(
    request.lines.every(({ requirement, decision }) => decision === null || requirement !== "not-required"),
    "what needs no authorization is not decided",
  );
}

const alwaysMayDeny = ["MD", "DO", "DDS", "DMD", "DPM"];

/** The plan's list of who may deny, once more. */
function mayDeny(credential: string | null | undefined, { category }: Line, policy: Policy): boolean {
  if (credential === "PharmD") return category === "drug";
  const group = policy.rules.find(({ id }) => id === category)?.group;
  if (credential === "PhD" || credential === "PsyD") return group === "behavioral-health";
  return alwaysMayDeny.includes(credential ?? "");
}

/** The codes that go with an outcome: X12 306 for the action, 886 for the reason. */
const actions = { approved: "A1", "approved-less": "A6", denied: "A3" } as const;

/** Every decision has its codes, and stands on somebody who may make it. */
function decidedRightly({ before, after }: Saved, line: Line, step: Step, policy: Policy): void {
  const { decision, lineNumber } = line;
  const was = before?.lines[lineNumber - 1]?.decision;
  if (!decision || decision === was) return;
  const { outcome, x12, reason, decidedBy } = decision;
  holds(x12.action === actions[outcome], "a decision has its X12 action");
  holds(outcome === "approved" ? x12.reason === null : x12.reason === reason?.code && !!x12.reason, "and its reason, if adverse");
  if (outcome === "approved") {
    const wanting = leftOut(after, lineNumber, decision, policy);
    holds(wanting === undefined, `what is approved is what was asked, but for ${wanting}`);
    return;
  }
  const { name, credential, subject } = decidedBy;
  holds(mayDeny(credential, line, policy), `${credential} may not decide against what was asked`);
  if (step.kind === "call") {
    const { principal } = step.who;
    holds(principal.scopes.has("reviews:deny"), "an adverse decision takes its scope");
    holds(principal.person?.credential === credential && principal.person?.name === name, "and is signed by who made it");
    holds(subject === principal.subject, "with their subject");
  } else {
    holds(step.kind === "vendor" && step.event.type === "decided", "nothing but a person and the vendor decides adversely");
    const said = step.kind === "vendor" && step.event.lines?.find((one: { lineNumber: number }) => one.lineNumber === lineNumber);
    holds(said?.clinician?.credential === credential && said?.clinician?.name === name, "the vendor's clinician signs");
    holds(subject === null, "who has no subject here");
  }
}

const withBeds = ["inpatient", "skilled-nursing", "inpatient-rehabilitation", "long-term-care", "inpatient-respite"];

const dayThere = (at: string, timeZone: string): string => new Intl.DateTimeFormat("sv-SE", { timeZone }).format(new Date(at));

/** The calendar from one day to another, both included. */
function* calendar(first: string, last: string): Generator<string> {
  const oneDay = 24 * 60 * 60 * 1_000;
  for (let at = Date.parse(first); at <= Date.parse(last); at += oneDay) yield new Date(at).toISOString().slice(0, 10);
}
const after = (day: string, days: number): string => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

/**
 * What a provider would miss who has read the approval: a day on which the service was to be had, units, or their number where none was
 * to be counted. The vendor dates and counts by itself; whoever approves for the plan says no more than the request did.
 */
function leftOut({ submission }: Request, lineNumber: number, decision: Decision, { plan }: Policy): string | undefined {
  const words = submission.lines[lineNumber - 1] ?? { modifiers: [], investigational: false };
  const { date: admitted, days: nights = 0 } = submission.admission ?? {};
  const inBed = nights > 0 && (withBeds.includes(submission.setting) || !(words.code || words.revenueCode));
  const isVendors = decision.grounds === null && decision.decidedBy.subject === null && !isDeemed(decision);

  const begins = words.serviceDate ?? admitted ?? (isVendors ? undefined : dayThere(decision.decidedAt, plan.timeZone));
  if (begins !== undefined) {
    const length = inBed
      ? Math.max(nights, words.unit === "day" ? (words.quantity ?? 0) : 0)
      : isVendors
        ? 0
        : plan.authorizationDays;
    for (const day of calendar(begins, words.endDate ?? after(begins, length)))
      if ((decision.from ?? day) > day || (decision.to ?? day) < day) return day;
  }

  const asProcedure = words.code !== undefined && submission.lines.some(({ code }) => code === undefined);
  const byNights = inBed && words.quantity === undefined && !asProcedure && (words.unit === undefined || words.unit === "day");
  const number = byNights ? nights : words.quantity;
  if (number === undefined) return decision.quantity === null || isVendors ? undefined : `more than ${decision.quantity}`;
  if (decision.quantity !== null && number > decision.quantity) return `${number - decision.quantity} units`;
  return (decision.unit ?? undefined) === (byNights ? "day" : words.unit) ? undefined : "units of the kind that was asked for";
}

/** What decided lines were asked for stays on record, and so does what they were judged by. */
function askedAsBefore({ before, after: { submission: now } }: Saved): void {
  const decided = before?.lines.filter(({ decision }) => decision !== null) ?? [];
  if (!before || decided.length === 0) return;
  const { submission: was } = before;
  const said = (value: unknown) => JSON.stringify(value);
  for (const { lineNumber } of decided) {
    const [line, same] = [was, now].map(({ lines }) => lines[lineNumber - 1]);
    holds(said(line) === said(same), "a decided line is what was asked for");
    const providers = [was, now].map(({ servicingProvider }) => line?.servicingProvider?.npi ?? servicingProvider?.npi);
    holds(providers[0] === providers[1], "by whom it was asked for");
  }
  holds(was.servicingFacility?.npi === now.servicingFacility?.npi, "and where");
  for (const [what, value] of Object.entries(was.admission ?? {}))
    holds(new Map<string, unknown>(Object.entries(now.admission ?? {})).get(what) === value, "in which stay");
  holds(
    was.diagnoses.every(({ code, narrative }, index) => {
      const { code: same, narrative: words } = now.diagnoses[index] ?? {};
      return code === same && (narrative === undefined || narrative === words);
    }),
    "and for which diagnoses",
  );
}

/** What was granted stands: nobody but a clinician who may deny changes it, and the provider gives it up. */
function takesNothingBack({ before, after }: Saved, step: Step, policy: Policy): void {
  if (!before) return;
  const byProvider = step.kind === "call" && step.operation === "withdrawRequest";
  for (const { lineNumber, decision: was } of before.lines) {
    if (!was || was.outcome === "denied") continue;
    const line = after.lines[lineNumber - 1];
    const now = line?.decision;
    const credential = step.kind === "call" ? step.who.principal.person?.credential : undefined;
    const byClinician =
      step.kind === "call" &&
      step.who.principal.scopes.has("reviews:deny") &&
      mayDeny(credential, line ?? (before.lines[0] as Line), policy);
    if (byClinician && now && now !== was) {
      holds(isCovered(was, now), "an appeal takes nothing of what was granted");
      continue;
    }
    holds(now === was, "what was granted is not taken back");
    holds(after.closure === null, "nor is it closed away");
    holds(byProvider || after.withdrawal === null || before.withdrawal !== null, "nor withdrawn by anybody but the provider");
  }
}

const isCovered = (was: Decision, now: Decision): boolean =>
  (now.quantity === null || was.quantity === null || now.quantity >= was.quantity) &&
  (now.from === null || was.from === null || now.from <= was.from) &&
  (now.to === null || was.to === null || now.to >= was.to);

/** Less of what was authorized is an adverse decision too, and a person's. */
function reducedRightly({ before, after }: Saved, step: Step, policy: Policy): void {
  const known = before?.reductions ?? [];
  for (const [index, { lines, decidedBy }] of after.reductions.entries()) {
    const was = known[index];
    if (was) {
      holds(was.lines === lines, "a reduction stays as it was made");
      continue;
    }
    holds(step.kind === "call" && step.operation === "reduceAuthorization", "nobody reduces by the way");
    const { principal } = (step as Extract<Step, { kind: "call" }>).who;
    holds(principal.scopes.has("reviews:deny") && decidedBy.subject === principal.subject, "a reduction takes its scope");
    for (const { lineNumber } of lines) {
      const line = after.lines[lineNumber - 1];
      holds(line !== undefined && mayDeny(principal.person?.credential, line, policy), "and a clinician for each line");
    }
  }
  holds(after.reductions.length >= known.length, "a reduction stays on record");
}

/** Nobody of the plan has signed it, nor one of its own rules. */
const isBinding = (decision: Decision | null | undefined): boolean =>
  !!decision && decision.decidedBy.subject === null && !decision.decidedBy.name.startsWith("Automatic approval");

/** Beyond its limit a benefit goes only by what binds the plan: the vendor's word, and the law's. */
function benefitsHold(desk: ModelDesk, { taken }: Watched): void {
  for (const benefit of desk.benefits.values()) {
    const name = `${benefit.member}#${benefit.benefit}#${benefit.from}`;
    const limit = desk.policy.benefits.limits.find(({ id }) => id === benefit.benefit)?.amount ?? 0;
    const now = usedOf(benefit) + reservedOf(benefit);
    const binding = benefit.shares
      .filter(({ requestId, lineNumber }) => isBinding(desk.requests.get(requestId)?.lines[lineNumber - 1]?.decision))
      .reduce((sum, { units }) => sum + units, 0);
    const before = taken.get(name) ?? 0;
    holds(now <= Math.max(limit, before, limit + binding), "a benefit does not go beyond its limit");
    taken.set(name, now);
    for (const { requestId, lineNumber, units, consumed } of benefit.shares) {
      const use = desk.uses.get(requestId);
      const claimed = (use?.usages ?? []).filter((one) => one.lineNumber === lineNumber).reduce((sum, one) => sum + one.units, 0);
      holds(consumed === claimed && units >= consumed, "a benefit counts what claims took");
    }
  }
}

/** Claims never take more of a line than was granted on it. */
function usesHold({ uses, requests }: ModelDesk): void {
  for (const [id, { usages }] of uses) {
    const lines = requests.get(id)?.lines ?? [];
    for (const { lineNumber, decision } of lines) {
      const claimed = usages.filter((one) => one.lineNumber === lineNumber).reduce((sum, { units }) => sum + units, 0);
      holds(claimed === 0 || decision !== null, "claims take of what was granted");
      holds(typeof decision?.quantity !== "number" || claimed <= decision.quantity, "and no more than that");
    }
  }
}
