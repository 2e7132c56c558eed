import { levelsOfCare } from "../../../shared/domain/vocabulary.ts";

/** Facts that are typed, because too many values are possible: each with its question, and with what can be one. */

export const typedFacts = ["modifiers", "revenueCode", "diagnosis", "levelOfCare", "days", "serviceDate"] as const;
export type TypedFact = (typeof typedFacts)[number];

type Field = { readonly question: string; readonly named: string; readonly pattern?: string; readonly hint: string };

const severalOf = (one: string, most: number) => `\\s*(none|${one}([\\s,]+${one}){0,${most - 1}})\\s*`;

const fields: Readonly<Record<TypedFact, Field>> = {
  modifiers: {
    question: "Which modifiers does the code have?",
    named: "modifier",
    pattern: severalOf("[A-Za-z0-9]{2}", 4),
    hint: "Two characters each, such as GP; or none",
  },
  revenueCode: {
    question: "Which revenue code?",
    named: "revenue code",
    pattern: "\\s*(none|\\d{4})\\s*",
    hint: "Four digits, such as 0424; or none",
  },
  diagnosis: {
    question: "Which diagnosis codes?",
    named: "diagnosis",
    pattern: severalOf("[A-Za-z][0-9Aa][0-9A-Za-z](\\.?[0-9A-Za-z]{1,4})?", 12),
    hint: "ICD-10-CM codes, such as M54.16; or none",
  },
  levelOfCare: {
    question: "Which level of care?",
    named: "level of care",
    pattern: `\\s*(none|${levelsOfCare.join("|")})\\s*`,
    hint: `One of: ${levelsOfCare.join(", ")}; or none`,
  },
  days: {
    question: "How many days of the stay?",
    named: "days of the stay",
    pattern: "\\s*(none|[1-9]\\d{0,2})\\s*",
    hint: "A number of days, such as 2; or none",
  },
  serviceDate: {
    question: "When is it delivered?",
    named: "day of service",
    pattern: "\\s*\\d{4}-\\d{2}-\\d{2}\\s*",
    hint: "A date, such as 2026-12-20",
  },
};

/** A fact inside a sentence. */
export const nameOfField = (fact: TypedFact): string => fields[fact].named;

export const fieldOf = (fact: TypedFact): Field => fields[fact];

/** As the look-up knows it: codes in capitals, one comma between them. */
export function typedIn(fact: TypedFact, text: string): string {
  const tidy = text
    .trim()
    .split(/[\s,]+/)
    .join();
  return tidy === "none" || fact === "levelOfCare" ? tidy : tidy.toUpperCase();
}
