import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { afterBusinessDays } from "../../../shared/domain/business-days.ts";
import { type Instant, toInstant } from "../../../shared/domain/calendar.ts";
import { type ClockFacts, clockCandidates } from "../../../shared/domain/clock.ts";
import { linesOfBusiness, priorities } from "../../../shared/domain/vocabulary.ts";
import { type Policy, policy } from "../../../shared/policy/policy.ts";
import { chance, rounds } from "../../faults/chance.ts";
import { edges, type NaiveFacts, type NaiveQuestion, naiveDueTimes, type Place } from "./naive-clock.ts";

const places: readonly (Place & { readonly timeZone: string })[] = [
  { timeZone: "America/New_York", behind: 5, changes: true },
  { timeZone: "America/Chicago", behind: 6, changes: true },
  { timeZone: "America/Phoenix", behind: 7, changes: false },
];
const hour = 3_600;
const day = 24 * hour;

/** Lives of requests by chance: to the second, or at the very hour at which something else happens. */
function livesBy(seed: number) {
  const { below, strikes } = chance(seed);
  const one = <Value>(values: readonly Value[]): Value => values[below(values.length)] as Value;
  const first = Date.parse("2024-01-02") / 1_000;
  const last = Date.parse("2030-06-01") / 1_000;
  const receipt = () => {
    const anywhere = first + below(last - first);
    const near = one(edges) - 3 * day + below(6 * day);
    const time = strikes(0.5) && near > first && near < last ? near : anywhere;
    return strikes(0.3) ? time - (time % hour) : time;
  };
  const after = (time: number, most: number) => time + (strikes(0.4) ? below(most / hour + 1) * hour : below(most + 1));
  const question = (receivedAt: number): NaiveQuestion => {
    const askedAt = after(receivedAt, one([day, 3 * day, 40 * day]));
    const answerBy = after(askedAt, one([2 * day, 45 * day]));
    return { askedAt, answerBy, answeredAt: strikes(0.3) ? null : after(askedAt, one([day, 60 * day])) };
  };

  return (): NaiveFacts & { timeZone: string } => {
    const receivedAt = receipt();
    const place = one(places);
    const expeditedAt = strikes(0.25) ? after(receivedAt, one([day, 10 * day])) : null;
    return {
      lineOfBusiness: one(linesOfBusiness),
      state: one(["AR", "AR", "OH", "TX"]),
      priority: expeditedAt === null ? one(priorities) : "expedited",
      receivedAt,
      expeditedAt,
      hasteGrantedAt: expeditedAt === null ? null : strikes(0.5) ? expeditedAt : after(expeditedAt, 3 * day),
      completeAt: strikes(0.2) ? null : strikes(0.3) ? receivedAt : after(receivedAt, one([2 * day, 20 * day])),
      extendedAt: strikes(0.6) ? null : after(receivedAt, 14 * day),
      questions: Array.from({ length: below(4) }, () => question(receivedAt)).sort((a, b) => a.askedAt - b.askedAt),
      hasDrug: strikes(0.2),
      postStabilization: strikes(0.1),
      arkansasForMedicaid: strikes(0.2),
      plan: place,
      timeZone: place.timeZone,
    };
  };
}

const instant = (seconds: number): Instant => toInstant(seconds * 1_000);
const instantOrNull = (seconds: number | null): Instant | null => (seconds === null ? null : instant(seconds));

const asTheProductHasIt = ({ hasDrug, postStabilization, ...facts }: NaiveFacts): ClockFacts => ({
  lineOfBusiness: facts.lineOfBusiness,
  state: facts.state,
  priority: facts.priority,
  receivedAt: instant(facts.receivedAt),
  expeditedAt: instantOrNull(facts.expeditedAt),
  hasteGrantedAt: instantOrNull(facts.hasteGrantedAt),
  completeAt: instantOrNull(facts.completeAt),
  extendedAt: instantOrNull(facts.extendedAt),
  questions: facts.questions.map(({ askedAt, answerBy, answeredAt }) => ({
    askedAt: instant(askedAt),
    answerBy: instant(answerBy),
    answeredAt: instantOrNull(answeredAt),
  })),
  categories: hasDrug ? ["imaging-mri-mra", "drug"] : ["imaging-mri-mra", null],
  postStabilizationOutOfNetwork: postStabilization,
});

const arkansasForAll = policy.clocks.map((row) =>
  row.rule.startsWith("arkansas.") ? { ...row, linesOfBusiness: ["marketplace" as const, "medicaid" as const] } : row,
);
const planOf = ({ timeZone, arkansasForMedicaid }: { timeZone: string; arkansasForMedicaid: boolean }): Policy => ({
  ...policy,
  plan: { ...policy.plan, timeZone },
  clocks: arkansasForMedicaid ? arkansasForAll : policy.clocks,
});

describe("the clock, and the same clock counted by hand", () => {
  test("agree on every row, whatever has happened to the request", () => {
    const life = livesBy(20261122);
    const ruled = new Map<string, number>();
    for (let left = rounds(100_000, 5_000); left > 0; left -= 1) {
      const facts = life();
      const candidates = clockCandidates(asTheProductHasIt(facts), planOf(facts));
      const counted = [...naiveDueTimes(facts)].map(([rule, due]) => `${rule} ${instantOrNull(due)}`);
      const found = candidates.map(({ rule, dueAt }) => `${rule} ${dueAt}`);
      // Compared as text first: an expectation for each would take most of the time.
      if (found.toSorted().join() !== counted.toSorted().join())
        expect(found.toSorted(), JSON.stringify(facts)).toEqual(counted.toSorted());
      const times = candidates.flatMap(({ dueAt }) => dueAt ?? []);
      if (times.toSorted()[0] !== candidates[0]?.dueAt)
        expect(candidates[0]?.dueAt, JSON.stringify(facts)).toBe(times.toSorted()[0]);
      const rule = candidates[0]?.rule ?? "none";
      ruled.set(rule, (ruled.get(rule) ?? 0) + 1);
    }
    // Nothing was left to luck: each row has ruled.
    expect([...ruled.keys()].sort()).toEqual(policy.clocks.map(({ rule }) => rule).sort());
  });

  test("business days do not depend on where the computer stands", () => {
    const life = livesBy(7);
    const starts = Array.from({ length: 500 }, () => instant(life().receivedAt));
    const here = starts.map((start) => afterBusinessDays(start, 2, "America/New_York"));
    const module = new URL("../../../shared/domain/business-days.ts", import.meta.url).href;
    const script = `import { afterBusinessDays } from ${JSON.stringify(module)};
      const elsewhere = ${JSON.stringify(starts)}.map((start) => afterBusinessDays(start, 2, "America/New_York"));
      console.log(JSON.stringify([new Date(0).getTimezoneOffset(), ...elsewhere]));`;
    const said = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
      env: { ...process.env, TZ: "Asia/Kolkata", NODE_OPTIONS: "" },
      encoding: "utf8",
    });
    expect(JSON.parse(said)).toEqual([-330, ...here]);
  });
});
