import type { Answer } from "./desk.ts";

/** The answer itself in a few words, and how it is coloured. */

type Verdict = Pick<Answer, "requirement" | "route">;
export type Tone = "yes" | "no" | "review" | "open";

export const toneOf = ({ requirement }: Verdict): Tone =>
  requirement === "required" ? "yes" : requirement === "review" ? "review" : "no";

export const verdictInWords = ({ requirement, route }: Verdict): string => {
  if (requirement === "not-required") return "Needs no authorization";
  if (requirement === "review") return "A person reviews whether it needs authorization";
  return route === "vendor" ? "Needs authorization: the imaging vendor decides" : "Needs authorization: the plan decides";
};

/** The same inside a sentence. */
export const verdictInSentence = (verdict: Verdict): string => {
  const words = verdictInWords(verdict);
  return `${words.charAt(0).toLowerCase()}${words.slice(1)}`;
};

const items: Readonly<Record<Answer["whatToSend"][number], string>> = {
  "member-name": "Member: name and 11-digit member ID",
  "provider-name": "Requesting provider: name and NPI",
  "servicing-provider": "Servicing provider or facility: name and NPI",
  "service-date": "Anticipated date of service",
  diagnosis: "Diagnosis code (ICD-10-CM)",
  "diagnosis-narrative": "Diagnosis in words",
  "service-description": "Procedure, treatment or service that is requested",
  visits: "Number of visits",
  "out-of-network-reason": "Reason for referring to an out-of-plan provider",
  admission: "Admission: its date, level of care and days",
  "clinical-documents": "Clinical information that supports medical necessity: documents of up to 100 MB each",
};

export const itemInWords = (item: Answer["whatToSend"][number]): string => items[item];
