import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { controlOf, type Json } from "../caller.ts";
import { eventually } from "../eventually.ts";
import { pdf, plainText, png } from "../files.ts";
import { callerAt, type OwnCloud, ownCloud } from "../own-cloud.ts";
import { casesOf, type Desk, deskOf } from "./imaging-desk.ts";
import { upload } from "./upload.ts";

vi.setConfig({ testTimeout: 120_000 });

/** One story in one pocket cloud: its clock only goes forward, so each test begins where the one before has ended. */
let cloud: OwnCloud;
let desk: Desk;
let began: number;
let urgent: Json;
let slow: Json;
let forgotten: Json;
let renewed: Json;
let decided: Json;
let superfluous: Json;

const minute = 60_000;
const hour = 60 * minute;
/** Goes on to that long after the story's beginning. */
const clockTo = async (sinceBeginning: number, firings = 1): Promise<void> => {
  const { now } = await controlOf(cloud, "clock", { milliseconds: 0 });
  await controlOf(cloud, "clock", { milliseconds: began + sinceBeginning - Date.parse(now), firings });
};
const typesOf = async (requestId: string) => (await desk.events(requestId)).map((event) => event.type as string);

beforeAll(async () => {
  cloud = await ownCloud();
  desk = deskOf(await callerAt(cloud, { role: "provider" }));
  // 72 hours, so that a quarter of the clock is 18 hours.
  urgent = await desk.submit("7", {
    lineOfBusiness: "medicare-advantage",
    priority: "expedited",
    expedite: { reason: "Cauda equina suspected.", requestedBy: "physician" },
  });
  slow = await desk.submit("1");
  forgotten = await desk.register(slow.id, pdf());
  renewed = await desk.register(slow.id, plainText("Seen again in the afternoon.\n"));
  decided = await desk.submit("1");
  superfluous = await desk.register(decided.id, png());
  await desk.attach(decided.id, pdf());
  began = Date.parse(urgent.receivedAt);
});
afterAll(() => cloud?.close());

describe("a referral with something missing", () => {
  test("waits until a quarter of the clock has passed", async () => {
    // Nothing fires on most of the way, unless everything is proved: every hour is four steps of everything.
    await clockTo(17 * hour, process.env.PROVE === "full" ? 1 : 0);
    await clockTo(18 * hour - minute);
    expect(await desk.read(urgent.id)).toMatchObject({
      status: "awaiting-information",
      referral: { status: "waiting", sentAt: null },
    });
    expect(await casesOf(cloud, urgent.id)).toEqual([]);
  });

  test("goes out then, once, with what there is, and the request still asks for the rest", async () => {
    const { dueAt } = urgent;
    await clockTo(18 * hour);
    await desk.until(urgent.id, ({ referral }) => referral.status === "sent");
    // Within the vendor's first hour: nobody is told of its silence yet.
    await clockTo(18.5 * hour);
    const request = await desk.read(urgent.id);
    expect(request).toMatchObject({ status: "awaiting-information", missing: ["clinical-documents"], completeAt: null, dueAt });
    expect(Date.parse(request.referral.sentAt) - began).toBeGreaterThanOrEqual(18 * hour);
    expect(Date.parse(request.referral.sentAt) - began).toBeLessThan(18 * hour + minute);
    expect(await casesOf(cloud, urgent.id)).toMatchObject([{ deliveries: 1, updates: 0 }]);
    const types = await typesOf(urgent.id);
    expect(types).toEqual(["request.submitted", "referral.released", "referral.sent"]);
    // A standard request's quarter has not come.
    expect((await desk.read(slow.id)).referral.status).toBe("waiting");
  });

  test("a document that comes later is announced to the vendor, in the same case", async () => {
    expect((await desk.attach(urgent.id, pdf())).status).toBe("available");
    await eventually(
      async () => (await casesOf(cloud, urgent.id)).map((one) => one.updates as number),
      ([updates]) => updates === 1,
    );
    expect(await casesOf(cloud, urgent.id)).toHaveLength(1);
    const request = await desk.until(urgent.id, ({ missing }) => missing.length === 0);
    expect(request).toMatchObject({ status: "referred-to-vendor", referral: { status: "sent" } });
    expect((await typesOf(urgent.id)).filter((type) => type === "referral.released")).toHaveLength(1);
  });
});

describe("a document that never comes", () => {
  test("keeps its place for a day, longer when its form is asked for again", async () => {
    renewed = await desk.register(slow.id, plainText("Seen again in the afternoon.\n"));
    expect(renewed.upload).toBeDefined();
    expect((await desk.readDocument(slow.id, forgotten.id)).status).toBe("awaiting-upload");
  });

  test("is expired after that, says what to do, and its form is worth nothing", async () => {
    await clockTo(25 * hour);
    const document = await desk.readDocument(slow.id, forgotten.id);
    expect(document).toMatchObject({ status: "expired", reason: expect.stringMatching(/register the same document again/i) });
    expect(document.download).toBeUndefined();
    expect(await upload(forgotten.upload, pdf().bytes)).toMatchObject({
      status: 403,
      text: expect.stringMatching(/Policy expired/),
    });
    expect((await desk.readDocument(slow.id, renewed.id)).status).toBe("awaiting-upload");
    expect(await desk.read(slow.id)).toMatchObject({ status: "awaiting-information" });
    const expiries = (await desk.events(slow.id)).filter(({ type }) => type === "document.expired");
    expect(expiries).toMatchObject([{ actor: { type: "system", id: "timers" } }]);
  });

  test("is opened again under the same id when it is registered again", async () => {
    const again = await desk.register(slow.id, pdf());
    expect(again).toMatchObject({ id: forgotten.id, status: "awaiting-upload" });
    expect(again.reason).toBeUndefined();
    expect(again.upload.expiresAt > forgotten.upload.expiresAt).toBe(true);
    expect((await upload(again.upload, pdf().bytes)).status).toBe(204);
    expect(await desk.settled(slow.id, again.id)).toMatchObject({ status: "available" });
    expect(await desk.until(slow.id, ({ status }) => status === "approved")).toMatchObject({ missing: [] });
    const types = (await typesOf(slow.id)).filter((type) => type.startsWith("document."));
    expect(types).toEqual([
      "document.registered",
      "document.registered",
      "document.expired",
      "document.reopened",
      "document.available",
    ]);
  });

  test("is expired though its request has been decided meanwhile", async () => {
    expect(await desk.readDocument(decided.id, superfluous.id)).toMatchObject({ status: "expired" });
    expect(await desk.read(decided.id)).toMatchObject({ status: "approved", missing: [] });
  });
});

test("a link to a document is good for a few minutes", async () => {
  const { documents } = await desk.read(slow.id);
  const { id } = documents.find(({ status }: Json) => status === "available");
  const { download } = await desk.readDocument(slow.id, id);
  expect((await fetch(download.url)).status).toBe(200);
  await controlOf(cloud, "clock", { milliseconds: 6 * minute });
  expect((await fetch(download.url)).status).toBe(403);
  expect((await fetch((await desk.readDocument(slow.id, id)).download.url)).status).toBe(200);
});
