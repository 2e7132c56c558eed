import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { metrics } from "../../shared/api/operational-metrics.ts";
import { dynamoDocuments } from "../../shared/aws/dynamo-documents.ts";
import { eventKey } from "../../shared/aws/keys.ts";
import { withFinding } from "../../shared/domain/document.ts";
import type { DocumentId, RequestId } from "../../shared/domain/identifiers.ts";
import { aSubmission, therapyLine } from "../builders.ts";
import { type CloudAddress, callerOf, controlOf, type Json } from "../caller.ts";
import { eventually } from "../eventually.ts";
import { pdf, png } from "../files.ts";
import { ownCloud } from "../own-cloud.ts";
import { tableName, tableOf } from "../table-of.ts";
import { type Desk, deskOf, memberEndingIn, taken } from "./imaging-desk.ts";
import { described } from "./upload.ts";

/** One story in one pocket cloud, seen as the people on call see it: through its logs. */
let cloud: CloudAddress & { close: () => Promise<void> };
let desk: Desk;
const minute = 60_000;
const broken = "PA-BROKENBROKENBROKENBROKENAA" as RequestId;

/** Every line of a function's log that is JSON. */
const linesOf = (name: string): Json[] => {
  const log = join(cloud.directory, "logs", `prior-auth-local-${name}.log`);
  const lines = existsSync(log) ? readFileSync(log, "utf8").split("\n").slice(0, -1) : [];
  return lines.flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []));
};
const measuredBy = (name: string, metric: string): Json[] => linesOf(name).filter((line) => line._aws && metric in line);
/** As above, once there are so many: a log is written a moment after the answer. */
const measuredSoon = (name: string, metric: string, count = 1): Promise<Json[]> =>
  eventually(
    async () => measuredBy(name, metric),
    (lines) => lines.length >= count,
  );
const runs = () => linesOf("publish-metrics").filter(({ message }) => message === "job ran").length;
/** The gauges after another run of the jobs. */
const gauges = async (): Promise<Json> => {
  await controlOf(cloud, "idle");
  const before = runs();
  await controlOf(cloud, "jobs");
  await eventually(
    async () => runs(),
    (count) => count > before,
  );
  const latest = linesOf("publish-metrics").filter((line) => line._aws);
  const named = latest.map((line) => [line._aws.CloudWatchMetrics[0].Metrics[0].Name as string, line] as const);
  return Object.fromEntries(named.map(([name, line]) => [name, line[name]]));
};

beforeAll(async () => {
  cloud = await ownCloud();
  desk = deskOf(await callerOf(cloud, { role: "provider" }));
});
afterAll(() => cloud?.close());

describe("metrics in the log", () => {
  test("say what the desk has done, in the embedded format, with closed dimensions", async () => {
    const { id } = await desk.submit("1");
    await desk.attach(id, pdf());
    await desk.until(id, ({ status }) => status === "approved");
    await controlOf(cloud, "idle");

    expect(await measuredSoon("submit-request", "RequestsSubmitted")).toMatchObject([
      { requestId: id, organization: "org-demo", lineOfBusiness: "medicaid", channel: "portal", RequestsSubmitted: 1 },
    ]);
    expect(await measuredSoon("register-document", "DocumentsRegistered")).toMatchObject([
      { requestId: id, DocumentsRegistered: 1 },
    ]);
    const settled = await eventually(
      async () => ["check-document", "record-scan"].flatMap((name) => measuredBy(name, "DocumentsSettled")),
      ({ length }) => length > 0,
    );
    expect(settled).toMatchObject([{ result: "available", DocumentsSettled: 1 }]);
    expect(await measuredSoon("refer-to-vendor", "ReferralLatency")).toMatchObject([{ priority: "standard" }]);
    expect(await measuredSoon("record-vendor-event", "AcknowledgementTime")).toHaveLength(1);
    expect(await measuredSoon("record-vendor-event", "LinesDecided")).toMatchObject([{ outcome: "approved", LinesDecided: 1 }]);
    const [{ DecisionTime: took }] = (await measuredSoon("record-vendor-event", "DecisionTime")) as [Json];
    expect(took).toBeGreaterThan(0);
    expect(took).toBeLessThan(120);

    for (const name of ["submit-request", "register-document", "refer-to-vendor", "record-vendor-event"])
      for (const line of linesOf(name).filter(({ _aws }) => _aws)) {
        const [{ Namespace, Dimensions, Metrics }] = line._aws.CloudWatchMetrics;
        const { unit, dimensions } = metrics[Metrics[0].Name as keyof typeof metrics];
        expect(Namespace).toBe("prior-authorization/local");
        expect(Dimensions).toEqual([Object.keys(dimensions)]);
        expect(Metrics[0].Unit).toBe(unit);
        for (const [dimension, vocabulary] of Object.entries<readonly string[]>(dimensions))
          expect(vocabulary).toContain(line[dimension]);
        expect(Math.abs(line._aws.Timestamp - Date.now())).toBeLessThan(120_000);
      }
  });

  test("are not written again for a replay", async () => {
    const before = measuredBy("submit-request", "RequestsSubmitted").length;
    const body = aSubmission({ member: memberEndingIn("7") });
    taken(await desk.provider.submit(body, "the-same-key-twice"), 201);
    taken(await desk.provider.submit(body, "the-same-key-twice"), 201);
    await eventually(
      async () => linesOf("submit-request").filter(({ message }) => message === "request answered").length,
      (answered) => answered === before + 2,
    );
    expect(measuredBy("submit-request", "RequestsSubmitted")).toHaveLength(before + 1);
  });
});

test("an organization that has sent all it may is told of, by its name with us", async () => {
  const table = tableOf(cloud);
  const stranger = await callerOf(cloud, { role: "provider", organization: "org-a" });
  const { id } = taken(await stranger.submit(aSubmission({ member: memberEndingIn("7"), lines: [therapyLine()] })), 201);
  // An hour that does not end while the test runs.
  const used = { hour: { S: "2999-01-01T00" }, documents: { N: "1000000" }, bytes: { N: "0" } };
  const key = { pk: { S: "ORGANIZATION#org-a" }, sk: { S: "UPLOADS" } };
  await table.send(new PutItemCommand({ TableName: tableName, Item: { ...key, ...used } }));
  table.destroy();
  taken(await stranger.post(`/v1/requests/${id}/documents`, described(pdf())), 429);
  expect(await measuredSoon("register-document", "UploadsRefused")).toMatchObject([{ organization: "org-a", UploadsRefused: 1 }]);
});

describe("gauges", () => {
  test("are published with each run of the jobs, all of them, and are zero while nothing is late", async () => {
    expect(await gauges()).toEqual({
      OutboxAge: 0,
      TimersBehind: 0,
      OverdueRequests: 0,
      SilentReferrals: 0,
      UnverifiedDocuments: 0,
    });
  });

  test("count a request whose clock had run out when it was keyed in, until it is taken back", async () => {
    const clerk = await callerOf(cloud, { role: "clerk" });
    const receivedAt = new Date(Date.now() - 15 * 24 * 60 * minute).toISOString();
    const late = taken(await clerk.submit({ ...aSubmission({ channel: "fax", lines: [therapyLine()] }), receivedAt }), 201);
    expect(late.overdue).toBe(true);
    // While a timer notes that it is late it stands in one place of the index and then in another, and may be counted in both.
    expect((await gauges()).OverdueRequests).toBeGreaterThanOrEqual(1);
    expect(await gauges()).toMatchObject({ OverdueRequests: 1, SilentReferrals: 0 });
    taken(await clerk.post(`/v1/requests/${late.id}/withdrawal`, { reason: "Keyed by mistake." }), 200);
    expect(await gauges()).toMatchObject({ OverdueRequests: 0 });
  });

  test("tell what went wrong in five hours", async () => {
    const table = tableOf(cloud);
    // The vendor never answers.
    const silent = await desk.submit("7");
    await desk.attach(silent.id, pdf());
    await desk.until(silent.id, ({ referral }) => referral.status === "sent");
    // An upload was checked, and its scan never came.
    const waiting = await desk.register((await desk.submit("7")).id, png());
    const documents = dynamoDocuments(table, tableName);
    const [requestId, documentId] = [(await desk.provider.get("/v1/requests?limit=1")).body.items[0].id, waiting.id] as [
      RequestId,
      DocumentId,
    ];
    const document = await documents.find(requestId, documentId);
    if (!document) throw new Error("the document is not there");
    expect(await documents.save(withFinding(document, "checked", "v1", { good: true }, new Date().toISOString()))).toBe(true);
    // Somebody has written into a history.
    const touched = await desk.submit("7");
    await controlOf(cloud, "idle");
    const forged = { ...eventKey(touched.id, 2), hash: { S: "f".repeat(64) }, content: { S: "{}" }, schemaVersion: { N: "1" } };
    await table.send(new PutItemCommand({ TableName: tableName, Item: forged }));
    await desk.register(touched.id, pdf());
    // A timer that cannot be done.
    const item = { pk: { S: `REQUEST#${broken}` }, sk: { S: "REQUEST" }, timersKey: { S: "timers#0" } };
    const timersSort = { S: `${new Date().toISOString()}#${broken}` };
    await table.send(new PutItemCommand({ TableName: tableName, Item: { ...item, timersSort } }));
    table.destroy();

    await controlOf(cloud, "clock", { milliseconds: 5 * 60 * minute });
    const now = await gauges();
    expect(now).toMatchObject({ TimersBehind: 0, OverdueRequests: 0, SilentReferrals: 1, UnverifiedDocuments: 1 });
    expect(now.OutboxAge).toBeGreaterThan(4 * 3600);

    const conflict = { level: "ERROR", relay: "sweep-outbox", requestId: touched.id };
    expect(linesOf("sweep-outbox").find(({ message }) => message === "history conflict")).toMatchObject(conflict);
    expect(await measuredSoon("sweep-outbox", "HistoryConflicts")).not.toEqual([]);
    const failures = linesOf("run-timers").filter(({ message }) => message === "timer failed");
    expect(failures.map(({ attempts }) => attempts)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await measuredSoon("run-timers", "TimersGivenUp")).toMatchObject([{ requestId: broken, TimersGivenUp: 1 }]);
    expect(linesOf("run-timers").filter(({ message }) => message === "timer given up")).toMatchObject([
      {
        level: "ERROR",
        requestId: broken,
        attempts: 8,
        error: "Error",
        frames: expect.arrayContaining([expect.stringMatching(/^index\.js:/)]),
      },
    ]);
  });

  test("go back when there is nothing to wait for any more", async () => {
    const { items } = (await desk.provider.get("/v1/requests?status=referred-to-vendor")).body;
    expect(items).toHaveLength(1);
    taken(await desk.provider.post(`/v1/requests/${items[0].id}/withdrawal`, { reason: "Not needed." }), 200);
    expect(await gauges()).toMatchObject({ SilentReferrals: 0, UnverifiedDocuments: 1 });
  });
});
