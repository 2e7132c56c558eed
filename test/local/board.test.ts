import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { type Ageing, drawBoard, dueIn, type Waiting } from "../../infra/local/board/draw-board.ts";
import { paintFor } from "../../infra/local/paint.ts";

const plain = paintFor({ isTTY: false }, {});
const now = Date.parse("2026-11-23T15:00:00.000Z");
const minutes = (count: number) => count * 60_000;
const hoursFromNow = (hours: number) => new Date(now + hours * 3_600_000).toISOString();

const waiting = (more: Partial<Waiting> = {}): Waiting => ({
  id: "PA-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  lineOfBusiness: "medicaid",
  priority: "standard",
  status: "in-review",
  dueAt: hoursFromNow(3.2),
  dueRule: "medicaid.standard",
  appealDueAt: null,
  extended: false,
  missing: [],
  assignment: null,
  ...more,
});
const waitingIn = (queue: string, items: readonly Waiting[], ageing: Partial<Ageing> = {}) => ({
  queue,
  items,
  open: items.length,
  overdue: 0,
  within4Hours: 0,
  within24Hours: 0,
  capped: false,
  ...ageing,
});
const inTime = { numerator: 39, denominator: 41 };
const nurses = (items: readonly Waiting[], paper = {}) =>
  drawBoard({ now, queues: [waitingIn("nurse", items)], inTime }, { paint: plain, ...paper });

describe("how long there is", () => {
  it.each([
    [minutes(192), "in 3 h 12 min"],
    [minutes(60), "in 1 h 0 min"],
    [59_999, "in 0 min"],
    [0, "in 0 min"],
    [minutes(4 * 1_440 + 150), "in 4 d 2 h"],
    [-minutes(120), "overdue 2 h 0 min"],
    [-minutes(12), "overdue 12 min"],
    [-minutes(40 * 1_440), "overdue 40 d 0 h"],
  ])("%i ms: %s", (milliseconds, told) => expect(dueIn(milliseconds)).toBe(told));
});

describe("a board", () => {
  it("has each queue with its rows, and says where nothing waits", () => {
    const board = drawBoard(
      {
        now,
        queues: [
          waitingIn("intake", []),
          waitingIn("nurse", [waiting({ extended: true, assignment: { name: "Nora Reviewer" } })], { within4Hours: 1 }),
        ],
        inTime,
      },
      { paint: plain },
    );
    expect(board).toEqual([
      `Worklist · 1 waiting${" ".repeat(40)}2026-11-23 15:00 UTC`,
      "Decided in time in the last 7 days: 39 of 41",
      "",
      "intake · nothing waits",
      "",
      "nurse · 1 waiting, 1 in 4 h",
      "  PA-ABCDEFGHIJKLMNOPQRSTUVWXYZ  in 3 h 12 min        in-review",
      "    medicaid standard · medicaid.standard · Nora Reviewer · extended",
    ]);
  });

  it("says what is overdue, free, missing, or an appeal with a time of its own", () => {
    const late = nurses([waiting({ dueAt: hoursFromNow(-2), missing: ["visits", "clinical-documents"] })]);
    expect(late.join("\n")).toContain("overdue 2 h 0 min    in-review");
    expect(late.join("\n")).toMatch(/· free\n +missing visits, clinical-documents$/);
    const appeal = nurses([waiting({ status: "denied", dueAt: null, dueRule: null, appealDueAt: hoursFromNow(50) })]);
    expect(appeal.slice(-2).join("\n")).toMatch(/in 2 d 2 h +denied\n +medicaid standard · appeal · free$/);
  });

  it("fits 80 columns, whatever stands in it", () => {
    const widest = waiting({
      lineOfBusiness: "medicare-advantage",
      priority: "expedited",
      status: "medical-director-review",
      dueAt: hoursFromNow(-23.99),
      dueRule: "medicare-advantage.drug.standard",
      extended: true,
      missing: ["diagnosis-narrative", "service-description", "out-of-network-reason", "clinical-documents", "member-name"],
      assignment: { name: "Nora ".repeat(30) },
    });
    const busiest = { open: 1_000, overdue: 100, within4Hours: 100, within24Hours: 800, capped: true };
    const board = drawBoard(
      {
        now,
        queues: [
          waitingIn(
            "vendor-exceptions",
            Array.from({ length: 20 }, () => widest),
            busiest,
          ),
        ],
        inTime,
      },
      { paint: plain, lines: 24 },
    );
    expect(board.length).toBeGreaterThan(15);
    for (const line of board) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it("shows as many as there is room for, of each queue some, and counts the rest", () => {
    const many = Array.from({ length: 30 }, () => waiting());
    const queues = [
      waitingIn("intake", [waiting()]),
      waitingIn("nurse", many, { open: 612, overdue: 7, within4Hours: 12, within24Hours: 130, capped: true }),
    ];
    const board = drawBoard({ now, queues, inTime: { numerator: 0, denominator: 0 } }, { paint: plain, lines: 24 });
    expect(board.length).toBeLessThanOrEqual(24);
    expect(board[0]).toContain("613+ waiting");
    expect(board[1]).toBe("Nothing was decided in the last 7 days");
    expect(board).toContain("intake · 1 waiting");
    expect(board).toContain("nurse · 612+ waiting, 7 overdue, 12 in 4 h, 130 in 24 h, 5 shown");
    expect(board.filter((line) => line.includes("PA-"))).toHaveLength(6);
  });

  it("shows everything where there is no end of the paper", () => {
    const board = nurses(Array.from({ length: 30 }, () => waiting()));
    expect(board.filter((line) => line.includes("PA-"))).toHaveLength(30);
    expect(board.join("\n")).not.toContain("shown");
  });

  it("is coloured on a terminal alone, and not with NO_COLOR", () => {
    const draw = (isTTY: boolean, environment: NodeJS.ProcessEnv) =>
      nurses([waiting({ dueAt: hoursFromNow(-1) })], { paint: paintFor({ isTTY }, environment) }).join("");
    expect(draw(true, {})).toContain("\u001b[31moverdue");
    expect(draw(true, { NO_COLOR: "1" })).not.toContain("\u001b");
    expect(draw(false, {})).not.toContain("\u001b");
  });
});

describe("the command", () => {
  const run = async (args: string[]) => {
    const directory = mkdtempSync(join(tmpdir(), "desk-board-"));
    const child = spawn(process.execPath, [join(import.meta.dirname, "../../infra/local/cli/board.ts"), ...args], {
      env: { ...process.env, LOCAL_DIR: directory, npm_lifecycle_event: undefined },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
    rmSync(directory, { recursive: true });
    return { code, out, err };
  };

  it("says so where no cloud runs, and what it does not know", async () => {
    const [none, wrong] = await Promise.all([run([]), run(["--queue", "pharmacy"])]);
    expect(none).toMatchObject({ code: 1, out: "" });
    expect(none.err).toMatch(/^Nothing runs on .*: start it with npm start, then look at its board\.\n$/);
    expect(wrong).toMatchObject({ code: 2, out: "" });
    expect(wrong.err).toContain('There is no queue "pharmacy".');
  });
});
