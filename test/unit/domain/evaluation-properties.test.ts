import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { toSubmission } from "../../../shared/api/parse.ts";
import { submissionBody } from "../../../shared/api/schemas.ts";
import { clockOf, evaluatedLines, type Known } from "../../../shared/domain/evaluate.ts";
import { missingFrom } from "../../../shared/domain/missing.ts";
import type { Submission } from "../../../shared/domain/submission.ts";
import {
  admissionTypes,
  channels,
  decisionRules,
  levelsOfCare,
  linesOfBusiness,
  priorities,
  requirements,
  routes,
  settings,
  units,
} from "../../../shared/domain/vocabulary.ts";
import { policy } from "../../../shared/policy/policy.ts";
import { npis, received } from "../../builders.ts";
import { chance, rounds } from "../../faults/chance.ts";

/** Requests by chance, of any content that the schema of a submission lets through. */
function requestsBy(seed: number) {
  const { below, strikes } = chance(seed);
  const one = <Value>(values: readonly Value[]): Value => values[below(values.length)] as Value;
  const some = <Value>(most: number, make: () => Value): Value[] => Array.from({ length: below(most + 1) }, make);
  const perhaps = <Name extends string, Value>(name: Name, make: () => Value): Partial<Record<Name, Value>> =>
    strikes(0.5) ? ({ [name]: make() } as Record<Name, Value>) : {};
  const flag = () => strikes(0.5);
  const digits = (width: number) => String(below(10 ** width)).padStart(width, "0");
  const date = () => one(["1999-12-31", "2000-01-01", "2026-02-28", "2026-11-22", "2026-12-20", "2031-06-30", "9999-12-31"]);
  const provider = () => ({ npi: one(Object.values(npis)), ...perhaps("name", () => "Somebody") });

  // Half of the codes stand in some list, or near one.
  const listed = [
    ...policy.rules.flatMap(({ match, verify, exclude }) => [match.codes, verify, exclude].flatMap((all) => all ?? [])),
  ];
  const excepted = policy.exceptions.flatMap(({ match }) => match.codes ?? []);
  const procedureCode = () =>
    one([
      () => one(one([...listed, ...excepted]).split("-")),
      () => one(one([...listed, ...excepted]).split("-")),
      () => digits(5),
      () => digits(4) + one([..."AFTUM"]),
      () => one([..."ACEGHJKLQSTV"]) + digits(4),
    ])();
  const diagnosis = () => ({
    code: one(["M54.16", "Z00.6", "Z006", "O80", "O82", "Z37.0", "Z38.01", "Z30.09", "Z30", "C50A1", "S72001A"]),
    ...perhaps("narrative", () => "In words"),
  });

  return () => {
    const diagnoses = some(12, diagnosis);
    const isStay = flag();
    const line = () => ({
      ...(isStay ? perhaps("code", procedureCode) : { code: procedureCode() }),
      ...perhaps("revenueCode", () => one(["0114", "0120", "0722", "0610", "0420", digits(4)])),
      ...perhaps("modifiers", () => some(4, () => one(["GP", "Q0", "Q1", "NU", "26", "LT", "50"]))),
      ...perhaps("description", () => "A service"),
      ...perhaps("serviceDate", date),
      ...perhaps("quantity", () => 1 + below(99_999)),
      ...perhaps("unit", () => one(units)),
      ...perhaps("placeOfService", () => digits(2)),
      ...perhaps("elective", flag),
      ...perhaps("investigational", () => strikes(0.2)),
      ...(diagnoses.length > 0 ? perhaps("diagnosisPointers", () => [1 + below(diagnoses.length)]) : {}),
      ...perhaps("servicingProvider", provider),
    });
    return {
      body: {
        channel: one(channels),
        lineOfBusiness: one(linesOfBusiness),
        state: one(["OH", "AR", "PR"]),
        priority: one(priorities),
        setting: one(settings),
        ...perhaps("emergency", () => strikes(0.3)),
        ...perhaps("postStabilization", flag),
        member: { id: digits(11), ...perhaps("programs", () => some(2, () => one(["AR-CES", "another"]))) },
        requestingProvider: provider(),
        ...perhaps("servicingProvider", provider),
        ...perhaps("servicingFacility", provider),
        ...perhaps("outOfNetworkReason", () => "Nobody nearer does it"),
        ...(isStay || flag()
          ? {
              admission: {
                ...perhaps("date", date),
                ...perhaps("type", () => one(admissionTypes)),
                ...perhaps("levelOfCare", () => one(levelsOfCare)),
                ...perhaps("days", () => 1 + below(strikes(0.8) ? 6 : 999)),
              },
            }
          : {}),
        ...(strikes(0.2) ? { clinicalTrial: perhaps("nct", () => digits(8)) } : {}),
        diagnoses,
        lines: Array.from({ length: 1 + below(5) }, line),
      },
      networkOf: (count: number) => {
        const byLine = () => Object.fromEntries(Array.from({ length: count }, (_, index) => [String(index + 1), flag()]));
        return {
          ...perhaps("servicingProvider", flag),
          ...perhaps("servicingFacility", flag),
          ...perhaps("lines", byLine),
          ...perhaps("facilities", byLine),
        };
      },
      orderOf: (count: number) =>
        Array.from({ length: count }, (_, index) => ({ index, by: below(1_000_000) }))
          .sort((a, b) => a.by - b.by)
          .map(({ index }) => index),
      another: line,
    };
  };
}

const answersOf = (submission: Submission, known: Known) =>
  evaluatedLines(submission, known, policy).map(({ lineNumber: _, ...line }) => line);

/** Line by line in another order, the plan's data on each line with it. */
function reordered(submission: Submission, known: Known, order: readonly number[]): { submission: Submission; known: Known } {
  const moved = (byLine: Readonly<Record<string, boolean>> | undefined) =>
    byLine && Object.fromEntries(order.map((from, to) => [String(to + 1), byLine[String(from + 1)] ?? false]));
  const { lines, facilities, ...network } = known.network;
  return {
    submission: { ...submission, lines: order.flatMap((from) => submission.lines[from] ?? []) },
    known: {
      ...known,
      network: {
        ...network,
        ...(lines && { lines: moved(lines) ?? {} }),
        ...(facilities && { facilities: moved(facilities) ?? {} }),
      },
    },
  };
}

describe("whatever the schema lets through", () => {
  const count = rounds(100_000, 5_000);

  test(`is settled line by line, in whatever order and company (${count} requests)`, () => {
    const next = requestsBy(4);
    const met = { requirement: new Set<string>(), rule: new Set<string>() };
    for (let round = 0; round < count; round += 1) {
      const { body, networkOf, orderOf, another } = next();
      const read = z.safeParse(submissionBody(), body);
      if (!read.success) expect.fail(JSON.stringify(read.error.issues));
      const submission = toSubmission(read.data);
      const network = networkOf(submission.lines.length);
      const known: Known = { network, receivedAt: received };
      const lines = evaluatedLines(submission, known, policy);
      const missing = missingFrom({ submission, lines, network, receivedAt: received, documents: [] }, policy);
      const unhurried = {
        priority: submission.priority,
        expedites: [],
        extensions: [],
        questions: [],
        completeAt: null,
        continuations: [],
      };
      const clock = clockOf({ submission, lines, network, receivedAt: received, ...unhurried }, policy);

      const isOwed = lines.some(({ requirement }) => requirement !== "not-required");
      if (clock.length > 0 !== isOwed || (!isOwed && missing.length > 0)) expect.fail(JSON.stringify({ body, lines, missing }));
      for (const { requirement, route, rule, because } of lines) {
        met.requirement.add(requirement);
        met.rule.add(rule);
        if (!requirements.includes(requirement) || !routes.includes(route) || !/\w.*\.$/.test(because))
          expect.fail(JSON.stringify({ body, lines }));
      }

      const answers = lines.map(({ lineNumber: _, ...line }) => line);
      const order = orderOf(answers.length);
      const other = reordered(submission, known, order);
      same(
        answersOf(other.submission, other.known),
        order.map((from) => answers[from]),
        body,
      );

      const [added] = toSubmission(z.parse(submissionBody(), { ...body, lines: [another()], admission: {} })).lines;
      const joined = added ? { ...submission, lines: [...submission.lines, added] } : submission;
      same(answersOf(joined, known).slice(0, answers.length), answers, body);
    }
    expect([...met.requirement].sort()).toEqual([...requirements].sort());
    expect([...met.rule].sort()).toEqual([...decisionRules].sort());
  }, 300_000);
});

/** Plainly compared: the assertions of a hundred thousand requests would take longer than the requests. */
function same(found: unknown, expected: unknown, body: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(expected)) expect({ body, found }).toEqual({ body, found: expected });
}
