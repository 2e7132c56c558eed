import type { Policy } from "../../policy/policy.ts";
import { askedOn } from "../asked.ts";
import { askedGrant, fallsShort } from "../asked-grant.ts";
import { limitsOn } from "../benefit.ts";
import { canonicalJson } from "../canonical-json.ts";
import { type Clinician, clinicianFor } from "../clinician.ts";
import {
  adverseDecision,
  approval,
  type Decision,
  type Grant,
  type Grounds,
  isAdverse,
  isAgainst,
  nothingGranted,
} from "../decision.ts";
import { type Line, linesToDecide, type Request } from "../request.ts";
import { type Fault, type Refusal, validationFailed } from "../result.ts";
import { type Context, transition } from "../transition.ts";
import { type AdverseReason, type Outcome, openStatuses, type Unit } from "../vocabulary.ts";

/** What a reviewer decides about one line. Dates ISO; what is left unsaid is as asked. */
export type DeterminedLine = {
  readonly lineNumber: number;
  readonly outcome: Outcome;
  readonly quantity?: number;
  readonly unit?: Unit;
  readonly from?: string;
  readonly to?: string;
  readonly grounds: Grounds;
  readonly reason?: { readonly code: AdverseReason; readonly text: string };
  /** The guideline or rule that the decision rests on. */
  readonly criterion?: string;
};

export type Reviewer = {
  readonly subject: string;
  readonly name: string;
  readonly credential: string | null;
  /** Does the token let this person decide against what was asked? */
  readonly mayDeny: boolean;
};

export type Determination = { readonly lines: readonly DeterminedLine[]; readonly reviewer: Reviewer };

/**
 * A person decides lines, all of them at once or none. What is missing does not keep the plan from deciding: its clock runs all the
 * same. Anything adverse, and any line that waits for the medical director, takes a clinician who may deny
 * (42 CFR 438.210(b)(3), 422.566(d)).
 */
export const determine = transition<Determination>({
  name: "determine",
  from: openStatuses,
  to: {
    "awaiting-information": ["referred-to-vendor", "approved", "partially-approved", "denied"],
    "in-review": ["awaiting-information", "referred-to-vendor", "approved", "partially-approved", "denied"],
    "medical-director-review": [
      "awaiting-information",
      "in-review",
      "referred-to-vendor",
      "approved",
      "partially-approved",
      "denied",
    ],
  },
  emits: ["line.decided", "exception.resolved"],
  already: (request, { lines, reviewer }, { policy }) =>
    lines.every((said) => {
      const decision = request.lines[said.lineNumber - 1]?.decision;
      return decision?.decidedBy.subject === reviewer.subject && saysTheSame(decision, said, request, policy);
    }),
  refuses: (request, { lines, reviewer }, { now, policy }) => {
    const faults = lines.flatMap((said, index) => faultsOf(request, said, index, now, policy));
    if (faults.length > 0) return validationFailed(faults);
    return lines
      .map((said) => refusalFor(request.lines[said.lineNumber - 1], said, reviewer, policy))
      .find((refusal) => refusal !== undefined);
  },
  decide: (request, { lines, reviewer }, context) => {
    const decided = request.lines.map((line) => {
      const said = lines.find(({ lineNumber }) => lineNumber === line.lineNumber);
      const decision = said && decisionOn(request, line, said, reviewer, context);
      return decision ? { ...line, decision } : line;
    });
    // What the vendor said otherwise, or was never told, has been judged with the last line when no word of the vendor's stands.
    const exception = linesToDecide({ lines: decided }).every(isDecidedByPerson) ? null : request.exception;
    return { ...request, lines: decided, exception, assignment: null };
  },
  events: (before, { lines }, after) => [
    ...lines.map(({ lineNumber }) => {
      const decision = after.lines[lineNumber - 1]?.decision;
      return {
        type: "line.decided" as const,
        lines: [lineNumber],
        ...(decision ? { outcome: decision.outcome } : {}),
        ...(decision?.reason ? { reason: decision.reason.code } : {}),
      };
    }),
    ...(before.exception && !after.exception ? [{ type: "exception.resolved" as const }] : []),
  ],
});

const isDecidedByPerson = ({ decision }: Line): boolean => decision !== null && decision.decidedBy.subject !== null;

export const clinicianOn = (line: Line, { mayDeny, ...person }: Reviewer, policy: Policy): Clinician | undefined =>
  mayDeny ? clinicianFor(line.category, person, policy) : undefined;

function decisionOn(request: Request, line: Line, said: DeterminedLine, reviewer: Reviewer, { now, policy }: Context) {
  const basis = { grounds: said.grounds, criterion: said.criterion ?? null, decidedAt: now };
  const grant = grantOf(request, said, now, policy);
  if (!isAdverse(said.outcome)) {
    const { subject, name, credential } = reviewer;
    return approval(grant, { ...basis, reason: said.reason, decidedBy: { subject, name, credential } });
  }
  const clinician = clinicianOn(line, reviewer, policy);
  // Refused before: without either there is no way to write it down.
  if (!clinician || !said.reason) return undefined;
  return adverseDecision(said.outcome, grant, { ...basis, reason: said.reason, clinician, subject: reviewer.subject });
}

/** What is left unsaid is as asked. */
function grantOf(request: Request, said: DeterminedLine, now: string, policy: Policy): Grant {
  if (said.outcome === "denied") return nothingGranted;
  const asked = askedGrant(request, said.lineNumber, now, policy);
  return {
    quantity: said.quantity ?? asked.quantity,
    unit: said.unit ?? asked.unit,
    from: said.from ?? asked.from,
    to: said.to ?? asked.to,
  };
}

function faultsOf(request: Request, said: DeterminedLine, index: number, now: string, policy: Policy): readonly Fault[] {
  const at = (member: string) => `/lines/${index}${member}`;
  const line = request.lines[said.lineNumber - 1];
  if (!line) return [{ pointer: at("/lineNumber"), detail: "The request has no such line." }];
  const asked = askedOn(request.submission, said.lineNumber);
  const isLess = fallsShort(request, said.lineNumber, said, now, policy);
  const faults: Fault[] = [];
  const against = isAgainst(said.grounds);
  const { from, to, quantity } = grantOf(request, said, now, policy);
  if (from !== null && to !== null && to < from) faults.push({ pointer: at("/to"), detail: "Must not be before from." });
  if (said.unit !== undefined && asked.unit !== undefined && said.unit !== asked.unit)
    faults.push({ pointer: at("/unit"), detail: "Must be the unit that was asked for." });
  if (asked.quantity !== undefined && quantity !== null && quantity > asked.quantity)
    faults.push({ pointer: at("/quantity"), detail: "Must not be more than was asked for." });
  if (said.outcome !== "denied" && quantity === null && limitsOn(request, said.lineNumber, policy).length > 0)
    faults.push({
      pointer: at("/quantity"),
      detail: "Required: a benefit with a limit counts the units of this line. Ask how many, or say how many and approve less.",
    });
  if (said.outcome === "approved") {
    if (against) faults.push({ pointer: at("/grounds"), detail: "An approval leaves no ground unmet." });
    if (isLess)
      faults.push({
        pointer: at("/outcome"),
        detail: "This is less than was asked for, or a limit that was not: it is approved-less.",
      });
    return faults;
  }
  if (!against) faults.push({ pointer: at("/grounds"), detail: "An adverse decision names the ground that is not met." });
  if (!said.reason) faults.push({ pointer: at("/reason"), detail: "Required: a specific reason, by code and in words." });
  if (!said.criterion) faults.push({ pointer: at("/criterion"), detail: "Required: the criterion that the decision rests on." });
  if (said.outcome === "approved-less" && !isLess)
    faults.push({ pointer: at(""), detail: "Say in quantity, unit, from or to what is less than was asked for." });
  return faults;
}

function refusalFor(line: Line | undefined, said: DeterminedLine, reviewer: Reviewer, policy: Policy): Refusal | undefined {
  if (!line || line.requirement === "not-required")
    return { problem: "line-not-decidable", detail: `Line ${said.lineNumber} needs no decision.` };
  if (line.decision) return { problem: "line-not-decidable", detail: `Line ${said.lineNumber} is decided already.` };
  if (line.route === "vendor")
    return {
      problem: "line-not-decidable",
      detail: `Line ${said.lineNumber} is with the vendor until it decides, gives it back, or its share of the time is over.`,
    };
  if ((isAdverse(said.outcome) || line.escalated) && !clinicianOn(line, reviewer, policy))
    return {
      problem: "clinician-required",
      detail:
        "Denying, approving less, or deciding what waits for the medical director takes a clinician who may deny this service.",
    };
  return undefined;
}

/** A repeat says the same in every word: what is said otherwise is another decision, and a line has one. */
function saysTheSame(decision: Decision, said: DeterminedLine, request: Request, policy: Policy): boolean {
  const { outcome, grounds, reason, criterion, quantity, unit, from, to } = decision;
  return (
    canonicalJson({ outcome, grounds, reason, criterion, quantity, unit, from, to }) ===
    canonicalJson({
      outcome: said.outcome,
      grounds: said.grounds,
      reason: said.reason ?? null,
      criterion: said.criterion ?? null,
      ...grantOf(request, said, decision.decidedAt, policy),
    })
  );
}
