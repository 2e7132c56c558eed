import type { Facts } from "./address.ts";
import type { Answer, LookUp } from "./desk.ts";
import { type Driver, drivers } from "./facts.ts";

/** What is meant where nobody says otherwise. `elective` is read so in a submission that does not say. No kind of plan is the usual one. */
const usual: Readonly<Record<Exclude<Driver, "lineOfBusiness">, string>> & Readonly<Partial<Record<Driver, string>>> = {
  setting: "outpatient",
  emergency: "false",
  postStabilization: "false",
  network: "participating",
  facilityNetwork: "participating",
  trial: "false",
  investigational: "false",
  elective: "true",
  program: "none",
};

export type UsualCase = { readonly answer: Answer; readonly facts: Facts };

/** The answer of the usual case among those that are still possible, and the facts that make it the usual one; none when it depends even then. */
export function usualCaseOf({ answers, dependsOn }: Pick<LookUp, "answers" | "dependsOn">): UsualCase | undefined {
  const isUsual = (driver: Driver, values: readonly unknown[] | undefined): boolean =>
    values === undefined || usual[driver] === undefined || values.map(String).includes(usual[driver]);
  const [answer, ...others] = answers.filter(({ when }) => drivers.every((driver) => isUsual(driver, when[driver])));
  if (!answer || others.some(({ requirement, route }) => requirement !== answer.requirement || route !== answer.route))
    return undefined;
  const facts = drivers.flatMap((driver) =>
    usual[driver] !== undefined && dependsOn.includes(driver) ? [[driver, usual[driver]]] : [],
  );
  return { answer, facts: Object.fromEntries(facts) as Facts };
}
