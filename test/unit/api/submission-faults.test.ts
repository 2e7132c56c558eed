import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { operations } from "../../../shared/api/operations.ts";
import { caseFaults, submissionFaults } from "../../../shared/api/submission-faults.ts";

const now = "2026-11-23T15:00:00.000Z";
const good = {
  channel: "portal",
  member: { id: "10487654321", birthDate: "1986-04-02" },
  diagnoses: [{ code: "M54.16" }],
  lines: [{ code: "72148" }],
};
const pointers = (change: Record<string, unknown>, at = now) =>
  submissionFaults({ ...good, ...change }, at).map((fault) => fault.pointer);

test("a good submission has none", () => expect(pointers({})).toEqual([]));

describe("receipt", () => {
  test.each(["mail", "phone", "fax"])("may be told for what came by %s", (channel) => {
    expect(pointers({ channel, receivedAt: "2026-11-20", organization: "org-a" })).toEqual([]);
  });
  test.each(["portal", "api"])("is the submission itself through the %s, whose organization is the token's", (channel) => {
    expect(pointers({ channel, receivedAt: "2026-11-20", organization: "org-a" })).toEqual(["/receivedAt", "/organization"]);
  });
  test("lies in the past", () => {
    expect(pointers({ channel: "mail", receivedAt: "2026-11-23T15:00:00Z" })).toEqual([]);
    expect(pointers({ channel: "mail", receivedAt: "2026-11-23T15:00:01Z" })).toEqual(["/receivedAt"]);
    expect(pointers({ channel: "mail", receivedAt: "2026-11-23T16:00:01+01:00" })).toEqual(["/receivedAt"]);
    expect(pointers({ channel: "mail", receivedAt: "2026-11-23T15:59:00+01:00" })).toEqual([]);
  });
  test("as a day is that day in the plan's time zone: today has begun there, tomorrow has not", () => {
    expect(pointers({ channel: "mail", receivedAt: "2026-11-23" })).toEqual([]);
    expect(pointers({ channel: "mail", receivedAt: "2026-11-24" })).toEqual(["/receivedAt"]);
    expect(pointers({ channel: "mail", receivedAt: "2026-11-24" }, "2026-11-24T04:59:59.999Z")).toEqual(["/receivedAt"]);
    expect(pointers({ channel: "mail", receivedAt: "2026-11-24" }, "2026-11-24T05:00:00.000Z")).toEqual([]);
  });
});

test("a date of service or of admission before the year 2000 is a slip of the pen", () => {
  const dated = (date: string) => ({ lines: [{ code: "72148", serviceDate: date }], admission: { date } });
  expect(pointers(dated("1999-12-31"))).toEqual(["/admission/date", "/lines/0/serviceDate"]);
  expect(pointers(dated("2000-01-01"))).toEqual([]);
});

describe("a birth", () => {
  const born = (birthDate: string, change: Record<string, unknown> = {}, at = now) =>
    pointers({ ...change, member: { id: "10487654321", birthDate } }, at);

  test("is not after the day of receipt", () => {
    expect(born("2026-11-23")).toEqual([]);
    expect(born("2026-11-24")).toEqual(["/member/birthDate"]);
    expect(born("2026-11-21", { channel: "mail", receivedAt: "2026-11-20" })).toEqual(["/member/birthDate"]);
    expect(born("2026-11-20", { channel: "mail", receivedAt: "2026-11-20" })).toEqual([]);
  });
  test("is compared in the plan's time zone, where it may still be yesterday", () => {
    expect(born("2026-11-24", {}, "2026-11-24T03:00:00.000Z")).toEqual(["/member/birthDate"]);
  });
});

describe("a line", () => {
  test("needs a code or a revenue code, unless an admission is asked for", () => {
    expect(pointers({ lines: [{ code: "72148" }, {}, { revenueCode: "0610" }] })).toEqual(["/lines/1/code"]);
    expect(pointers({ lines: [{}], admission: { date: "2026-12-01" } })).toEqual([]);
  });
  test("does not end before it begins", () => {
    const line = { code: "72148", serviceDate: "2026-12-20" };
    expect(pointers({ lines: [{ ...line, endDate: "2026-12-20" }] })).toEqual([]);
    expect(pointers({ lines: [{ ...line, endDate: "2026-12-19" }] })).toEqual(["/lines/0/endDate"]);
  });
  test("points to diagnoses that exist", () => {
    expect(pointers({ lines: [{ code: "72148", diagnosisPointers: [1, 2, 3] }] })).toEqual([
      "/lines/0/diagnosisPointers/1",
      "/lines/0/diagnosisPointers/2",
    ]);
  });
  test("is named once in a supplement, and needs no code there", () => {
    expect(caseFaults({ lines: [{ lineNumber: 1 }, { lineNumber: 2 }] }, "2026-11-23")).toEqual([]);
    expect(caseFaults({ lines: [{ lineNumber: 1 }, { lineNumber: 1 }] }, "2026-11-23")).toMatchObject([{ pointer: "/lines" }]);
  });
});

test("all texts together have at most 16,000 characters", () => {
  const lines = (length: number) => Array.from({ length: 4 }, () => ({ code: "72148", description: "a".repeat(length) }));
  expect(pointers({ lines: lines(3_900) })).toEqual([]);
  expect(pointers({ lines: lines(4_000) })).toEqual([""]);
});

test("several are told at once", () => {
  const body = {
    receivedAt: "2027-01-01",
    member: { birthDate: "2030-01-01" },
    lines: [{}, { code: "72148", serviceDate: "2026-12-20", endDate: "2026-12-01" }],
  };
  expect(pointers(body)).toEqual(["/receivedAt", "/member/birthDate", "/lines/0/code", "/lines/1/endDate"]);
});

test("a body of any shape is read without an exception, and nothing of it is repeated", () => {
  const marked = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (_, member: unknown) => (typeof member === "string" ? `Zebra${member}` : member));
  const shape = fc.oneof(
    fc.jsonValue(),
    fc.record(
      {
        channel: fc.jsonValue(),
        member: fc.jsonValue(),
        lines: fc.jsonValue(),
        diagnoses: fc.jsonValue(),
        receivedAt: fc.oneof(
          fc.jsonValue(),
          fc.constantFrom("2026-02-30", "0000-01-01", "9999-12-31", "+275760-09-13T00:00:00Z", "T"),
        ),
      },
      { requiredKeys: [] },
    ),
  );
  fc.assert(
    fc.property(shape, (body) => {
      for (const operation of Object.values(operations)) {
        if (!("faults" in operation)) continue;
        expect(JSON.stringify(operation.faults(marked(body), now))).not.toContain("Zebra");
        operation.faults(body, now);
      }
    }),
  );
});

describe("a vendor's event", () => {
  const { faults } = operations.recordVendorEvent;
  const event = { eventId: "e", caseId: "c", version: 1, occurredAt: now };

  test("that decides does so by line", () => {
    expect(faults({ ...event, type: "decided" }, now)).toMatchObject([{ pointer: "/lines" }]);
  });
  test("that opens a case brings a request of ours or a submission", () => {
    expect(faults({ ...event, type: "opened" }, now)).toMatchObject([{ pointer: "/submission" }]);
    expect(faults({ ...event, type: "opened", requestId: "PA-" }, now)).toEqual([]);
  });
  test("opens no case in the future, five minutes of other clocks aside", () => {
    const opened = { ...event, type: "opened", requestId: "PA-" };
    expect(faults({ ...opened, occurredAt: "2026-11-23T15:05:00Z" }, now)).toEqual([]);
    expect(faults({ ...opened, occurredAt: "2026-11-23T15:05:01Z" }, now)).toMatchObject([{ pointer: "/occurredAt" }]);
  });
  test("of another kind goes to a person when it comes from the future: its form has no fault", () => {
    expect(faults({ ...event, type: "acknowledged", occurredAt: "2026-11-23T15:05:01Z" }, now)).toEqual([]);
  });
  test("has its submission's faults under it", () => {
    expect(faults({ ...event, type: "opened", submission: { lines: [{}] } }, now)).toMatchObject([
      { pointer: "/submission/lines/0/code" },
    ]);
  });
});
