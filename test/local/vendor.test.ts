import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { answerJson, listen, type PlainServer, readBody } from "../../infra/local/plain-http.ts";
import { signVendorRequest, startVendor, type Vendor } from "../../infra/local/stand-ins/vendor.ts";
import { refuseSignature } from "../../infra/local/stand-ins/vendor-signature.ts";

const key = { id: "key-1", secret: "a shared secret" };
const seconds = () => Math.floor(Date.now() / 1000);

type Event = {
  eventId: string;
  type: string;
  caseId: string;
  requestId?: string;
  version: number;
  occurredAt: string;
  lines?: Record<string, unknown>[];
  submission?: unknown;
};

/** The plan as the vendor sees it: it checks signatures and answers what the test wants. */
let plan: PlainServer & { events: Event[]; answer: (event: Event) => { status: number; body?: object } };
let directory: string;
let vendor: Vendor | undefined;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "vendor-"));
  const events: Event[] = [];
  const server = await listen(0, async (request, response) => {
    const bytes = (await readBody(request, 1_000_000)) ?? Buffer.alloc(0);
    expect(request.url).toBe("/v1/vendor-events");
    expect(refuseSignature(request.headers, bytes, [key], new Date())).toBeUndefined();
    const event = JSON.parse(bytes.toString()) as Event;
    const { status, body } = plan.answer(event);
    if (status < 300) events.push(event);
    answerJson(response, status, body ?? {});
  });
  plan = { ...server, events, answer: () => ({ status: 202 }) };
});
afterEach(async () => {
  await vendor?.close();
  vendor = undefined;
  await plan.close();
  rmSync(directory, { recursive: true });
});

const start = async () => {
  vendor = await startVendor({
    port: 0,
    directory,
    apiUrl: () => `http://127.0.0.1:${plan.port}`,
    keys: () => [key],
    now: () => new Date(),
    delay: 5,
  });
  return vendor;
};

const referralOf = (memberId: string, requestId = "PA-1") => ({
  requestId,
  referralNumber: 1,
  receivedAt: "2026-11-22T10:00:00Z",
  dueAt: "2026-11-29T10:00:00Z",
  priority: "standard",
  member: { id: memberId, givenName: "Ada", familyName: "Reyes", birthDate: "1986-04-02" },
  requestingProvider: { npi: "1234567893" },
  diagnoses: [],
  lines: [
    { lineNumber: 1, code: "72148", modifiers: [], serviceDate: "2026-12-20", quantity: 2, unit: "visit" },
    { lineNumber: 3, code: "70551", modifiers: [] },
  ],
  documents: [],
});

const post = async (
  url: string,
  body: object,
  { idempotencyKey = "PA-1.1", headers = {} as Record<string, string>, secret = key.secret, timestamp = seconds() } = {},
) => {
  const text = JSON.stringify(body);
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "idempotency-key": idempotencyKey,
      ...signVendorRequest(secret, key.id, timestamp, text),
      ...headers,
    },
    body: text,
  });
  return { status: response.status, body: (await response.json()) as { caseId?: string; message?: string } };
};

type Listed = {
  caseId: string;
  requestId?: string;
  state: string;
  deliveries: number;
  callbacks: { status: string; answered?: number }[];
};
const casesOf = async (url: string) => ((await (await fetch(`${url}/cases`)).json()) as { cases: Listed[] }).cases;
const until = (check: () => unknown) => vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 10_000, interval: 5 });
const settled = () => until(() => !vendor?.busy());

test("a signature covers time and bytes", () => {
  const headers = { "x-timestamp": "1800000000", "x-key-id": "key-1", "x-signature": "" };
  const now = new Date(1_800_000_299_000);
  const body = Buffer.from('{"a":1}');
  headers["x-signature"] = signVendorRequest(key.secret, key.id, 1_800_000_000, body)["X-Signature"] ?? "";
  expect(headers["x-signature"]).toMatch(/^v1=[0-9a-f]{64}$/);
  expect(refuseSignature(headers, body, [key], now)).toBeUndefined();
  expect(refuseSignature(headers, Buffer.from('{"a":2}'), [key], now)).toBeDefined();
  expect(refuseSignature({ ...headers, "x-timestamp": "1800000001" }, body, [key], now)).toBeDefined();
  expect(refuseSignature({ ...headers, "x-signature": "v1=" }, body, [key], now)).toBeDefined();
  expect(refuseSignature({ ...headers, "x-key-id": "key-2" }, body, [key], now)).toBeDefined();
  expect(refuseSignature(headers, body, [key], new Date(1_800_000_301_000))).toBeDefined();
  expect(refuseSignature({}, body, [key], now)).toBeDefined();
});

describe("a referral", () => {
  test("is acknowledged and approved, line by line", async () => {
    const { url } = await start();
    const { status, body } = await post(`${url}/referrals`, referralOf("10487654321"));
    expect(status).toBe(202);
    await settled();
    expect(plan.events.map(({ type, version, requestId, caseId }) => [type, version, requestId, caseId])).toEqual([
      ["acknowledged", 1, "PA-1", body.caseId],
      ["decided", 2, "PA-1", body.caseId],
    ]);
    const today = new Date().toISOString().slice(0, 10);
    expect(plan.events[1]?.lines).toEqual([
      { lineNumber: 1, outcome: "approved", quantity: 2, from: "2026-12-20", to: "2027-03-20" },
      { lineNumber: 3, outcome: "approved", quantity: 1, from: today, to: expect.any(String) },
    ]);
  });

  test("that is repeated opens no second case, and is not answered twice", async () => {
    const { url } = await start();
    const first = await post(`${url}/referrals`, referralOf("10487654321"));
    await settled();
    const second = await post(`${url}/referrals`, referralOf("10487654321"));
    await settled();
    expect(second).toEqual(first);
    expect(plan.events).toHaveLength(2);
    expect(await casesOf(url)).toMatchObject([{ requestId: "PA-1", deliveries: 2, state: "decided" }]);
  });

  test("is refused when the plan did not sign it, or when it cannot be read", async () => {
    const { url } = await start();
    const body = referralOf("10487654321");
    expect((await post(`${url}/referrals`, body, { secret: "another" })).status).toBe(401);
    expect((await post(`${url}/referrals`, body, { timestamp: seconds() - 400 })).status).toBe(401);
    expect((await post(`${url}/referrals`, body, { headers: { "x-key-id": "key-9" } })).status).toBe(401);
    expect((await post(`${url}/referrals`, body, { idempotencyKey: "PA-2.1" })).status).toBe(400);
    expect((await post(`${url}/referrals`, { ...body, lines: [] })).status).toBe(400);
    expect((await post(`${url}/elsewhere`, body)).status).toBe(404);
    expect(await casesOf(url)).toEqual([]);
  });

  test("9: denied by a physician, with a reason", async () => {
    const { url } = await start();
    await post(`${url}/referrals`, referralOf("10487654329"));
    await settled();
    expect(plan.events.map(({ type }) => type)).toEqual(["acknowledged", "decided"]);
    expect(plan.events[1]?.lines?.[0]).toMatchObject({
      outcome: "denied",
      criterion: expect.any(String),
      clinician: { name: expect.any(String), credential: "MD" },
      reason: { code: expect.any(String), text: expect.any(String) },
    });
  });

  test("8: asks for information and approves once it arrives, repeats and old news making no difference", async () => {
    const { url } = await start();
    const { body } = await post(`${url}/referrals`, { ...referralOf("10487654328"), documents: [{ id: "doc-1" }] });
    const update = (fields: object, idempotencyKey: string) =>
      post(
        `${url}/referrals/PA-1/updates`,
        { requestId: "PA-1", caseId: body.caseId, diagnoses: [], documents: [{ id: "doc-1" }], ...fields },
        { idempotencyKey },
      );
    const before = await update({ answers: [{ code: "a", text: "b" }] }, "PA-1.1.2");
    expect(before.status).toBe(202);
    await settled();
    expect(plan.events.map(({ type }) => type)).toEqual(["acknowledged", "information-requested"]);
    expect((await update({ answers: [{ code: "a", text: "b" }] }, "PA-1.1.3")).status).toBe(202);
    await settled();
    expect(plan.events).toHaveLength(2);
    for (let repeat = 0; repeat < 2; repeat += 1) {
      const told = await update({ documents: [{ id: "doc-1" }, { id: "doc-2" }], answers: [{ code: "a", text: "b" }] }, "PA-1.1.4");
      expect(told.body.caseId).toBe(body.caseId);
      await settled();
    }
    expect(plan.events.map(({ type, version }) => [type, version]).at(-1)).toEqual(["decided", 3]);
    expect(plan.events).toHaveLength(3);
    expect((await post(`${url}/referrals/PA-9/updates`, { requestId: "PA-9" }, { idempotencyKey: "PA-9.1.x" })).status).toBe(404);
  });

  test("8: an answer alone is information too", async () => {
    const { url } = await start();
    await post(`${url}/referrals`, referralOf("10487654328"));
    await settled();
    const body = { requestId: "PA-1", diagnoses: [], documents: [], answers: [{ code: "a", text: "b" }] };
    await post(`${url}/referrals/PA-1/updates`, body, { idempotencyKey: "PA-1.1.5" });
    await settled();
    expect(plan.events.map(({ type }) => type)).toEqual(["acknowledged", "information-requested", "decided"]);
  });

  test("7: taken, and never heard of again", async () => {
    const { url } = await start();
    expect((await post(`${url}/referrals`, referralOf("10487654327"))).status).toBe(202);
    await settled();
    expect(plan.events).toEqual([]);
    expect(await casesOf(url)).toMatchObject([{ state: "silent", callbacks: [] }]);
  });

  test("6: not delegated", async () => {
    const { url } = await start();
    await post(`${url}/referrals`, referralOf("10487654326"));
    await settled();
    expect(plan.events.map(({ type }) => type)).toEqual(["not-delegated"]);
  });

  test("5: answered twice, then contradicted", async () => {
    const { url } = await start();
    plan.answer = (event) => ({ status: event.version === 3 ? 409 : 202 });
    await post(`${url}/referrals`, referralOf("10487654325"));
    await settled();
    const [, first, second] = plan.events;
    expect(plan.events.map(({ type, version }) => [type, version])).toEqual([
      ["acknowledged", 1],
      ["decided", 2],
      ["decided", 2],
    ]);
    expect(second).toEqual(first);
    const [listed] = await casesOf(url);
    expect(listed?.callbacks.at(-1)).toMatchObject({ type: "decided", version: 3, status: "refused", answered: 409 });
  });

  test("4: fails twice, then works, in one case", async () => {
    const { url } = await start();
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 4; attempt += 1)
      statuses.push((await post(`${url}/referrals`, referralOf("10487654324"))).status);
    expect(statuses).toEqual([503, 503, 202, 202]);
    await settled();
    expect(plan.events.map(({ type }) => type)).toEqual(["acknowledged", "decided"]);
    expect(await casesOf(url)).toHaveLength(1);
  });
});

test("a callback is repeated until the plan takes it, in order", async () => {
  const { url } = await start();
  let refusals = 0;
  plan.answer = () => ({ status: refusals++ < 2 ? 503 : 202 });
  await post(`${url}/referrals`, referralOf("10487654321"));
  await settled();
  expect(plan.events.map(({ version }) => version)).toEqual([1, 2]);
});

test("the vendor opens a case of its own, and decides it under the request that came of it", async () => {
  const { url } = await start();
  plan.answer = ({ type }) => ({ status: 202, body: type === "opened" ? { requestId: "PA-77" } : {} });
  const submission = { channel: "vendor", lines: [{ code: "72148", modifiers: [] }] };
  const response = await fetch(`${url}/open`, { method: "POST", body: JSON.stringify({ submission, decide: true }) });
  expect(response.status).toBe(202);
  await settled();
  expect(plan.events).toMatchObject([
    { type: "opened", version: 1, submission },
    { type: "decided", version: 2, requestId: "PA-77", lines: [{ lineNumber: 1, outcome: "approved" }] },
  ]);
  expect(plan.events[0]).not.toHaveProperty("requestId");
});

test("what the vendor has said since a moment is said again, word for word, when it is asked to", async () => {
  const { url } = await start();
  plan.answer = ({ type }) => ({ status: 202, body: type === "opened" ? { requestId: "PA-77" } : {} });
  await post(`${url}/referrals`, referralOf("10487654321"));
  const submission = { lines: [{ code: "72148", modifiers: [] }] };
  await fetch(`${url}/open`, { method: "POST", body: JSON.stringify({ submission }) });
  await settled();
  const said = plan.events.splice(0);
  const resend = (since: string) => fetch(`${url}/resend`, { method: "POST", body: JSON.stringify({ since }) });
  expect(await (await resend(new Date(Date.now() + 60_000).toISOString())).json()).toEqual({ resent: 0 });
  expect(await (await resend(new Date(Date.now() - 60_000).toISOString())).json()).toEqual({ resent: 3 });
  await settled();
  const sorted = (events: Event[]) => events.toSorted((one, other) => (one.eventId < other.eventId ? -1 : 1));
  expect(sorted(plan.events)).toEqual(sorted(said));
  expect((await resend("yesterday")).status).toBe(400);
});

test("SIGKILL between the referral and its callbacks loses neither the case nor the callbacks", async () => {
  const module = new URL("../../infra/local/stand-ins/vendor.ts", import.meta.url).href;
  const script = `
    import { startVendor } from ${JSON.stringify(module)};
    const vendor = await startVendor({
      port: 0, directory: ${JSON.stringify(directory)}, apiUrl: () => "http://127.0.0.1:${plan.port}",
      keys: () => [${JSON.stringify(key)}], now: () => new Date(), delay: 5,
    });
    console.log(vendor.url);
  `;
  let asked = 0;
  plan.answer = () => {
    asked += 1;
    return { status: 503 };
  };
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [url] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const { body } = await post(`${url}/referrals`, referralOf("10487654321"));
  await until(() => asked > 0);
  child.kill("SIGKILL");
  await once(child, "exit");

  plan.answer = () => ({ status: 202 });
  const restarted = await start();
  await settled();
  expect(plan.events.map(({ type, caseId }) => [type, caseId])).toEqual([
    ["acknowledged", body.caseId],
    ["decided", body.caseId],
  ]);
  expect((await post(`${restarted.url}/referrals`, referralOf("10487654321"))).body).toEqual(body);
  expect(await casesOf(restarted.url)).toMatchObject([{ deliveries: 2 }]);
  expect(readFileSync(join(directory, "vendor.jsonl"), "utf8")).not.toMatch(/Ada|Reyes|10487654321/);
});
