import { describe, expect, test } from "vitest";
import { operations } from "../../../shared/api/operations.ts";
import { isDeemed } from "../../../shared/domain/decision.ts";
import { policy } from "../../../shared/policy/policy.ts";
import { chance, rounds } from "../../faults/chance.ts";
import { type ModelDesk, modelDesk, type Saved } from "../../model/desk.ts";
import { hold, nothingYet } from "../../model/laws.ts";
import { type Cast, withClinicians, withoutClinicians } from "../../model/people.ts";
import { knownIn, play, playable } from "../../model/play.ts";
import { benefitsAgree } from "../../model/revision-laws.ts";
import { type Step, stepsOf } from "../../model/steps.ts";

const rule = { participatingOnly: true, effectiveFrom: "2026-01-01" };
/** The plan's rules with benefits that are used up soon. */
const scarce = {
  ...policy,
  benefits: { ...policy.benefits, limits: policy.benefits.limits.map((limit) => ({ ...limit, amount: 16 })) },
};
/** The same with some approvals that take no person. */
const automatic = {
  ...scarce,
  plan: {
    ...policy.plan,
    automaticApprovals: [
      { ...rule, id: "walkers", category: "dme-prosthetics-orthotics", maxQuantity: 2 },
      { ...rule, id: "visits", category: "outpatient-therapy", maxQuantity: 8 },
    ],
  },
};
/** Mostly the same, so that requests meet in her benefits. */
const members = ["10487654321", "10487654321", "10487654321", "10487654332"];
const steps = 36;

type Counts = Map<string, number>;
const counted = (counts: Counts, what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);

const nameOf = (step: Step): string => {
  if (step.kind === "call") return step.operation;
  if (step.kind === "vendor") return `vendor ${step.event.type}`;
  return step.kind === "job" ? `job ${step.job}` : step.kind;
};

/** How often claims have been counted and taken back. */
const usesIn = ({ uses }: ModelDesk): number => [...uses.values()].reduce((sum, { version }) => sum + version, 0);

/** On whose word each new decision stands. */
function decisionsIn({ before, after }: Saved): readonly string[] {
  return after.lines.flatMap(({ lineNumber, decision }) => {
    if (!decision || decision === before?.lines[lineNumber - 1]?.decision) return [];
    const { subject, name } = decision.decidedBy;
    if (subject !== null) return [`${decision.outcome} by a person`];
    if (isDeemed(decision)) return [`${decision.outcome} by the law`];
    return [`${decision.outcome} by ${name.startsWith("Automatic") ? "a rule" : "the vendor"}`];
  });
}

/** What is heard of in the end, however late, and what is looked into then. */
const revisionsOf = (requestId: string): Step => ({ kind: "job", job: "revisions", requestId, good: true });
const lookedInto: readonly Step[] = [
  { kind: "time", minutes: 5 },
  { kind: "job", job: "sweep", requestId: "", good: true },
];

/** Of which steps a sequence is made. */
type Kind = (step: Step) => boolean;
const anything: Kind = () => true;

/** One sequence from its seed; every law is looked at after every step. */
async function sequence(seed: number, cast: Cast, counts: Counts, isOf: Kind): Promise<void> {
  const luck = chance(seed);
  const desk = modelDesk({ policy: luck.strikes(0.3) ? automatic : scarce });
  const member = () => members[luck.below(members.length)] ?? "";
  const generator = stepsOf({ luck, cast, member, now: desk.now, name: `sequence-${seed}`, alone: true });
  const watched = nothingYet();
  const played: Step[] = [];
  const next = async (): Promise<Step> => {
    for (;;) {
      const step = await generator.next(knownIn(desk));
      if (isOf(step)) return step;
    }
  };
  const takes = async (step: Step) => {
    played.push(step);
    // What is asked on the strength of a decision comes after it.
    desk.pass(1 / 60);
    const before = { saved: desk.saved.length, used: usesIn(desk) };
    const result = await play(desk, step);
    hold(desk, step, result, watched);
    const changes = desk.saved.slice(before.saved);
    if (!result.ok) {
      counted(counts, `refused ${result.refusal.problem}`);
      counted(counts, `${nameOf(step)} refused ${result.refusal.problem}`);
    } else if (changes.length > 0 || usesIn(desk) > before.used || step.kind === "time") counted(counts, nameOf(step));
    for (const change of changes) {
      for (const { type } of change.events) counted(counts, type);
      for (const decision of decisionsIn(change)) counted(counts, decision);
    }
  };
  try {
    for (let number = 0; number < steps; number += 1) await takes(number < 2 ? generator.submit() : await next());
    const revisions = [...desk.requests.keys()].map(revisionsOf);
    for (const step of [...revisions, ...lookedInto]) await takes(step);
    benefitsAgree(desk);
    const { length } = desk.saved;
    for (const step of revisions.toReversed()) await takes(step);
    expect(desk.saved).toHaveLength(length);
  } catch (error) {
    throw new Error(`seed ${seed}, at step ${played.length}: ${JSON.stringify(played.at(-1))}`, { cause: error });
  }
  for (const { status } of desk.requests.values()) counted(counts, `ended ${status}`);
}

async function sequences(cast: Cast, from: number, many: number, isOf = anything): Promise<Counts> {
  const counts: Counts = new Map();
  for (let seed = from; seed < from + many; seed += 1) await sequence(seed, cast, counts, isOf);
  if (process.env.PROVE === "full") console.log(`${many} sequences of ${steps} steps`, Object.fromEntries([...counts].sort()));
  return counts;
}

/** What did not happen as often as it has to, for the rest to mean something. */
const tooSeldom = (counts: Counts, least: number, all: readonly string[]): readonly string[] =>
  all.filter((what) => (counts.get(what) ?? 0) < least).map((what) => `${what}: ${counts.get(what) ?? 0}`);

const changing = playable.filter((operation) => operation !== "checkAuthorization");
const denying = ["decideAppeal", "reduceAuthorization"];
const byVendor = ["acknowledged", "information-requested", "decided", "not-delegated", "opened"].map((type) => `vendor ${type}`);
const byItself = ["document", "time", "job timers", "job refer", "job letters", "job revisions"];
/** What bears on an authorization and on those that revise it. */
const onAuthorizations = [
  ...["submitRequest", "determineRequest", "fileAppeal", "decideAppeal", "reduceAuthorization", "continueStay", "withdrawRequest"],
  ...["useAuthorization", "releaseUsage", "vendor decided", "job revisions", "time"],
];
const adverse = /^(approved-less|denied) by|^ended denied|^appeal.filed|^authorization.reduced/;

test("a sequence may hold every operation that changes a request", () => {
  const read = ["searchRequests", "checkRequirements"];
  const played = { registerDocument: "document", recordVendorEvent: "vendor" };
  const all = Object.entries(operations).flatMap(([id, { method }]) => (method === "GET" || read.includes(id) ? [] : [id]));
  expect([...playable, ...Object.keys(played)].sort()).toEqual(all.sort());
});

describe("whatever is called in whatever order", () => {
  test("by automation, the vendor or nurses: no line is denied, nor approved for less, and nothing granted is taken back", async () => {
    const counts = await sequences(withoutClinicians, 1, rounds(20_000, 1_000));
    expect([...counts.keys()].filter((what) => adverse.test(what))).toEqual([]);
    const approved = ["person", "rule", "vendor"].map((who) => `approved by ${who === "vendor" ? "the" : "a"} ${who}`);
    const refusals = ["clinician-required", "not-allowed", "benefit-exhausted", "vendor-event-needs-review", "version-conflict"];
    const often = [
      ...changing.filter((operation) => operation !== "fileAppeal" && !denying.includes(operation)),
      ...[...byVendor, ...byItself, ...approved, "approved by the law"],
      ...refusals.map((problem) => `refused ${problem}`),
      ...["line.escalated", "clock.missed", "referral.recalled", "information.lapsed", "ended approved", "ended closed"],
    ];
    expect(tooSeldom(counts, 10, often)).toEqual([]);
  }, 600_000);

  test("with clinicians at the plan and at the vendor: only they decide against what was asked, and each decision is whole", async () => {
    const counts = await sequences(withClinicians, 1_000_001, rounds(8_000, 400));
    const outcomes = ["approved", "approved-less", "denied"];
    const decisions = [
      ...outcomes.map((outcome) => `${outcome} by a person`),
      ...outcomes.map((outcome) => `${outcome} by the vendor`),
    ];
    const refusals = [
      "another-clinician-required",
      "clinician-required",
      "benefit-exhausted",
      "units-exceeded",
      "not-possible-now",
    ];
    const often = [
      ...[...changing, ...byVendor, ...byItself, ...decisions],
      ...refusals.map((problem) => `refused ${problem}`),
      ...["ended denied", "ended partially-approved", "ended approved", "appeal.filed"],
    ];
    expect(tooSeldom(counts, 4, often)).toEqual([]);
  }, 600_000);

  test("an authorization revised again and again: something stands, claims keep their units, and benefits are neither lost nor counted twice", async () => {
    const isOf = (step: Step) => [...onAuthorizations, "job sweep"].includes(nameOf(step));
    const counts = await sequences(withClinicians, 2_000_001, rounds(6_000, 300), isOf);
    const refused = ["determineRequest refused reduction-not-possible", "submitRequest refused validation-failed"];
    const often = [...onAuthorizations, ...refused, "refused benefit-exhausted", "refused not-authorized"];
    expect(tooSeldom(counts, 4, often)).toEqual([]);
    expect(tooSeldom(counts, 50, ["authorization.superseded"])).toEqual([]);
  }, 600_000);
});
