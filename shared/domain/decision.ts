import { askedOn } from "./asked.ts";
import type { Instant } from "./calendar.ts";
import type { Clinician } from "./clinician.ts";
import type { Submission } from "./submission.ts";
import type { Finding, Ground, Outcome, Unit } from "./vocabulary.ts";

/** What is granted on one line. Dates ISO, both included. */
export type Grant = {
  readonly quantity: number | null;
  readonly unit: Unit | null;
  readonly from: string | null;
  readonly to: string | null;
};

/** The grounds on which the plan evaluates every request. */
export type Grounds = Readonly<Record<Ground, Finding>>;

export const isAgainst = (grounds: Grounds): boolean => Object.values(grounds).includes("not-met");

/** An X12 886 value and its text, as the notice says it (42 CFR 422.122(a), 438.242(b)(8)). */
export type Reason = { readonly code: string; readonly text: string };

type Made = {
  readonly decidedAt: Instant;
  /** `null` where the vendor decided or the law did: they name no grounds. */
  readonly grounds: Grounds | null;
  /** X12 306 action code, and the 886 reason of an adverse decision. */
  readonly x12: { readonly action: "A1" | "A3" | "A6"; readonly reason: string | null };
};

/** What anybody, automation and the law itself included, may decide. */
export type Approval = Grant &
  Made & {
    readonly outcome: "approved";
    readonly reason: Reason | null;
    readonly criterion: string | null;
    /** `subject`: the reviewer's, for telling one from another; `null` for the vendor, automation and the law. */
    readonly decidedBy: { readonly name: string; readonly credential: string | null; readonly subject: string | null };
  };

/** What only a clinician decides: it cannot be written down without one. */
export type AdverseDecision = Grant &
  Made & {
    readonly outcome: "approved-less" | "denied";
    readonly reason: Reason;
    readonly criterion: string | null;
    readonly decidedBy: Clinician & { readonly subject: string | null };
  };

export type Decision = Approval | AdverseDecision;

type Basis = Omit<Made, "x12"> & { readonly criterion: string | null };

/** As asked, or more exactly: units and dates that fall short of nothing. */
export const approval = (
  grant: Grant,
  basis: Basis & { readonly reason?: Reason | undefined; readonly decidedBy: Approval["decidedBy"] },
): Approval => ({
  ...grant,
  outcome: "approved",
  reason: basis.reason ?? null,
  criterion: basis.criterion,
  grounds: basis.grounds,
  decidedAt: basis.decidedAt,
  decidedBy: basis.decidedBy,
  x12: { action: "A1", reason: null },
});

/** Less than was asked, or nothing. */
export const adverseDecision = (
  outcome: AdverseDecision["outcome"],
  grant: Grant,
  basis: Basis & { readonly reason: Reason; readonly clinician: Clinician; readonly subject: string | null },
): AdverseDecision => ({
  ...grant,
  outcome,
  reason: basis.reason,
  criterion: basis.criterion,
  grounds: basis.grounds,
  decidedAt: basis.decidedAt,
  decidedBy: { ...basis.clinician, subject: basis.subject },
  x12: { action: outcome === "denied" ? "A3" : "A6", reason: basis.reason.code },
});

/** Who decides where a clock has run out and the law approves: nobody has judged the case. */
export const operationOfLaw = { name: "Approved by operation of law", credential: null, subject: null } as const;

export const isDeemed = ({ decidedBy }: Decision): boolean =>
  decidedBy.name === operationOfLaw.name && decidedBy.subject === null && decidedBy.credential === null;

export const nothingGranted: Grant = { quantity: null, unit: null, from: null, to: null };

export const isAdverse = (outcome: Outcome): outcome is AdverseDecision["outcome"] => outcome !== "approved";

/**
 * Fewer units, a later start or an earlier end than were asked for is less, whatever it is called: of the vendor too, which states units
 * and dates of its own. What a line leaves unsaid its stay says.
 */
export function isLess(submission: Submission, lineNumber: number, { quantity, from, to }: Partial<Grant>): boolean {
  const asked = askedOn(submission, lineNumber);
  const lastDay = asked.to ?? asked.from;
  return (
    (asked.quantity !== undefined && typeof quantity === "number" && quantity < asked.quantity) ||
    (asked.from !== undefined && typeof from === "string" && from > asked.from) ||
    (lastDay !== undefined && typeof to === "string" && to < lastDay)
  );
}
