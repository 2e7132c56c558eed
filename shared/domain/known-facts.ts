import type { LineFacts } from "./requirement.ts";
import type { LevelOfCare } from "./vocabulary.ts";

/** What is known of a line before it is asked for. What is absent was not said; `null` and the empty list say that there is none. */
export type KnownFacts = Partial<Omit<LineFacts, "code" | "revenueCode" | "levelOfCare" | "stayDays">> & {
  readonly revenueCode?: string | null;
  readonly levelOfCare?: LevelOfCare | null;
  readonly stayDays?: number | null;
};

/** A line with a procedure code, as one takes it of which no more is said: an outpatient, elective service in the plan's network. */
export const factsFrom = (code: string, known: KnownFacts, today?: string): LineFacts => ({
  code,
  lineOfBusiness: known.lineOfBusiness,
  setting: known.setting ?? "outpatient",
  emergency: known.emergency ?? false,
  postStabilization: known.postStabilization ?? false,
  participating: known.participating ?? true,
  facilityParticipating: known.facilityParticipating ?? true,
  programs: known.programs ?? [],
  clinicalTrial: known.clinicalTrial ?? false,
  levelOfCare: known.levelOfCare ?? undefined,
  stayDays: known.stayDays ?? undefined,
  revenueCode: known.revenueCode ?? undefined,
  modifiers: known.modifiers ?? [],
  diagnoses: known.diagnoses ?? [],
  investigational: known.investigational ?? false,
  elective: known.elective ?? !(known.emergency ?? false),
  serviceDate: known.serviceDate ?? today,
});
