import { describe, expect, test } from "vitest";
import { type DecidedAsk, decidedAsks, ledgerEvents } from "../../../shared/domain/decided-asks.ts";
import type { EventType } from "../../../shared/domain/events.ts";
import type { RequestId } from "../../../shared/domain/identifiers.ts";
import { metricsOf } from "../../../shared/domain/metrics.ts";
import type { Request } from "../../../shared/domain/request.ts";
import { decideAppeal } from "../../../shared/domain/transitions/decide-appeal.ts";
import { determine } from "../../../shared/domain/transitions/determine.ts";
import { fileAppeal } from "../../../shared/domain/transitions/file-appeal.ts";
import { restoreHistory } from "../../../shared/domain/transitions/restore.ts";
import { policy } from "../../../shared/policy/policy.ts";
import type { DecisionLedger } from "../../../shared/ports.ts";
import { type RebuildDeps, type RebuildOrder, type Rebuilt, rebuildMetrics } from "../../../shared/use-cases/rebuild-metrics.ts";
import { recordDecision } from "../../../shared/use-cases/record-decision.ts";
import { aRequest, at, changed, complete, hoursAfter, therapyLine } from "../../builders.ts";
import { chance, rounds } from "../../faults/chance.ts";
import { ledgerInMemory } from "../../ledger-in-memory.ts";
import { type ModelDesk, modelDesk } from "../../model/desk.ts";
import { withClinicians } from "../../model/people.ts";
import { knownIn, play } from "../../model/play.ts";
import { stepsOf } from "../../model/steps.ts";

const director = { subject: "director", name: "Dina Rector", credential: "MD", mayDeny: true };
const because = { reason: { code: "0F", text: "Not medically necessary." }, criterion: "Guideline 7" } as const;
const grounds = { medicalNecessity: "not-met", medicalAppropriateness: "met", benefitLimits: "met" } as const;

const idOf = (letter: string) => `PA-${letter.repeat(26)}` as RequestId;
const open = (letter: string) =>
  complete(aRequest({ lines: [therapyLine()] }, { id: idOf(letter), network: { servicingProvider: true } }));
const denied = (letter: string, hours = 10) =>
  changed(
    open(letter),
    determine,
    { lines: [{ lineNumber: 1, outcome: "denied", grounds, ...because }], reviewer: director },
    at(hoursAfter(hours)),
  );
const overturned = (request: Request) =>
  changed(
    changed(request, fileAppeal, { reason: "See the letter", expedited: false }, at(hoursAfter(100))),
    decideAppeal,
    { appealId: "appeal-1", outcome: "overturned", reviewer: { ...director, subject: "another" } },
    at(hoursAfter(200)),
  );

const holding = (...requests: readonly Request[]) => {
  const items = new Map(requests.map((request) => [request.id, request]));
  return {
    find: async (id: RequestId) => items.get(id),
    findMany: async (ids: readonly RequestId[]) => ids.flatMap((id) => items.get(id) ?? []),
  };
};

describe("an event", () => {
  test("of an undecided request, or of none, records nothing", async () => {
    const { ledger, entries } = ledgerInMemory();
    const deps = { requests: holding(open("A")), ledger, policy };
    expect(await recordDecision(deps, { requestId: idOf("A") })).toBe("nothing-to-do");
    expect(await recordDecision(deps, { requestId: idOf("B") })).toBe("nothing-to-do");
    expect(entries.size).toBe(0);
  });

  test("that comes twice records the decision once", async () => {
    const { ledger, entries } = ledgerInMemory();
    const deps = { requests: holding(denied("A")), ledger, policy };
    for (let time = 0; time < 2; time += 1) expect(await recordDecision(deps, { requestId: idOf("A") })).toBe("recorded");
    expect([...entries.values()]).toEqual(decidedAsks(denied("A"), policy));
  });

  test("whose reader was overtaken takes nothing back", async () => {
    const { ledger, entries } = ledgerInMemory();
    const before = denied("A");
    await recordDecision({ requests: holding(overturned(before)), ledger, policy }, { requestId: before.id });
    await recordDecision({ requests: holding(before), ledger, policy }, { requestId: before.id });
    expect([...entries.values()]).toMatchObject([{ outcome: "denied", approvedAfterAppeal: true }]);
  });

  test("after a restore finds the decision that the ledger had not heard of, and leaves the one that it had", async () => {
    const { ledger, entries } = ledgerInMemory();
    const [known, unheard] = [denied("A"), denied("B", 11)];
    await recordDecision({ requests: holding(known), ledger, policy }, { requestId: known.id });
    const restored = [known, unheard].map((request) =>
      changed(request, restoreHistory, { epoch: 1_800_000_000, restoredTo: hoursAfter(12) }, at(hoursAfter(13))),
    );
    for (const { id } of restored) await recordDecision({ requests: holding(...restored), ledger, policy }, { requestId: id });
    expect([...entries.values()].map(({ requestId, decidedAt }) => [requestId, decidedAt])).toEqual([
      [known.id, hoursAfter(10)],
      [unheard.id, hoursAfter(11)],
    ]);
  });
});

/** All of a rebuild, from call to call. */
async function rebuilt(deps: RebuildDeps, order: RebuildOrder, calls = Number.POSITIVE_INFINITY): Promise<Rebuilt> {
  const times = () => {
    let left = calls;
    return () => left-- > 0;
  };
  let sum = await rebuildMetrics(deps, order, times());
  while (sum.next) {
    const more = await rebuildMetrics(deps, { ...order, cursor: sum.next }, times());
    const { requests, decided, missing, different, unknown } = sum;
    sum = {
      ...(sum.before ? { before: sum.before } : {}),
      ...more,
      requests: requests + more.requests,
      decided: decided + more.decided,
      missing: missing + more.missing,
      different: different + more.different,
      unknown: unknown + more.unknown,
    };
  }
  return sum;
}

const deps = (ledger: DecisionLedger, requests: readonly Request[], now = hoursAfter(300), pageSize = 2): RebuildDeps => ({
  ledger,
  policy,
  clock: { now: () => now },
  requests: holding(...requests),
  inventory: {
    requests: async (after) => {
      const first = Number(after ?? 0);
      const items = requests.slice(first, first + pageSize).map(({ id }) => id);
      return { items, ...(first + pageSize < requests.length ? { next: String(first + pageSize) } : {}) };
    },
  },
});

describe("a rebuild", () => {
  const requests = [denied("A"), denied("B", 11), overturned(denied("C", 12)), open("D"), denied("E", 14)];
  const right = requests.flatMap((request) => decidedAsks(request, policy));
  const [first, second, third, fourth] = right as [DecidedAsk, DecidedAsk, DecidedAsk, DecidedAsk];
  const stranger = { ...first, requestId: idOf("Z") };
  const astray = { ...fourth, decidedAt: hoursAfter(13) };

  /** One is right, one missing, one otherwise, and two stand for nothing. */
  const disturbed = async () => {
    const { ledger, entries } = ledgerInMemory();
    const wrong = { ...third, approvedAfterAppeal: false, requestVersion: third.requestVersion + 7 };
    for (const entry of [first, wrong, stranger, fourth, astray]) await ledger.record(entry);
    return { ledger, entries };
  };
  const found = { requests: 5, decided: 4, missing: 1, different: 1, unknown: 2 };

  test("finds what is missing, different and unknown, and puts it right", async () => {
    const { ledger, entries } = await disturbed();
    const told = await rebuilt(deps(ledger, requests), { check: false });
    expect(told).toMatchObject(found);
    expect([...entries.values()].sort((a, b) => (a.decidedAt < b.decidedAt ? -1 : 1))).toEqual([first, second, third, fourth]);
    expect(told.before?.map(({ year, entries: count }) => [year, count])).toEqual([[2026, 5]]);
    expect(told.after).toMatchObject([{ year: 2026, entries: 4, programs: metricsOf(right, 2026) }]);
    expect(told.before?.[0]?.digest).not.toBe(told.after?.[0]?.digest);

    const again = await rebuilt(deps(ledger, requests), { check: false });
    expect(again).toMatchObject({ missing: 0, different: 0, unknown: 0, before: told.after, after: told.after });
  });

  test("that only checks says the same and writes nothing", async () => {
    const { ledger, entries } = await disturbed();
    const before = new Map(entries);
    expect(await rebuilt(deps(ledger, requests), { check: true })).toMatchObject(found);
    expect(entries).toEqual(before);
  });

  test("goes on where its time was over", async () => {
    const { ledger, entries } = await disturbed();
    expect(await rebuilt(deps(ledger, requests), { check: false, year: 2026 }, 1)).toMatchObject(found);
    expect(entries.size).toBe(4);
  });

  test("of one year leaves the others alone", async () => {
    const { ledger, entries } = await disturbed();
    expect(await rebuilt(deps(ledger, requests), { check: false, year: 2025 })).toMatchObject({
      decided: 0,
      missing: 0,
      different: 0,
      unknown: 0,
    });
    expect(entries.size).toBe(5);
  });

  test("does not take a decision for a fault that is made while it looks", async () => {
    const { ledger, entries } = ledgerInMemory();
    const late: DecisionLedger = {
      ...ledger,
      // Its consumer comes in between the first look and the second.
      find: async (asked) => {
        const seen = await ledger.find(asked);
        for (const entry of right) await ledger.record(entry);
        return seen;
      },
    };
    expect(await rebuilt(deps(late, requests), { check: true })).toMatchObject({ missing: 0, different: 0, unknown: 0 });
    expect(entries.size).toBe(4);
  });
});

/** What the lives came to, for who asks whether they were worth living. */
const kinds: Readonly<Record<string, (entry: DecidedAsk) => boolean>> = {
  approved: ({ outcome }) => outcome === "approved",
  denied: ({ outcome }) => outcome === "denied",
  "approved after appeal": (entry) => entry.approvedAfterAppeal,
  extended: (entry) => entry.extended,
  standard: ({ priority }) => priority === "standard",
  expedited: ({ priority }) => priority === "expedited",
  "more days": ({ ask }) => ask > 1,
  drugs: (entry) => entry.drugs,
  retrospective: (entry) => entry.retrospective,
  "of another year": ({ year }) => year !== 2026,
};
const all = 5_000;
const lives = rounds(all, 400);

/** Reads the request at once, and writes when it pleases: others may have written by then. */
function slowLedger(ledger: DecisionLedger) {
  const waiting: (() => Promise<void>)[] = [];
  return { waiting, ledger: { record: async (entry: DecidedAsk) => void waiting.push(() => ledger.record(entry)) } };
}

const isHeard = (type: EventType): boolean => (ledgerEvents as readonly EventType[]).includes(type);

/** A desk's requests from their submission on; events come twice, late and in any order. */
async function lived(seed: number, ledger: DecisionLedger): Promise<ModelDesk> {
  const luck = chance(seed);
  const desk = modelDesk();
  const generator = stepsOf({
    luck,
    cast: withClinicians,
    member: () => "10487654321",
    now: desk.now,
    name: `life-${seed}`,
    alone: true,
  });
  const slow = slowLedger(ledger);
  const undelivered: RequestId[] = [];
  const takeOne = <Item>(items: Item[]): Item | undefined => items.splice(luck.below(items.length), 1)[0];
  const hear = async () => {
    const requestId = takeOne(undelivered);
    if (requestId) await recordDecision({ requests: desk.deps.requests, ledger: slow.ledger, policy }, { requestId });
  };
  let heard = 0;
  for (let number = 0; number < 40; number += 1) {
    // Nothing at the desk happens in the same instant as something else.
    desk.pass(1 / 60);
    await play(desk, number < 3 ? generator.submit() : await generator.next(knownIn(desk)));
    for (const { events } of desk.saved.slice(heard))
      for (const { type, requestId } of events)
        if (isHeard(type)) undelivered.push(...(luck.strikes(0.3) ? [requestId, requestId] : [requestId]));
    heard = desk.saved.length;
    if (luck.strikes(0.5)) await hear();
    if (luck.strikes(0.5)) await takeOne(slow.waiting)?.();
  }
  while (undelivered.length > 0) await hear();
  while (slow.waiting.length > 0) await takeOne(slow.waiting)?.();
  return desk;
}

test(`sums by increments are those by a rebuild, to the last digit, after ${lives} random lives of requests`, async () => {
  const [byEvents, byRebuild] = [ledgerInMemory(), ledgerInMemory()];
  const requests: Request[] = [];
  const met = (): Readonly<Record<string, number>> =>
    Object.fromEntries(Object.entries(kinds).map(([kind, fits]) => [kind, [...byEvents.entries.values()].filter(fits).length]));
  const unmet = () => Object.entries(met()).filter(([, count]) => count === 0);
  // The sample goes on until there was one of each kind.
  for (let seed = 1; requests.length < lives || (requests.length < all && unmet().length > 0); seed += 1)
    requests.push(...(await lived(7_000_000 + seed, byEvents.ledger)).requests.values());
  expect(unmet()).toEqual([]);
  const everything = deps(byRebuild.ledger, requests, "2100-01-01T12:00:00.000Z", 1_000);
  const { missing } = await rebuilt(everything, { check: false });
  expect(missing).toBe(byRebuild.entries.size);

  const years = [...new Set([...byEvents.entries.values(), ...byRebuild.entries.values()].map(({ year }) => year))];
  for (const year of years)
    expect(metricsOf(await byEvents.ledger.year(year), year), `${year}`).toEqual(
      metricsOf(await byRebuild.ledger.year(year), year),
    );
  expect(await rebuilt({ ...everything, ledger: byEvents.ledger }, { check: true })).toMatchObject({
    missing: 0,
    different: 0,
    unknown: 0,
  });

  if (process.env.PROVE === "full") console.log(`${requests.length} lives`, met());
}, 300_000);
