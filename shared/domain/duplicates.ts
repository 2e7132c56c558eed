import { askedOn } from "./asked.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { Request } from "./request.ts";
import type { Submission, SubmittedLine } from "./submission.ts";

/** For whom something is asked: an organization, and the clerk who keyed it in for it, who sees nothing else of that organization's. */
export type Asker = Pick<Request, "organization" | "keyedBy">;

/**
 * What makes two requests ask for the same thing exactly: who asks, for which member, by whom, which codes on which days, in what
 * circumstances and in what haste. Words and quantities do not tell them apart. Requests for other days are none: what they ask for
 * would be lost. To be sealed, for it names the member.
 */
export function whatIsAsked({ organization, keyedBy }: Asker, submission: Submission): string {
  const { servicingProvider, servicingFacility, requestingProvider, admission, member, certification } = submission;
  const lines = submission.lines.map((line) =>
    canonicalJson({
      code: line.code,
      revenueCode: line.revenueCode,
      modifiers: [...line.modifiers].sort(),
      from: line.serviceDate,
      to: line.endDate,
      by: line.servicingProvider?.npi,
      nature: [line.investigational, line.elective ?? !submission.emergency],
    }),
  );
  return canonicalJson({
    organization,
    keyedBy,
    member: member.id,
    coverage: [submission.lineOfBusiness, submission.state],
    npis: [requestingProvider.npi, servicingProvider?.npi ?? "", servicingFacility?.npi ?? ""],
    circumstances: [submission.setting, submission.priority, submission.emergency, submission.postStabilization],
    trial: submission.clinicalTrial && (submission.clinicalTrial.nct ?? ""),
    admission: [admission?.date ?? "", admission?.levelOfCare ?? ""],
    certification: certification && [certification.type, certification.previousAuthorization ?? ""],
    lines: lines.sort(),
  });
}

/** For reviewers: lines of a request for a service that another one asks for too, for the same member on days that overlap. */
export const linesInCommon = (request: Request, other: Request): readonly number[] =>
  request.id === other.id || request.submission.member.id !== other.submission.member.id
    ? []
    : request.submission.lines.flatMap((line, index) =>
        other.submission.lines.some(
          (another, place) =>
            sameService(line, another) && overlap(daysOf(request.submission, index + 1), daysOf(other.submission, place + 1)),
        )
          ? [index + 1]
          : [],
      );

const sameService = (one: SubmittedLine, other: SubmittedLine): boolean =>
  one.code === other.code && one.revenueCode === other.revenueCode;

type Days = { readonly from: string; readonly to: string };

/** Days that were not said overlap with all others. */
function daysOf(submission: Submission, lineNumber: number): Days | undefined {
  const { from, to } = askedOn(submission, lineNumber);
  return from === undefined ? undefined : { from, to: to ?? from };
}

const overlap = (one: Days | undefined, other: Days | undefined): boolean =>
  one === undefined || other === undefined || (one.from <= other.to && other.from <= one.to);
