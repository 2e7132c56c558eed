import { expect, test } from "vitest";
import { job } from "../../../functions/lib/job.ts";
import { relayFailed } from "../../../functions/lib/relay-failure.ts";
import { HistoryConflict } from "../../../shared/use-cases/relay-outbox.ts";
import { requestId } from "../../builders.ts";
import { loggedBy } from "./log.ts";

test("a job tells how much it did", async () => {
  expect(await loggedBy(job("run-timers", async () => 3))).toMatchObject([{ message: "job ran", job: "run-timers", count: 3 }]);
});

test("a job that fails is told by where, and what Lambda prints of it is not the error's message", async () => {
  const fail = job("sweep-outbox", () => Promise.reject(new TypeError("Ada Reyes")));
  const lines = await loggedBy(() => expect(fail()).rejects.toThrow(/^sweep-outbox failed$/));
  expect(lines).toMatchObject([{ message: "job failed", level: "ERROR", job: "sweep-outbox", error: "TypeError" }]);
  expect(JSON.stringify(lines)).not.toContain("Reyes");
});

test("a history that somebody else has touched is counted; any other failure of a relay is told", async () => {
  expect(await loggedBy(() => relayFailed("relay-outbox", requestId, new HistoryConflict(requestId)))).toMatchObject([
    { message: "history conflict", level: "ERROR", relay: "relay-outbox", requestId },
    { message: "measured", HistoryConflicts: 1, requestId },
  ]);
  expect(await loggedBy(() => relayFailed("sweep-outbox", requestId, new Error("no")))).toMatchObject([
    { message: "relay failed", relay: "sweep-outbox", requestId, error: "Error" },
  ]);
});
