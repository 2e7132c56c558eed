import type { Policy } from "../../policy/policy.ts";
import { openAppeals } from "../appeal.ts";
import { type AuthorizationUse, covers, unitsUsed } from "../authorization.ts";
import { addDays, dayOf } from "../calendar.ts";
import { canonicalJson } from "../canonical-json.ts";
import { type Grounds, isAgainst } from "../decision.ts";
import { awaitedReduction, decisionOn, lastDayOf, type ReducedLine, type Reduction, reductionRowOf } from "../reduction.ts";
import type { Request } from "../request.ts";
import { type Fault, type Refusal, validationFailed } from "../result.ts";
import { type Context, transition } from "../transition.ts";
import type { AdverseReason } from "../vocabulary.ts";
import { clinicianOn, type Reviewer } from "./determine.ts";

/** Dates ISO. What is left unsaid stays as it was authorized. */
export type LessOfLine = { readonly lineNumber: number; readonly quantity?: number; readonly to?: string };

export type Reducing = {
  readonly lines: readonly LessOfLine[];
  readonly grounds: Grounds;
  readonly reason: { readonly code: AdverseReason; readonly text: string };
  readonly criterion: string;
  /** The first day of service for which less is authorized. */
  readonly effectiveFrom: string;
  readonly reviewer: Reviewer;
  /** What claims have taken so far. */
  readonly use: AuthorizationUse;
};

/**
 * A clinician reduces or ends what is authorized while services run, with the law's notice before it takes effect (42 CFR 438.404(c)(1),
 * 431.211). The decision stays as it was made, and binds for every day of service before; what was used is used.
 */
export const reduce = transition<Reducing>({
  name: "reduce an authorization",
  from: ["approved", "partially-approved"],
  to: {},
  emits: ["authorization.reduced"],
  already: (request, said) => request.reductions.some((reduction) => saysTheSame(reduction, said)),
  refuses: (request, said, context) => {
    const { policy } = context;
    const row = reductionRowOf(request, policy);
    if (!row) return notPossible("In this line of business the plan does not take back what it has authorized.");
    const unknown = said.lines.flatMap(({ lineNumber }, index): Fault[] =>
      request.lines[lineNumber - 1] ? [] : [{ pointer: `/lines/${index}/lineNumber`, detail: "The request has no such line." }],
    );
    if (unknown.length > 0) return validationFailed(unknown);
    const refused = said.lines
      .map(({ lineNumber }) => refusalOf(request, lineNumber, said.reviewer, context))
      .find((refusal) => refusal !== undefined);
    if (refused) return refused;
    const faults = [
      ...withoutGround(said.grounds),
      ...tooSoon(said, row.days, context),
      ...said.lines.flatMap((line, index) => faultsOf(request, line, index, said)),
    ];
    if (faults.length > 0) return validationFailed(faults);
    return said.lines.some((line) => isUsed(line, said.use))
      ? notPossible("Claims have taken more than would be left: units that are used cannot be taken back.")
      : undefined;
  },
  decide: (request, said, { now, policy }) => {
    const reduction = reductionOf(request, said, now, policy);
    return reduction ? { ...request, reductions: [...request.reductions, reduction], assignment: null } : request;
  },
  events: (_before, { reason }, after) => {
    const reduction = after.reductions.at(-1);
    const lines = reduction?.lines.map(({ lineNumber }) => lineNumber) ?? [];
    return reduction ? [{ type: "authorization.reduced" as const, reductionId: reduction.id, lines, reason: reason.code }] : [];
  },
});

const notPossible = (detail: string): Refusal => ({ problem: "reduction-not-possible", detail });

const saysTheSame = (reduction: Reduction, { lines, grounds, reason, criterion, effectiveFrom, reviewer }: Reducing): boolean =>
  reduction.decidedBy.subject === reviewer.subject &&
  reduction.effectiveFrom === effectiveFrom &&
  reduction.reason.code === reason.code &&
  reduction.reason.text === reason.text &&
  reduction.criterion === criterion &&
  canonicalJson(reduction.grounds) === canonicalJson(grounds) &&
  reduction.lines.length === lines.length &&
  lines.every(({ lineNumber, quantity = null, to = null }) =>
    reduction.lines.some((line) => line.lineNumber === lineNumber && line.quantity === quantity && line.to === to),
  );

function refusalOf(request: Request, lineNumber: number, reviewer: Reviewer, { now, policy }: Context): Refusal | undefined {
  const line = request.lines[lineNumber - 1];
  const today = dayOf(now, policy.plan.timeZone);
  const decision = decisionOn(request, lineNumber, today);
  if (!line || !decision || decision.outcome === "denied") return notPossible(`Nothing is authorized on line ${lineNumber}.`);
  if (!clinicianOn(line, reviewer, policy))
    return { problem: "clinician-required", detail: "Reducing what is authorized takes a clinician who may deny this service." };
  if (!covers(decision, today))
    return notPossible(`The authorization of line ${lineNumber} does not run today: only running services are reduced.`);
  if (awaitedReduction(request, lineNumber, today))
    return notPossible(`A reduction of line ${lineNumber} has not taken effect yet.`);
  return openAppeals(request).some(({ lines }) => lines.includes(lineNumber))
    ? { problem: "appeal-open", detail: `An appeal of line ${lineNumber} is open: wait for its decision.` }
    : undefined;
}

const withoutGround = (grounds: Grounds): readonly Fault[] =>
  isAgainst(grounds) ? [] : [{ pointer: "/grounds", detail: "An adverse decision names the ground that is not met." }];

/** So many full days lie between the day of the notice and that of the effect. */
const tooSoon = ({ effectiveFrom }: Reducing, days: number, { now, policy }: Context): readonly Fault[] =>
  effectiveFrom > addDays(dayOf(now, policy.plan.timeZone), days)
    ? []
    : [{ pointer: "/effectiveFrom", detail: `Must leave ${days} full days after the day of the notice.` }];

function faultsOf(request: Request, said: LessOfLine, index: number, { effectiveFrom }: Reducing): readonly Fault[] {
  const at = (member: string) => `/lines/${index}${member}`;
  const { quantity = null } = decisionOn(request, said.lineNumber, effectiveFrom) ?? {};
  const last = lastDayOf(request, said.lineNumber);
  const faults: Fault[] = [];
  if (said.quantity === undefined && said.to === undefined)
    faults.push({ pointer: at(""), detail: "Say in quantity or to what is less than was authorized." });
  if (last !== null && effectiveFrom > last)
    faults.push({ pointer: "/effectiveFrom", detail: "The authorization is over by then." });
  if (said.quantity !== undefined && (quantity === null || said.quantity >= quantity))
    faults.push({ pointer: at("/quantity"), detail: "Must be less than was authorized, where units were counted." });
  if (said.to !== undefined && last !== null && said.to >= last)
    faults.push({ pointer: at("/to"), detail: "Must be before the last day that was authorized." });
  if (said.to !== undefined && said.to < addDays(effectiveFrom, -1))
    faults.push({ pointer: at("/to"), detail: "Until it takes effect everything stands: must not be before the day before that." });
  return faults;
}

const isUsed = ({ lineNumber, quantity, to }: LessOfLine, use: AuthorizationUse): boolean =>
  (quantity !== undefined && quantity < unitsUsed(use, lineNumber)) ||
  (to !== undefined && use.usages.some((usage) => usage.lineNumber === lineNumber && usage.serviceDate > to));

function reductionOf(request: Request, said: Reducing, now: string, policy: Policy): Reduction | undefined {
  const { grounds, reason, criterion, effectiveFrom, reviewer } = said;
  const clinicians = said.lines.flatMap(({ lineNumber }) => {
    const line = request.lines[lineNumber - 1];
    return (line && clinicianOn(line, reviewer, policy)) ?? [];
  });
  const [clinician] = clinicians;
  const row = reductionRowOf(request, policy);
  // Refused before: without a clinician for each line there is no way to write it down.
  if (!clinician || clinicians.length < said.lines.length || !row) return undefined;
  return {
    id: `reduction-${request.reductions.length + 1}`,
    noticedAt: now,
    grounds,
    reason,
    criterion,
    decidedBy: { ...clinician, subject: reviewer.subject },
    lines: said.lines.map((line) => reducedLine(request, line, effectiveFrom)),
    effectiveFrom,
    holdsFrom: effectiveFrom,
    cite: row.cite,
  };
}

const reducedLine = (request: Request, { lineNumber, quantity, to }: LessOfLine, day: string): ReducedLine => ({
  lineNumber,
  quantity: quantity ?? null,
  to: to ?? null,
  before: { quantity: decisionOn(request, lineNumber, day)?.quantity ?? null, to: lastDayOf(request, lineNumber) },
});
