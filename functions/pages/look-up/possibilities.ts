import type { Answer, Conditions, LookUp } from "./desk.ts";
import { type Driver, drivers } from "./facts.ts";

/** One answer that is still possible, and all ways to it. */
export type Possibility = { readonly answer: Answer; readonly ways: readonly Conditions[] };

/** The API's answers exclude each other; here those that say the same stand once, and their ways are told in as few words as possible. */
export function possibilitiesOf({ answers }: Pick<LookUp, "answers">): readonly Possibility[] {
  const choices = choicesOf(answers);
  const bySense = Map.groupBy(answers, ({ requirement, route, because }) => JSON.stringify([requirement, route, because]));
  return [...bySense.values()].flatMap((same) =>
    same[0]
      ? [
          {
            answer: same[0],
            ways: joined(
              same.map(({ when }) => when),
              choices,
            ),
          },
        ]
      : [],
  );
}

/** By fact, all values that it may have: an answer that depends on a fact has branches for each. */
export type Choices = Readonly<Partial<Record<Driver, readonly string[]>>>;

export function choicesOf(answers: readonly Pick<Answer, "when">[]): Choices {
  const found = drivers.map((driver) => {
    const values = answers.flatMap(({ when }) => when[driver]?.map(String) ?? []);
    return [driver, [...new Set(values)]] as const;
  });
  return Object.fromEntries(found.filter(([, values]) => values.length > 0));
}

/** Two ways that differ in one fact are one way with the values of both; a fact that may have any value is none. */
function joined(ways: readonly Conditions[], choices: Choices): readonly Conditions[] {
  let left: Conditions[] = [...ways];
  // The last facts first: when they fall away, those before them become alike.
  for (let at = drivers.length - 1; at >= 0; at -= 1) {
    const driver = drivers[at] as Driver;
    const alike = Map.groupBy(left, (way) => `${driver in way} ${JSON.stringify({ ...way, [driver]: undefined })}`);
    const next = [...alike.values()].map((group) => joinedBy(driver, group, choices[driver] ?? []));
    if (next.length < left.length) {
      left = next;
      at = drivers.length;
    }
  }
  return left;
}

function joinedBy(driver: Driver, group: readonly Conditions[], choices: readonly string[]): Conditions {
  const first: Conditions = group[0] ?? {};
  if (group.length === 1) return first;
  const values = new Set(group.flatMap((way) => (way[driver] ?? []).map(String)));
  const any = values.size >= choices.length;
  // Facts keep their order, by which ways are compared.
  return Object.fromEntries(
    drivers.flatMap((name) => {
      if (name === driver) return any ? [] : [[name, choices.filter((value) => values.has(value))]];
      return first[name] ? [[name, first[name]]] : [];
    }),
  );
}
