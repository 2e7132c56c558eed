import { readFileSync } from "node:fs";
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
import { pdf, png } from "../files.ts";
import { ownCloud } from "../own-cloud.ts";
import { tableName, tableOf } from "../table-of.ts";
import { type Desk, deskOf, memberEndingIn, taken } from "./imaging-desk.ts";

/** One story in one pocket cloud, seen as the people on call see it: through its logs. */
let cloud: CloudAddress & { close: () => Promise<void> };
let desk: Desk;
const minute = 60_000;
const broken = "PA-BROKENBROKENBROKENBROKENAA" as RequestId;

/** Every line of a function's log that is JSON. */
const linesOf = (name: string): Json[] =>
  readFileSync(join(cloud.directory, "logs", `prior-auth-local-${name}.log`), "utf8")
    .split("\n")
    .flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []));
const measuredBy = (name: string, metric: string): Json[] => linesOf(name).filter((line) => line._aws && metric in line);
/** The gauges as they are now. */
const gauges = async (): Promise<Json> => {
  await controlOf(cloud, "idle");
  await controlOf(cloud, "jobs");
  const latest = linesOf("publish-metrics").filter((line) => line._aws);
  return Object.assign({}, ...latest.map((line) => ({ [line._aws.CloudWatchMetrics[0].Metrics[0].Name]: line })));
};
const valuesOf = (lines: Json) => Object.fromEntries(Object.entries<Json>(lines).map(([name, line]) => [name, line[name]]));

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

    expect(measuredBy("submit-request", "RequestsSubmitted")).toMatchObject([
      { requestId: id, organization: "org-demo", lineOfBusiness: "medicaid", channel: "portal", RequestsSubmitted: 1 },
    ]);
    expect(measuredBy("register-document", "DocumentsRegistered")).toMatchObject([{ requestId: id, DocumentsRegistered: 1 }]);
    const settled = [...measuredBy("check-document", "DocumentsSettled"), ...measuredBy("record-scan", "DocumentsSettled")];
    expect(settled).toMatchObject([{ result: "available", DocumentsSettled: 1 }]);
    expect(measuredBy("refer-to-vendor", "ReferralLatency")).toMatchObject([{ priority: "standard" }]);
    expect(measuredBy("record-vendor-event", "AcknowledgementTime")).toHaveLength(1);
    expect(measuredBy("record-vendor-event", "LinesDecided")).toMatchObject([{ outcome: "approved", LinesDecided: 1 }]);
    const [{ DecisionTime: took }] = measuredBy("record-vendor-event", "DecisionTime") as [Json];
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
    expect(measuredBy("submit-request", "RequestsSubmitted")).toHaveLength(before + 1);
  });
});

describe("gauges", () => {
  test("are published with each run of the jobs, all of them, and are zero while nothing is late", async () => {
    expect(valuesOf(await gauges())).toEqual({
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
    expect(valuesOf(await gauges())).toMatchObject({ OverdueRequests: 1, SilentReferrals: 0 });
    taken(await clerk.post(`/v1/requests/${late.id}/withdrawal`, { reason: "Keyed by mistake." }), 200);
    expect(valuesOf(await gauges())).toMatchObject({ OverdueRequests: 0 });
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
    const now = valuesOf(await gauges());
    expect(now).toMatchObject({ TimersBehind: 0, OverdueRequests: 0, SilentReferrals: 1, UnverifiedDocuments: 1 });
    expect(now.OutboxAge).toBeGreaterThan(4 * 3600);

    const conflict = { level: "ERROR", relay: "sweep-outbox", requestId: touched.id };
    expect(linesOf("sweep-outbox").find(({ message }) => message === "history conflict")).toMatchObject(conflict);
    expect(measuredBy("sweep-outbox", "HistoryConflicts").length).toBeGreaterThan(0);
    const failures = linesOf("run-timers").filter(({ message }) => message === "timer failed");
    expect(failures.map(({ attempts }) => attempts)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(measuredBy("run-timers", "TimersGivenUp")).toMatchObject([{ requestId: broken, TimersGivenUp: 1 }]);
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

  test("go back when the vendor is heard or the request is taken back", async () => {
    const { items } = (await desk.provider.get("/v1/requests?status=referred-to-vendor")).body;
    expect(items).toHaveLength(1);
    taken(await desk.provider.post(`/v1/requests/${items[0].id}/withdrawal`, { reason: "Not needed." }), 200);
    expect(valuesOf(await gauges())).toMatchObject({ SilentReferrals: 0, UnverifiedDocuments: 1 });
  });
});
