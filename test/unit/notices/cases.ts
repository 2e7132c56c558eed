import type { Network, Request } from "../../../shared/domain/request.ts";
import type { Submission } from "../../../shared/domain/submission.ts";
import { decideAppeal } from "../../../shared/domain/transitions/decide-appeal.ts";
import { determine } from "../../../shared/domain/transitions/determine.ts";
import { fileAppeal } from "../../../shared/domain/transitions/file-appeal.ts";
import type { AppealOutcome } from "../../../shared/domain/vocabulary.ts";
import { aRequest, at, changed, complete, hoursAfter, therapyLine } from "../../builders.ts";

/** Cases for letters: two therapies that the plan decides, of an invented member. */

const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" } as const;
const dates = { serviceDate: "2026-12-01", endDate: "2027-01-30" };

export const director = { subject: "director-1", name: "Dana Director", credential: "MD", mayDeny: true };

export const inReview = (submission: Partial<Submission> = {}, network: Network = { servicingProvider: true }): Request =>
  complete(
    aRequest(
      {
        lines: [
          therapyLine({ ...dates, quantity: 24, description: "Therapeutic exercises, twelve weeks" }),
          therapyLine({ ...dates, code: "97112", quantity: 12, description: "Neuromuscular reeducation" }),
        ],
        ...submission,
      },
      { network },
    ),
  );

export const approve = (lineNumber: number) => ({ lineNumber, outcome: "approved", grounds: met }) as const;

export const deny = (lineNumber: number) =>
  ({
    lineNumber,
    outcome: "denied",
    grounds: { ...met, medicalNecessity: "not-met" },
    reason: { code: "0F", text: "Six visits have restored full function" },
    criterion: "Plan guideline PT-4, section 2: a measurable deficit remains.",
  }) as const;

export const approveLess = (lineNumber: number) =>
  ({
    lineNumber,
    outcome: "approved-less",
    quantity: 12,
    grounds: { ...met, benefitLimits: "not-met" },
    reason: { code: "0L", text: "The benefit covers 30 visits a year, of which 18 are used." },
    criterion: "Member handbook, section 7.4 (outpatient therapies).",
  }) as const;

/** The first line approved for less, the second denied. */
export const refused = (submission: Partial<Submission> = {}): Request =>
  changed(inReview(submission), determine, { lines: [approveLess(1), deny(2)], reviewer: director }, at(hoursAfter(20)));

/** The first line approved; of the second the denial was appealed, and decided so. */
export function appealed(outcome: AppealOutcome): Request {
  const denied = changed(inReview(), determine, { lines: [approve(1), deny(2)], reviewer: director }, at(hoursAfter(20)));
  const filed = changed(denied, fileAppeal, { reason: "The log was read wrongly.", expedited: false }, at(hoursAfter(30)));
  const reviewer = { subject: "director-2", name: "Devon Second", credential: "DO", mayDeny: true };
  const upheld = {
    grounds: { medicalNecessity: "not-met", medicalAppropriateness: "met", benefitLimits: "met" },
    reason: { code: "0F", text: "The log shows full function." },
    criterion: "Plan guideline PT-4, section 2.",
  } as const;
  return changed(
    filed,
    decideAppeal,
    { appealId: "appeal-1", outcome, reviewer, ...(outcome === "upheld" ? upheld : {}) },
    at(hoursAfter(40)),
  );
}
