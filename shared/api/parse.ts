import type * as z from "zod/mini";
import type { DocumentDescription, Submission, Supplement } from "../domain/submission.ts";
import type { documentBody, informationBody, submissionBody, vendorEventBody } from "./schemas.ts";

/** From the wire's words to the domain's: defaults are filled in here, after the body's fingerprint was taken. */

type Body = z.infer<typeof submissionBody>;
type VendorSubmission = NonNullable<z.infer<typeof vendorEventBody>["submission"]>;

export function toSubmission({ organization: _o, receivedAt: _r, ...body }: Body): Submission {
  return submissionFrom(body);
}

export const vendorSubmission = (body: VendorSubmission): Submission => submissionFrom({ ...body, channel: "vendor" });

function submissionFrom(body: Omit<Body, "organization" | "receivedAt">): Submission {
  return {
    ...body,
    emergency: body.emergency ?? false,
    postStabilization: body.postStabilization ?? false,
    member: { ...body.member, programs: body.member.programs ?? [] },
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
