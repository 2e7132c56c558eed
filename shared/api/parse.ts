import type * as z from "zod/mini";
import type { KnownFacts } from "../domain/known-facts.ts";
import type { DocumentDescription, Inquiry, Submission, Supplement } from "../domain/submission.ts";
import {
  type documentBody,
  type informationBody,
  type lookUpQuery,
  none,
  type requirementCheckBody,
  type submissionBody,
  type vendorEventBody,
} from "./schemas.ts";

/** From the wire's words to the domain's: defaults are filled in here, after the body's fingerprint was taken. */

type Body = z.infer<ReturnType<typeof submissionBody>>;
type VendorSubmission = NonNullable<z.infer<ReturnType<typeof vendorEventBody>>["submission"]>;

export function toSubmission({ organization: _o, receivedAt: _r, ...body }: Body): Submission {
  return submissionFrom(body);
}

export const vendorSubmission = (body: VendorSubmission): Submission => submissionFrom({ ...body, channel: "vendor" });

export function toInquiry({
  organization: _o,
  receivedAt: _r,
  programs,
  ...body
}: z.infer<ReturnType<typeof requirementCheckBody>>): Inquiry {
  return { ...askedIn(body), member: { programs: programs ?? [] } };
}

const submissionFrom = ({ member, ...body }: Omit<Body, "organization" | "receivedAt">): Submission => ({
  ...askedIn(body),
  member: { ...member, programs: member.programs ?? [] },
});

function askedIn(body: Omit<Body, "organization" | "receivedAt" | "member">): Omit<Submission, "member"> {
  return {
    ...body,
    emergency: body.emergency ?? false,
    postStabilization: body.postStabilization ?? false,
    diagnoses: body.diagnoses ?? [],
    lines: body.lines.map((line) => ({ ...line, modifiers: line.modifiers ?? [], investigational: line.investigational ?? false })),
  };
}

export function toSupplement({ answers, ...supplement }: z.infer<ReturnType<typeof informationBody>>): {
  supplement: Supplement;
  answers: { code: string; text: string }[];
} {
  return { supplement, answers: answers ?? [] };
}

export const toDescription = ({ kind = "clinical", ...body }: z.infer<ReturnType<typeof documentBody>>): DocumentDescription => ({
  ...body,
  kind,
});

/** What is not said stays absent: an answer is told as depending on it. */
export function toKnownFacts(query: z.infer<ReturnType<typeof lookUpQuery>>): KnownFacts {
  const { program, modifiers, revenueCode, diagnosis, levelOfCare, days, network, facilityNetwork, trial, ...sameNames } = query;
  return {
    ...sameNames,
    ...(program && { programs: program.filter((id) => id !== none) }),
    ...(modifiers && { modifiers }),
    ...(revenueCode && { revenueCode: revenueCode === none ? null : revenueCode }),
    ...(diagnosis && { diagnoses: diagnosis }),
    ...(levelOfCare && { levelOfCare: levelOfCare === none ? null : levelOfCare }),
    ...(days && { stayDays: typeof days === "number" ? days : null }),
    ...(network && { participating: network === "participating" }),
    ...(facilityNetwork && { facilityParticipating: facilityNetwork === "participating" }),
    ...(trial !== undefined && { clinicalTrial: trial }),
  };
}
