import type * as z from "zod/mini";
import type { DocumentDescription, Inquiry, Submission, Supplement } from "../domain/submission.ts";
import type { documentBody, informationBody, requirementCheckBody, submissionBody, vendorEventBody } from "./schemas.ts";

/** From the wire's words to the domain's: defaults are filled in here, after the body's fingerprint was taken. */

type Body = z.infer<typeof submissionBody>;
type VendorSubmission = NonNullable<z.infer<typeof vendorEventBody>["submission"]>;

export function toSubmission({ organization: _o, receivedAt: _r, ...body }: Body): Submission {
  return submissionFrom(body);
}

export const vendorSubmission = (body: VendorSubmission): Submission => submissionFrom({ ...body, channel: "vendor" });

export function toInquiry({ organization: _o, receivedAt: _r, programs, ...body }: z.infer<typeof requirementCheckBody>): Inquiry {
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

export function toSupplement({ answers, ...supplement }: z.infer<typeof informationBody>): {
  supplement: Supplement;
  answers: { code: string; text: string }[];
} {
  return { supplement, answers: answers ?? [] };
}

export const toDescription = ({ kind = "clinical", ...body }: z.infer<typeof documentBody>): DocumentDescription => ({
  ...body,
  kind,
});
