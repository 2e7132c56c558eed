import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { factsOf } from "../../../shared/domain/evaluate.ts";
import { serviceDaysOf } from "../../../shared/domain/service-days.ts";
import type { Submission } from "../../../shared/domain/submission.ts";
import { policy } from "../../../shared/policy/policy.ts";
import type { DirectoryEntry } from "../../../shared/ports.ts";
import { membershipOf } from "../../../shared/use-cases/membership.ts";
import { networkOf } from "../../../shared/use-cases/network.ts";
import { aSubmission, mriLine, npis, received } from "../../builders.ts";

const plan = "America/New_York";
const entry = (...participation: DirectoryEntry["participation"]): DirectoryEntry => ({
  participation,
  organizations: [],
  home: null,
});
const directory = new Map([
  [npis.miamiValley, entry({ from: "2024-01-01", to: "2026-12-31" }, { from: "2027-07-01" })],
  [npis.dayton, entry({ from: "2020-01-01" })],
  [npis.outside, entry()],
]);
const facility = { servicingFacility: { npi: npis.miamiValley } };
const onDays = (...days: (string | undefined)[]) =>
  days.map((serviceDate) => {
    const { serviceDate: _, ...line } = mriLine();
    return serviceDate === undefined ? line : { ...line, serviceDate };
  });
const judged = (submission: Submission, receivedAt = received) => {
  const days = serviceDaysOf(submission, receivedAt, plan);
  const network = networkOf(submission, directory, days);
  return submission.lines.map((line, index) => {
    const { participating, facilityParticipating } = factsOf(submission, line, { network, receivedAt }, index + 1, policy);
    return [participating, facilityParticipating];
  });
};

describe("a line's day", () => {
  const days = (submission: Partial<Submission>, receivedAt = received) => serviceDaysOf(aSubmission(submission), receivedAt, plan);

  test("is its date of service", () => {
    expect(days({ lines: onDays("2026-12-20", "2027-01-05") })).toEqual(["2026-12-20", "2027-01-05"]);
  });
  test("is the admission's without one", () => {
    expect(days({ lines: onDays(undefined, "2027-01-05"), admission: { date: "2026-12-01" } })).toEqual([
      "2026-12-01",
      "2027-01-05",
    ]);
  });
  test("is the day of receipt without either, as the plan's calendar has it", () => {
    expect(days({ lines: onDays(undefined) }, "2026-11-24T03:00:00.000Z")).toEqual(["2026-11-23"]);
  });
});

describe("participation", () => {
  test.each([
    ["2023-12-31", false],
    ["2024-01-01", true],
    ["2026-12-31", true],
    ["2027-01-01", false],
    ["2027-06-30", false],
    ["2027-07-01", true],
    ["2099-01-01", true],
  ])("of one who left and came back, on %s: %s", (day, participates) => {
    expect(judged(aSubmission({ lines: onDays(day) }))).toEqual([[participates, undefined]]);
  });

  test("is judged line by line, of provider and facility alike", () => {
    expect(judged(aSubmission({ ...facility, lines: onDays("2026-12-20", "2027-01-05", "2027-08-01") }))).toEqual([
      [true, true],
      [false, false],
      [true, true],
    ]);
  });

  test("of a line's own provider goes before the request's", () => {
    const [line = mriLine()] = onDays("2027-01-05");
    const lines = [
      line,
      { ...line, servicingProvider: { npi: npis.dayton } },
      { ...line, servicingProvider: { npi: npis.outside } },
    ];
    expect(judged(aSubmission({ lines }))).toEqual([
      [false, undefined],
      [true, undefined],
      [false, undefined],
    ]);
  });

  test("is none for an NPI that the directory does not know", () => {
    const unknown = aSubmission({ servicingProvider: { npi: "1993999998" as never }, lines: onDays("2026-12-20") });
    expect(judged(unknown)).toEqual([[false, undefined]]);
  });

  test("is recorded once where all lines agree", () => {
    const submission = aSubmission({ ...facility, lines: onDays("2026-12-20", "2026-12-21") });
    expect(networkOf(submission, directory, ["2026-12-20", "2026-12-21"])).toEqual({
      servicingProvider: true,
      servicingFacility: true,
    });
  });

  test("of every line is what its day says, in whatever company it comes", () => {
    const day = fc.constantFrom("2023-05-01", "2026-12-20", "2027-01-05", "2027-08-01");
    fc.assert(
      fc.property(fc.array(day, { minLength: 1, maxLength: 8 }), (days) => {
        const alone = days.map((each) => judged(aSubmission({ ...facility, lines: onDays(each) }))[0]);
        expect(judged(aSubmission({ ...facility, lines: onDays(...days) }))).toEqual(alone);
      }),
    );
  });
});

describe("eligibility", () => {
  const member = {
    eligible: [{ from: "2020-01-01", to: "2026-12-31" }],
    programs: [
      { program: "AR-CES", from: "2026-01-01", to: "2026-06-30" },
      { program: "OH-HOME", from: "2026-01-01" },
    ],
  };

  test("holds when it does on every day of service", () => {
    expect(membershipOf(member, ["2026-12-20", "2026-12-31"]).eligible).toBe(true);
    expect(membershipOf(member, ["2026-12-20", "2027-01-01"]).eligible).toBe(false);
    expect(membershipOf(member, ["2019-12-31"]).eligible).toBe(false);
  });

  test("is taken for granted of a member whom the data do not know", () => {
    expect(membershipOf(undefined, ["2027-01-01"])).toEqual({ eligible: true, checkedFor: ["2027-01-01"] });
  });

  test("says for which days it was asked, each once", () => {
    expect(membershipOf(member, ["2026-12-20", "2026-03-01", "2026-12-20"]).checkedFor).toEqual(["2026-03-01", "2026-12-20"]);
  });

  test("comes with the programs of each line's day", () => {
    expect(membershipOf(member, ["2026-03-01", "2026-12-20", "2025-01-01"]).programs).toEqual({
      "1": ["AR-CES", "OH-HOME"],
      "2": ["OH-HOME"],
    });
  });

  test("adds its programs to those of the submission, and takes none away", () => {
    const submission = aSubmission({
      member: { id: "10487654321" as never, programs: ["FROM-BODY", "OH-HOME"] },
      lines: onDays("2026-03-01"),
    });
    const membership = membershipOf(member, ["2026-03-01"]);
    expect(
      factsOf(submission, submission.lines[0] ?? mriLine(), { network: {}, membership, receivedAt: received }, 1, policy).programs,
    ).toEqual(["FROM-BODY", "OH-HOME", "AR-CES"]);
  });
});
