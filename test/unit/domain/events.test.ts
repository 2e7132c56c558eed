import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../../shared/domain/canonical-json.ts";
import { chained, eventTypes, genesisHash, hashOf, isIntact } from "../../../shared/domain/events.ts";
import { hoursAfter, provider, received, requestId } from "../../builders.ts";

const begin = { id: requestId, epoch: 0, lastSequence: 0, lastHash: genesisHash };
const draft = fc.record({ type: fc.constantFrom(...eventTypes), outcome: fc.string() });

describe("a request's history", () => {
  const history = () =>
    chained(begin, [{ type: "request.submitted", lines: [1] }, { type: "referral.released" }], received, provider);

  test("continues where it stood", () => {
    const first = history();
    const last = first.at(-1);
    const more = chained(
      { id: requestId, epoch: 0, lastSequence: last?.sequence ?? 0, lastHash: last?.hash ?? "" },
      [{ type: "request.withdrawn" }],
      hoursAfter(1),
      provider,
    );
    expect(more).toMatchObject([{ sequence: 3, previousHash: last?.hash, schemaVersion: 1 }]);
    expect(isIntact([...first, ...more])).toBe(true);
  });

  test("tells numbers that are used again after a restore apart by their epoch", () => {
    const [first, lost] = history();
    const restored = { id: requestId, epoch: 1_795_332_162, lastSequence: 1, lastHash: first?.hash ?? "" };
    const [again] = chained(restored, [{ type: "history.restored", restoredTo: received }], hoursAfter(1), provider);
    expect(lost).not.toHaveProperty("epoch");
    expect(again).toMatchObject({ sequence: lost?.sequence, epoch: 1_795_332_162 });
    expect(isIntact([first, again].filter((event) => event !== undefined))).toBe(true);
    expect(isIntact([first, { ...again, epoch: 1 }] as ReturnType<typeof history>)).toBe(false);
  });

  test("is the same whoever computes it", () => {
    expect(history()).toEqual(history());
    for (const { hash, ...event } of history()) expect(hash).toBe(hashOf(event));
  });

  test("shows every change, loss, doubling and exchange", () => {
    fc.assert(
      fc.property(fc.array(draft, { minLength: 2, maxLength: 8 }), fc.nat(), (drafts, pick) => {
        const events = chained(begin, drafts, received, provider);
        const at = pick % events.length;
        const other = (at + 1) % events.length;
        expect(isIntact(events)).toBe(true);
        expect(isIntact(events.map((event, index) => (index === at ? { ...event, at: hoursAfter(1) } : event)))).toBe(false);
        expect(isIntact(events.with(at, { ...(events[at] as (typeof events)[number]), outcome: "another outcome" }))).toBe(false);
        if (at < events.length - 1) expect(isIntact(events.toSpliced(at, 1))).toBe(false);
        expect(isIntact(events.flatMap((event, index) => (index === at ? [event, event] : [event])))).toBe(false);
        const exchanged = events
          .with(at, events[other] as (typeof events)[number])
          .with(other, events[at] as (typeof events)[number]);
        expect(isIntact(exchanged)).toBe(false);
      }),
    );
  });
});

describe("canonical JSON", () => {
  const members = fc.dictionary(fc.string(), fc.jsonValue());

  test("does not depend on the order of members", () => {
    fc.assert(
      fc.property(members, (value) => {
        expect(canonicalJson(Object.fromEntries(Object.entries(value).reverse()))).toBe(canonicalJson(value));
      }),
    );
  });
  test("says the same as JSON does", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
  test("tells different values apart, and absence from presence", () => {
    expect(canonicalJson({ a: 1, b: undefined })).toBe('{"a":1}');
    expect(canonicalJson({ a: [1, 2] })).not.toBe(canonicalJson({ a: [2, 1] }));
    expect(canonicalJson({ a: "1" })).not.toBe(canonicalJson({ a: 1 }));
  });
});
