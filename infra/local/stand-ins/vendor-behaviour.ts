import { createHash } from "node:crypto";
import * as z from "zod";

const picture = { clinicalSummary: z.unknown().optional(), diagnoses: z.unknown().optional() };
const documents = z.array(z.looseObject({ id: z.string() })).default([]);

/** What the vendor reads of a referral; everything else in it is of no interest to a stand-in. */
export const referral = z.object({
  requestId: z.string().min(1),
  member: z.object({ id: z.string().min(1) }),
  lines: z
    .array(z.object({ lineNumber: z.number().int(), quantity: z.number().optional(), serviceDate: z.string().optional() }))
    .min(1),
  documents,
  ...picture,
});

/** News of a case: what the plan now has, old and new together. */
export const update = z.object({
  requestId: z.string(),
  caseId: z.string().optional(),
  documents,
  answers: z.array(z.unknown()).default([]),
  ...picture,
});

/** What the vendor has been told of a case: document ids, the number of answers, a digest of the clinical picture. */
export type Known = { documents: string[]; answers: number; picture: string };

export const knownFrom = ({ documents: told, answers = [], clinicalSummary, diagnoses }: Told): Known => ({
  documents: told.map(({ id }) => id),
  answers: answers.length,
  picture: createHash("sha256")
    .update(JSON.stringify([clinicalSummary, diagnoses]))
    .digest("base64url"),
});

type Told = { documents: { id: string }[]; answers?: unknown[]; clinicalSummary?: unknown; diagnoses?: unknown };

export type ReferredLine = z.infer<typeof referral>["lines"][number];

export type CaseState = "open" | "silent" | "awaiting-information" | "decided" | "returned";

/** A callback as the vendor decides on it; `repeated` sends the very same event once more. */
export type Step = { type: string; lines?: object[]; items?: object[]; submission?: unknown; repeated?: true };

export type Reaction = { state: CaseState; steps: Step[] };

/** How often a referral is answered with 503 before it is taken. */
export const failuresBefore = (digit: string): number => (digit === "4" ? 2 : 0);

/** What becomes of a referral, by the last digit of the member's id. */
export const reactToReferral = (digit: string, lines: readonly ReferredLine[], today: Date): Reaction => {
  const acknowledged: Step = { type: "acknowledged" };
  switch (digit) {
    case "9":
      return { state: "decided", steps: [acknowledged, { type: "decided", lines: denied(lines) }] };
    case "8":
      return { state: "awaiting-information", steps: [acknowledged, { type: "information-requested", items: asked }] };
    case "7":
      return { state: "silent", steps: [] };
    case "6":
      return { state: "returned", steps: [{ type: "not-delegated" }] };
    case "5":
      return {
        state: "decided",
        steps: [acknowledged, { ...approval(lines, today), repeated: true }, { type: "decided", lines: denied(lines) }],
      };
    default:
      return { state: "decided", steps: [acknowledged, approval(lines, today)] };
  }
};

/**
 * What becomes of a case when an update arrives: once the vendor has asked, a document or an answer that it did not know
 * lets it approve. An update that the plan sent before it was asked is no answer, and only adds to what is known.
 */
export const reactToUpdate = (
  before: { state: CaseState; lines: readonly ReferredLine[]; known: Known; asked: boolean },
  told: Told,
  today: Date,
): Reaction & { known: Known } => {
  const known = knownFrom(told);
  const isNews =
    known.documents.some((id) => !before.known.documents.includes(id)) ||
    known.answers > before.known.answers ||
    known.picture !== before.known.picture;
  return before.state === "awaiting-information" && before.asked && isNews
    ? { state: "decided", steps: [approval(before.lines, today)], known }
    : { state: before.state, steps: [], known };
};

export const approval = (lines: readonly ReferredLine[], today: Date): Step => ({
  type: "decided",
  lines: lines.map(({ lineNumber, quantity = 1, serviceDate }) => {
    const from = serviceDate ?? dateOf(today);
    return { lineNumber, outcome: "approved", quantity, from, to: dateOf(new Date(Date.parse(from) + 90 * 86_400_000)) };
  }),
});

const denied = (lines: readonly ReferredLine[]): object[] =>
  lines.map(({ lineNumber }) => ({
    lineNumber,
    outcome: "denied",
    reason: { code: "0F", text: "Not medically necessary: conservative treatment was not completed." },
    criterion: "Imaging guideline SP-2: six weeks of conservative treatment first.",
    clinician: { name: "Dr. Robin Ames", credential: "MD" },
  }));

const asked: object[] = [{ code: "previous-imaging", text: "Send the report of the previous imaging, or say that there is none." }];

const dateOf = (time: Date): string => time.toISOString().slice(0, 10);
