import { describe, expect, test, vi } from "vitest";
import type { TraceId } from "../../../functions/lib/log-catalogue.ts";
import { errorFacts, log, measure } from "../../../functions/lib/telemetry.ts";
import { documentId, requestId } from "../../builders.ts";
import { loggedBy } from "./log.ts";

const traceId = "JKJaXmPLvHcESHA=" as TraceId;
const answered = { operation: "getRequest", status: 200, milliseconds: 12, traceId } as const;

describe("a log line", () => {
  test("is one line of JSON with its message, level, time and fields", async () => {
    const [line, ...more] = await loggedBy(() => log("request answered", answered));
    expect(more).toEqual([]);
    expect(line).toEqual({
      level: "INFO",
      message: "request answered",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      service: "prior-authorization",
      ...answered,
    });
  });

  test("may leave out what is optional, and nothing else", async () => {
    const failed = { requestId, attempts: 1, ...errorFacts(new TypeError("no")) };
    expect(await loggedBy(() => log("timer failed", failed))).toMatchObject([{ level: "WARN", requestId, attempts: 1 }]);
    expect(await loggedBy(() => log("timer failed", { ...failed, documentId: documentId() }))).toMatchObject([
      { documentId: documentId() },
    ]);
    // @ts-expect-error: the trace is missing
    await loggedBy(() => log("request answered", { operation: "getRequest", status: 200, milliseconds: 1 }));
  });

  test("is of the catalogue: no other message, no other field, no other type compiles", async () => {
    // @ts-expect-error: no such message
    await expect(loggedBy(() => log("member found", {}))).rejects.toThrow();
    const spread = { ...answered, memberId: "10487654321" };
    // @ts-expect-error: no such field, though it comes in a variable
    const [line] = await loggedBy(() => log("request answered", spread));
    expect(JSON.stringify(line)).not.toContain("10487654321");
    // @ts-expect-error: a text is no operation
    await loggedBy(() => log("request answered", { ...answered, operation: "Ada Reyes" }));
    // @ts-expect-error: a text is no trace
    await loggedBy(() => log("request answered", { ...answered, traceId: "10487654321" }));
    // @ts-expect-error: what failed is told by errorFacts alone
    await loggedBy(() => log("job failed", { job: "run-timers", error: "Ada", frames: ["Reyes"] }));
  });

  test("withholds what is not of its field's shape, should the compiler have been deceived", async () => {
    const deceived = { ...answered, operation: "Ada Reyes, 1986-04-02" as "getRequest", status: "born 1986" as unknown as number };
    const [line] = await loggedBy(() => log("request answered", deceived));
    expect(line).toMatchObject({ operation: "withheld", status: "withheld", traceId });
  });

  test("below the level that is asked for is not written; a metric always is", async () => {
    vi.stubEnv("LOG_LEVEL", "ERROR");
    vi.resetModules();
    const quiet = await import("../../../functions/lib/telemetry.ts");
    const lines = await loggedBy(() => {
      quiet.log("request answered", answered);
      quiet.log("job failed", { job: "run-timers", ...errorFacts(new Error("no")) });
      quiet.measure({ metric: "TimersGivenUp", value: 1, dimensions: {} });
    });
    expect(lines.map(({ message }) => message)).toEqual(["job failed", "measured"]);
    vi.unstubAllEnvs();
  });
});

describe("an error", () => {
  test("is its name and places in our code, never its message", () => {
    const error = new RangeError("Ada Reyes\n    at Dayton (Reyes.txt:19:86)\nwas born 1986-04-02");
    const facts = errorFacts(error);
    expect(facts.error).toBe("RangeError");
    expect(facts.frames.length).toBeGreaterThan(0);
    expect(facts.frames[0]).toMatch(/^telemetry\.test\.ts:\d+:\d+$/);
    expect(JSON.stringify(facts)).not.toMatch(/Reyes|Dayton|1986-04/);
  });

  test("whose message was changed afterwards does not tell the first one either", () => {
    const error = new Error("before\n    at Dayton (Reyes.txt:19:86)");
    error.message = "after";
    expect(JSON.stringify(errorFacts(error))).not.toMatch(/Reyes|Dayton/);
  });

  test.each([["a text"], [undefined], [null], [{ message: "Ada" }]])("%o is none, and is not told", (thrown) => {
    expect(errorFacts(thrown)).toEqual({ error: typeof thrown, frames: [] });
  });
});

describe("a metric", () => {
  test("is a line in CloudWatch's embedded metric format", async () => {
    vi.stubEnv("STAGE", "dev");
    const dimensions = { lineOfBusiness: "medicaid", channel: "portal" } as const;
    const [line] = await loggedBy(() => measure({ metric: "RequestsSubmitted", value: 1, dimensions }, { requestId }));
    expect(line).toEqual({
      level: "INFO",
      message: "measured",
      timestamp: expect.any(String),
      service: "prior-authorization",
      requestId,
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: "prior-authorization/dev",
            Dimensions: [["lineOfBusiness", "channel"]],
            Metrics: [{ Name: "RequestsSubmitted", Unit: "Count" }],
          },
        ],
      },
      lineOfBusiness: "medicaid",
      channel: "portal",
      RequestsSubmitted: 1,
    });
    vi.unstubAllEnvs();
  });

  test("has its own dimensions, each of its vocabulary, and no other", async () => {
    const odd = await loggedBy(() =>
      // @ts-expect-error: a channel is not a text
      measure({ metric: "RequestsSubmitted", value: 1, dimensions: { lineOfBusiness: "medicaid", channel: "Ada" } }),
    );
    expect(odd).toMatchObject([{ channel: "other" }]);
    const unasked = { channel: "portal" };
    const foreign = await loggedBy(() => measure({ metric: "OutboxAge", value: 1, dimensions: unasked }));
    expect(foreign[0]).not.toHaveProperty("channel");
  });
});
