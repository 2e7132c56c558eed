import { describe, expect, test } from "vitest";
import { requestFrom, schemaVersion } from "../../../shared/aws/stored-request.ts";
import { aRequest } from "../../builders.ts";

const stored = (version: number, content: object) => ({
  schemaVersion: { N: String(version) },
  content: { S: JSON.stringify(content) },
});

const notAsked = { eligible: true, checkedFor: [] };

/** As the third schema wrote it. */
const beforeReviews = () => {
  const { priority, expedites, extensions, missedAt, missed, questions, assignment, notes, peerToPeer, clock, ...request } =
    aRequest();
  return { ...request, clock: clock.map(({ rule, cite, dueAt }) => ({ rule, cite, dueAt })) };
};

describe("a stored request", () => {
  test("of today is read as it was written", () => {
    const request = { ...aRequest(), epoch: 1_795_332_162 };
    expect(requestFrom(stored(schemaVersion, request))).toEqual(request);
  });

  test("from before there were restores is of no epoch", () => {
    const { epoch: _, retrospective: __, membership: ___, ...before } = beforeReviews();
    const marked = { ...before, epoch: 0, retrospective: false, membership: notAsked };
    expect(requestFrom(stored(1, before))).toEqual(requestFrom(stored(3, marked)));
  });

  test("from before past dates of service were marked and eligibility asked about has no such mark, and an eligible member", () => {
    const { retrospective: _, membership: __, ...before } = { ...beforeReviews(), epoch: 1_795_332_162 };
    const marked = { ...before, retrospective: false, membership: notAsked };
    expect(requestFrom(stored(2, before))).toEqual(requestFrom(stored(3, marked)));
  });

  test("from before people reviewed here is what it was: unhurried, unextended, unasked", () => {
    const read = requestFrom(stored(3, beforeReviews()));
    expect({ ...read, clock: [] }).toEqual({ ...aRequest(), clock: [], reminded: {}, wakesAt: null });
    expect(read.clock.map(({ rule, dueAt, whenMissed }) => ({ rule, dueAt, whenMissed }))).toEqual(
      aRequest().clock.map(({ rule, dueAt, whenMissed }) => ({ rule, dueAt, whenMissed })),
    );
  });

  test("decided before then gets its codes, and nobody's grounds", () => {
    const before = beforeReviews();
    const decision = { outcome: "denied", reason: { code: "0F", text: "Not shown." }, decidedBy: { name: "A", credential: "MD" } };
    const read = requestFrom(stored(3, { ...before, lines: before.lines.map((line) => ({ ...line, decision })) }));
    expect(read.lines[0]?.decision).toEqual({
      ...decision,
      decidedBy: { ...decision.decidedBy, subject: null },
      grounds: null,
      x12: { action: "A3", reason: "0F" },
    });
  });

  test("of a schema that nobody knows is not guessed at", () => {
    expect(() => requestFrom(stored(schemaVersion + 1, aRequest()))).toThrow(/cannot read/);
  });
});
