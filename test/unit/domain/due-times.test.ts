import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { startOfDay } from "../../../shared/domain/calendar.ts";
import type { ClockCandidate } from "../../../shared/domain/clock.ts";
import { clockOf } from "../../../shared/domain/evaluate.ts";
import type { Expedite, Request } from "../../../shared/domain/request.ts";
import type { Submission } from "../../../shared/domain/submission.ts";
import { channels, linesOfBusiness, missedClocks, priorities } from "../../../shared/domain/vocabulary.ts";
import { type Policy, policy } from "../../../shared/policy/policy.ts";
import { aRequest, at, hoursAfter } from "../../builders.ts";
import { type DueTime, dueTimesIn } from "./due-times.ts";

const sections = dueTimesIn(readFileSync(new URL("due-times.md", import.meta.url), "utf8"));
const rows = sections.flatMap((section) => section.rows);

describe.each(sections)("$title", ({ rows }) => {
  test.each(rows.map((row) => [row.name, row] as const))("%s", (_, row) => {
    const [ruling] = clockFor(row);
    expect({ due: ruling?.dueAt, rule: ruling?.rule, whenMissed: ruling?.whenMissed }).toEqual({
      due: row.due,
      rule: row.rule,
      whenMissed: row.whenMissed,
    });
    expect(byThePlansClocks(row.due, row.timeZone)).toBe(row.dueAtThePlan);
  });
});

describe("the table", () => {
  test("has 250 rows and more, and says nothing twice", () => {
    expect(rows.length).toBeGreaterThanOrEqual(250);
    const facts = rows.map(({ name: _name, ...row }) => JSON.stringify(row));
    expect(facts.filter((one, index) => facts.indexOf(one) !== index)).toEqual([]);
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ["row of the law rules somewhere", policy.clocks.map(({ rule }) => rule), rows.map(({ rule }) => rule)],
    ["line of business", linesOfBusiness, rows.map(({ lineOfBusiness }) => lineOfBusiness)],
    ["priority", priorities, rows.map(({ priority }) => priority)],
    ["channel", channels, rows.map(({ channel }) => channel)],
    ["end of a missed clock", missedClocks, rows.map(({ whenMissed }) => whenMissed)],
  ])("every %s", (_, all, found) => {
    expect([...new Set(found)].sort()).toEqual([...all].sort());
  });

  test.each(["TX", "OH", "AR"])("every line of business and priority in %s", (state) => {
    const crossed = rows.filter((row) => row.state === state).map((row) => `${row.lineOfBusiness} ${row.priority}`);
    expect(new Set(crossed).size).toBe(linesOfBusiness.length * priorities.length);
  });
});

/** The clock of the row's request, submitted as it says and with what has happened since. */
function clockFor(row: DueTime): readonly ClockCandidate[] {
  const plan = planOf(row);
  const receivedAt = row.received.includes("T") ? row.received : startOfDay(row.received, row.timeZone);
  const submitted = aRequest(
    {
      lineOfBusiness: row.lineOfBusiness as Submission["lineOfBusiness"],
      state: row.state,
      priority: row.priority as Submission["priority"],
      channel: row.channel as Submission["channel"],
      ...(row.postStabilization && { setting: "observation", postStabilization: true }),
    },
    {
      receivedAt,
      network: {
        servicingProvider: row.postStabilization !== "out-of-network",
        servicingFacility: row.postStabilization !== "out-of-network",
      },
    },
    { ...at(row.keyedAt ?? receivedAt), policy: plan },
  );
  const [line] = submitted.lines;
  if (!line) throw new Error("no line to decide");
  const expedites = row.expedites.map(
    ({ at, by, granted, judgedAt }): Expedite => ({
      at,
      reason: "Pain",
      requestedBy: by as Expedite["requestedBy"],
      granted,
      ...(judgedAt && { judgedAt }),
    }),
  );
  const now: Request = {
    ...submitted,
    completeAt: row.complete === "never" ? null : row.complete === "at receipt" ? receivedAt : row.complete.at,
    lines: row.categories.map((category, index) => ({ ...line, lineNumber: index + 1, requirement: "required", category })),
    questions: row.questions,
    expedites,
    priority: expedites.some(({ granted }) => granted) ? "expedited" : submitted.priority,
    extensions: row.extended
      ? [{ at: row.extended.at ?? hoursAfter(1, receivedAt), reason: "More time", by: "nurse-1", dueBefore: row.due }]
      : [],
  };
  return clockOf(now, plan);
}

const planOf = ({ timeZone, arkansasForMedicaid }: DueTime): Policy => ({
  ...policy,
  plan: { ...policy.plan, timeZone },
  clocks: policy.clocks.map((row) =>
    arkansasForMedicaid && row.rule.startsWith("arkansas.") ? { ...row, linesOfBusiness: ["marketplace", "medicaid"] } : row,
  ),
});

function byThePlansClocks(instant: string, timeZone: string): string {
  const options = { timeZone, hourCycle: "h23", weekday: "short", hour: "2-digit", minute: "2-digit" } as const;
  const parts = new Intl.DateTimeFormat("en-US", { ...options, year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(
    new Date(instant),
  );
  const { weekday, year, month, day, hour, minute } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${weekday} ${year}-${month}-${day} ${hour}:${minute}`;
}
