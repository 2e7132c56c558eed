import type { LookUp, Unless } from "./desk.ts";
import { nameOfField } from "./fields.ts";
import { verdictInSentence } from "./verdicts.ts";

/** What nobody said and would lead to another verdict than those that are possible without it. What changes words alone is left out. */
export function changesIn({ answers, unless }: Pick<LookUp, "answers" | "unless">): readonly Unless[] {
  const isPossible = (verdict: Unless["leadsTo"][number]) =>
    answers.some(({ requirement, route }) => requirement === verdict.requirement && route === verdict.route);
  return unless.flatMap((one) => {
    const leadsTo = one.leadsTo.filter((verdict) => !isPossible(verdict));
    return leadsTo.length > 0 ? [{ ...one, leadsTo }] : [];
  });
}

export function changeInWords({ fact, values, about, leadsTo }: Unless): string {
  const verdicts = new Set(leadsTo.map(verdictInSentence));
  return `${nameOfField(fact)} ${values.join(", ")}${about ? ` (${about})` : ""}: ${[...verdicts].join("; or ")}`;
}
