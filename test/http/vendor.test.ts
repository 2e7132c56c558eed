import { randomUUID } from "node:crypto";
import { QueryCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, describe, expect, test } from "vitest";
import { signVendorRequest } from "../../infra/local/stand-ins/vendor-signature.ts";
import { shards } from "../../shared/aws/keys.ts";
import { aSubmission, therapyLine } from "../builders.ts";
import { eventually } from "../eventually.ts";
import { pdf, png } from "../files.ts";
import { tableName, tableOf } from "../table-of.ts";
import { caller, cloud, type Json } from "./client.ts";
import { casesOf, deskOf, memberEndingIn, taken } from "./imaging-desk.ts";
import { event, seconds, sharedKeys, type VendorMessage, vendorAt } from "./vendor-messages.ts";

const provider = await caller({ role: "provider" });
const nobody = await caller(undefined);
const desk = deskOf(provider);
const hear = vendorAt(cloud, nobody);
const table = tableOf(cloud);
afterAll(() => table.destroy());

/** Complete, and on its way to a vendor of that kind. */
async function complete(digit: string, changes: Parameters<typeof desk.submit>[1] = {}): Promise<Json> {
  const request = await desk.submit(digit, changes);
  await desk.attach(request.id, pdf());
  return request;
}

/** With a silent vendor, so that the test says what the vendor says. */
async function referred(changes: Parameters<typeof desk.submit>[1] = {}): Promise<Json> {
  const { id } = await complete("7", changes);
  return desk.until(id, ({ referral }) => referral.status === "sent");
}

/** What the vendor has brought about; a letter may be noted beside it at any moment. */
const byVendor = async (requestId: string) => (await desk.events(requestId)).filter(({ actor }) => actor.type === "vendor");
const typesOf = async (requestId: string) => (await desk.events(requestId)).map((one) => one.type as string);

/** Is it in the queue of what a person has to judge of the vendor's words? */
async function isException(requestId: string): Promise<boolean> {
  const found = await Promise.all(
    shards.map((shard) =>
      table.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: "worklist",
          KeyConditionExpression: "worklistKey = :queue",
          ExpressionAttributeValues: { ":queue": { S: `vendor-exceptions#${shard}` } },
        }),
      ),
    ),
  );
  return found.some(({ Items }) => Items?.some((item) => item.pk?.S === `REQUEST#${requestId}`));
}

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
const approval = { lineNumber: 1, outcome: "approved", quantity: 1, from: "2026-12-20", to: "2027-03-20" };
const clinician = { name: "Dr. Robin Ames", credential: "MD" };
const denial = { lineNumber: 1, outcome: "denied", reason: { code: "0F", text: "Not medically necessary." }, clinician };

describe.concurrent("a vendor that", () => {
  test("approves (most digits): the request is approved, its authorization says from when to when", async () => {
    const { id, receivedAt } = await complete("1");
    const request = await desk.until(id, ({ referral }) => referral.status === "decided");
    expect(request).toMatchObject({
      status: "approved",
      receivedAt,
      dueAt: null,
      missing: [],
      exception: null,
      referral: { vendor: "NIA", status: "decided" },
      authorization: { number: id.replace("PA-", "AU-"), from: "2026-12-20", to: "2027-03-20" },
    });
    expect(request.lines[0].decision).toMatchObject({
      outcome: "approved",
      quantity: 1,
      unit: "visit",
      decidedBy: { name: "NIA" },
    });
    const [only, ...others] = await casesOf(cloud, id);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ caseId: request.referral.caseId, state: "decided" });
    expect(await typesOf(id)).toEqual([
      "request.submitted",
      "document.registered",
      "document.available",
      "request.completed",
      "referral.released",
      "referral.sent",
      "referral.acknowledged",
      "line.decided",
    ]);
  });

  test("denies (9): denied, with the reason and the clinician who decided", async () => {
    const { id } = await complete("9");
    const request = await desk.until(id, ({ status }) => status === "denied");
    expect(request).toMatchObject({ authorization: null, dueAt: null, exception: null, referral: { status: "decided" } });
    expect(request.lines[0].decision).toMatchObject({
      outcome: "denied",
      quantity: null,
      reason: { code: "0F", text: expect.stringMatching(/necessary/) },
      decidedBy: clinician,
      criterion: expect.stringMatching(/guideline/),
    });
    expect(await casesOf(cloud, id)).toHaveLength(1);
  });

  test("asks (8): awaiting-information while the clock runs, and approved once it is answered", async () => {
    const { id, dueAt } = await complete("8");
    const asked = await desk.until(id, ({ referral }) => referral.status === "information-requested");
    expect(asked).toMatchObject({ status: "awaiting-information", missing: [], dueAt });
    expect(asked.informationRequest).toMatchObject({
      askedBy: "vendor",
      items: [{ code: expect.any(String), text: expect.any(String) }],
    });

    const answers = [{ code: asked.informationRequest.items[0].code, text: "There is no previous imaging." }];
    const answered = taken(await provider.post(`/v1/requests/${id}/information`, { answers }), 200);
    expect(answered).toMatchObject({
      status: "referred-to-vendor",
      informationRequest: null,
      referral: { status: "acknowledged" },
    });
    expect(await desk.until(id, ({ status }) => status === "approved")).toMatchObject({ answers, exception: null });
    expect(await casesOf(cloud, id)).toMatchObject([{ updates: 1 }]);
  });

  test("asks (8): a document is announced to it, and answers it too", async () => {
    const { id } = await complete("8");
    await desk.until(id, ({ referral }) => referral.status === "information-requested");
    expect((await desk.attach(id, png())).status).toBe("available");
    const decided = await desk.until(id, ({ status }) => status === "approved");
    expect(decided).toMatchObject({ informationRequest: null, exception: null, referral: { status: "decided" } });
  });

  test("never answers (7): referred and sent, the clock running", async () => {
    const { id, dueAt } = await referred();
    expect(await desk.read(id)).toMatchObject({
      status: "referred-to-vendor",
      dueAt,
      exception: null,
      referral: { status: "sent", caseId: null, sentAt: expect.any(String) },
    });
    expect(await casesOf(cloud, id)).toMatchObject([{ state: "silent", callbacks: [] }]);
  });

  test("gives it back (6): the plan reviews, on the clock that started at receipt", async () => {
    const { id, receivedAt, dueAt } = await complete("6");
    const request = await desk.until(id, ({ referral }) => referral.status === "returned");
    expect(request).toMatchObject({ status: "in-review", receivedAt, dueAt, exception: null });
    expect(request.lines[0]).toMatchObject({
      route: "plan",
      decision: null,
      because: "The imaging vendor does not decide this service: the plan does.",
    });
    expect(await casesOf(cloud, id)).toHaveLength(1);
  });

  test("answers twice and contradicts itself (5): the first answer stands, a person is asked", async () => {
    const { id } = await complete("5");
    const request = await desk.until(id, ({ exception }) => exception !== null);
    expect(request).toMatchObject({ status: "approved", exception: { reason: "The vendor contradicts its own decision." } });
    expect(request.lines[0].decision.outcome).toBe("approved");
    expect(await isException(id)).toBe(true);
    const told = await eventually(
      async () => (await casesOf(cloud, id)).flatMap((one) => one.callbacks.map((callback: Json) => callback.answered as number)),
      (answers) => answers.length === 4 && answers.every(Boolean),
    );
    expect(told).toEqual([202, 202, 200, 409]);
    expect((await typesOf(id)).filter((type) => /decided|contradicted/.test(type))).toEqual([
      "line.decided",
      "vendor.contradicted",
    ]);
  });

  test("fails twice and then works (4): approved all the same, one case", async () => {
    const { id } = await complete("4");
    expect(await desk.until(id, ({ status }) => status === "approved")).toMatchObject({ exception: null });
    expect(await casesOf(cloud, id)).toHaveLength(1);
  });

  test("is told of a document that becomes available after the referral", async () => {
    const { id } = await referred();
    await desk.attach(id, png());
    await eventually(
      async () => (await casesOf(cloud, id)).map((one) => one.updates as number),
      ([updates = 0]) => updates > 0,
    );
    expect(await casesOf(cloud, id)).toHaveLength(1);
  });
});

describe.concurrent("an event is the vendor's only when", () => {
  const harmless = () => event("acknowledged", 1, { caseId: "NIA-NONE", requestId: `PA-${"A".repeat(26)}` });
  const unsigned = { status: 401, body: { type: "/problems/vendor-signature-invalid" } };

  test("it is signed with a live key over its time and its very bytes", async () => {
    const { current } = sharedKeys(cloud);
    const body = JSON.stringify(harmless());
    const signed = signVendorRequest(current.secret, current.id, seconds(), body);
    const send = (headers: Record<string, string>, sent = body) => nobody.post("/v1/vendor-events", sent, headers);
    // Signed well, it is heard: there is no such case.
    expect(await send(signed)).toMatchObject({ status: 404, body: { type: "/problems/vendor-event-unknown-case" } });

    const { "X-Signature": signature = "", ...rest } = signed;
    const bent = `${signature.slice(0, -1)}${signature.endsWith("0") ? "1" : "0"}`;
    const answers = await Promise.all([
      send({}),
      send(rest),
      send({ ...rest, "X-Signature": bent }),
      send({ ...rest, "X-Signature": signature.replace("v1=", "v0=") }),
      send({ ...rest, "X-Signature": signature.slice(3) }),
      send({ ...signed, "X-Timestamp": String(Number(signed["X-Timestamp"]) - 1) }),
      send({ ...signed, "X-Key-Id": "somebody" }),
      send(signed, `${body} `),
      send(signed, body.replace("NIA-NONE", "NIA-SOME")),
      hear(harmless(), { key: { id: "somebody", secret: current.secret } }),
      hear(harmless(), { key: { id: current.id, secret: `${current.secret}x` } }),
      provider.post("/v1/vendor-events", body),
    ]);
    for (const answer of answers) expect(answer).toMatchObject(unsigned);
  });

  test("the key is the new or, while keys are changed, the old one: two live at once", async () => {
    const { current, previous } = sharedKeys(cloud);
    if (!previous) throw new Error("the pocket cloud has one key only");
    expect(previous.secret).not.toBe(current.secret);
    const { id: requestId } = await referred();
    const caseId = "NIA-KEYS";
    expect((await hear(event("acknowledged", 1, { requestId, caseId }), { key: previous })).status).toBe(202);
    expect((await hear(event("decided", 2, { requestId, caseId, lines: [approval] }), { key: current })).status).toBe(202);
    expect((await desk.read(requestId)).status).toBe("approved");
    for (const key of [
      { id: current.id, secret: previous.secret },
      { id: previous.id, secret: current.secret },
    ])
      expect(await hear(harmless(), { key })).toMatchObject(unsigned);
  });

  test("its time is not further from ours than five minutes", async () => {
    for (const timestamp of [seconds() - 305, seconds() + 305, 0, seconds() * 1000])
      expect(await hear(harmless(), { timestamp }), String(timestamp)).toMatchObject(unsigned);
    for (const timestamp of [seconds() - 290, seconds() + 290])
      expect((await hear(harmless(), { timestamp })).status, String(timestamp)).toBe(404);
  });

  test("faults of its body are told, and only to who signs", async () => {
    const bodies = ["not json", "[]", JSON.stringify({ type: "decided", surprise: true }), `"${"x".repeat(300_000)}"`];
    for (const body of bodies) expect(await nobody.post("/v1/vendor-events", body)).toMatchObject(unsigned);

    expect(await hear("not json")).toMatchObject({ status: 400, body: { type: "/problems/malformed-json" } });
    expect(await hear(`"${"x".repeat(300_000)}"`)).toMatchObject({ status: 413, body: { type: "/problems/body-too-large" } });
    const faulty = await hear(event("decided", 0, { caseId: "two words", requestId: "PA-1", surprise: true, occurredAt: "soon" }));
    expect(faulty).toMatchObject({ status: 400, body: { type: "/problems/validation-failed" } });
    expect(faulty.body.errors.map((error: Json) => error.pointer).sort()).toEqual([
      "/caseId",
      "/lines",
      "/occurredAt",
      "/requestId",
      "/surprise",
      "/version",
    ]);
    const requestId = `PA-${"A".repeat(26)}`;
    const future = event("opened", 1, { caseId: "NIA-1", requestId, occurredAt: inMinutes(60) });
    expect(await hear(future)).toMatchObject({ status: 400, body: { errors: [{ pointer: "/occurredAt" }] } });
  });
});

describe.concurrent("what the vendor says of a referral", () => {
  test("is taken once: a replay is answered 200 and changes nothing", async () => {
    const { id: requestId } = await referred();
    const acknowledged = event("acknowledged", 1, { requestId, caseId: "NIA-A" });
    expect(await hear(acknowledged)).toMatchObject({ status: 202, body: { requestId, replayed: false } });
    const decided = event("decided", 2, { requestId, caseId: "NIA-A", lines: [approval] });
    expect(await hear(decided)).toMatchObject({ status: 202 });
    expect(await desk.read(requestId)).toMatchObject({ status: "approved", referral: { caseId: "NIA-A", status: "decided" } });
    const stands = await byVendor(requestId);

    for (const replay of [decided, acknowledged, { ...decided, eventId: randomUUID() }, decided])
      expect(await hear(replay)).toMatchObject({ status: 200, body: { requestId, replayed: true } });
    expect((await Promise.all([1, 2, 3, 4].map(() => hear(decided)))).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await byVendor(requestId)).toEqual(stands);
    expect(stands.filter(({ type }) => type === "line.decided")).toHaveLength(1);
  });

  test("is taken once when it comes twice at once", async () => {
    const { id: requestId } = await referred();
    const decided = event("decided", 1, { requestId, caseId: "NIA-B", lines: [approval] });
    const answers = await Promise.all(Array.from({ length: 5 }, () => hear(decided)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 202]);
    expect((await typesOf(requestId)).filter((type) => type === "line.decided")).toHaveLength(1);
  });

  test("may come out of order: the decision stands, what is older only follows", async () => {
    const { id: requestId } = await referred();
    const caseId = "NIA-C";
    expect((await hear(event("decided", 3, { requestId, caseId, lines: [approval] }))).status).toBe(202);
    expect((await hear(event("information-requested", 2, { requestId, caseId }))).status).toBe(202);
    expect((await hear(event("acknowledged", 1, { requestId, caseId }))).status).toBe(202);
    expect(await desk.read(requestId)).toMatchObject({
      status: "approved",
      informationRequest: null,
      exception: null,
      referral: { status: "decided", caseId },
    });
  });

  test("may come before our own note that the referral was sent", async () => {
    const { id: requestId } = await desk.submit("7");
    await desk.attach(requestId, pdf());
    expect((await hear(event("acknowledged", 1, { requestId, caseId: "NIA-D" }))).status).toBe(202);
    const request = await desk.until(requestId, ({ referral }) => referral.sentAt !== null);
    expect(request.referral).toMatchObject({ status: "acknowledged", caseId: "NIA-D" });
  });

  test.each<[string, VendorMessage[], VendorMessage, string]>([
    [
      "another decision on a decided line",
      [event("decided", 1, { lines: [approval] })],
      event("decided", 2, { lines: [denial] }),
      "approved",
    ],
    ["two meanings of one version", [event("acknowledged", 1)], event("information-requested", 1), "referred-to-vendor"],
    ["another case", [event("acknowledged", 1)], event("acknowledged", 2, { caseId: "NIA-OTHER" }), "referred-to-vendor"],
    [
      "a line that it was not asked about",
      [],
      event("decided", 1, { lines: [{ ...approval, lineNumber: 2 }] }),
      "referred-to-vendor",
    ],
    ["a decision on what it gave back", [event("not-delegated", 1)], event("decided", 2, { lines: [approval] }), "in-review"],
    ["giving back what it decided", [event("decided", 1, { lines: [approval] })], event("not-delegated", 2), "approved"],
  ])("is a person's to judge when it is %s", async (_what, before, contradiction, status) => {
    const { id: requestId } = await referred();
    const said = (message: VendorMessage) => ({ caseId: "NIA-E", requestId, ...message });
    for (const message of before) expect((await hear(said(message))).status).toBe(202);
    const answer = await hear(said(contradiction));
    expect(answer).toMatchObject({ status: 409, body: { type: "/problems/vendor-event-needs-review" } });
    const stands = await byVendor(requestId);
    expect(await desk.read(requestId)).toMatchObject({ status, exception: { reason: expect.stringMatching(/vendor/i) } });
    expect(await isException(requestId)).toBe(true);

    // Said again, it is known, and stands in the history once.
    expect((await hear(said(contradiction))).status).toBe(200);
    expect(await byVendor(requestId)).toEqual(stands);
    expect((await typesOf(requestId)).filter((type) => type === "vendor.contradicted")).toHaveLength(1);
  });

  test.each([
    ["years before the receipt", () => "2020-01-01T00:00:00.000Z"],
    ["minutes before the receipt", () => inMinutes(-10)],
    ["in the future", () => inMinutes(10)],
  ])("is a person's to judge when it is dated %s", async (_when, occurredAt) => {
    const { id: requestId } = await referred();
    const dated = event("decided", 1, { requestId, caseId: "NIA-J", lines: [approval], occurredAt: occurredAt() });
    expect(await hear(dated)).toMatchObject({ status: 409, body: { type: "/problems/vendor-event-needs-review" } });
    const request = await desk.read(requestId);
    expect(request).toMatchObject({
      status: "referred-to-vendor",
      exception: { reason: expect.stringMatching(/^The vendor dates/) },
    });
    expect(request.lines[0].decision).toBeNull();
    expect(await isException(requestId)).toBe(true);
  });

  test("is a person's to judge when it decides after the request was taken back", async () => {
    const { id: requestId } = await referred();
    taken(await provider.post(`/v1/requests/${requestId}/withdrawal`, { reason: "The member moved away." }), 200);
    expect(await hear(event("decided", 1, { requestId, caseId: "NIA-F", lines: [approval] }))).toMatchObject({ status: 409 });
    const request = await desk.read(requestId);
    expect(request).toMatchObject({ status: "withdrawn", authorization: null, exception: { reason: expect.any(String) } });
    expect(request.lines[0].decision).toBeNull();
    expect(await isException(requestId)).toBe(true);
  });

  test("is refused when there is no such case or referral", async () => {
    const unknown = { status: 404, body: { type: "/problems/vendor-event-unknown-case" } };
    expect(await hear(event("acknowledged", 1, { caseId: "NIA-NEVER" }))).toMatchObject(unknown);
    expect(await hear(event("acknowledged", 1, { caseId: "NIA-NEVER", requestId: `PA-${"B".repeat(26)}` }))).toMatchObject(unknown);
    const { id: requestId } = await desk.submit("7", { lines: [therapyLine()] });
    expect(await hear(event("acknowledged", 1, { caseId: "NIA-NEVER", requestId }))).toMatchObject(unknown);
  });
});

describe.concurrent("an adverse answer", () => {
  test.each<[string, VendorMessage]>([
    ["without a clinician", { ...denial, clinician: undefined }],
    ["by a nurse", { ...denial, clinician: { name: "Nora Reviewer", credential: "RN" } }],
    ["without a reason", { ...denial, reason: undefined }],
    ["of less, by nobody", { lineNumber: 1, outcome: "approved-less", quantity: 1 }],
  ])("%s goes to the medical director", async (_what, line) => {
    const { id: requestId, dueAt } = await referred({ lines: [{ ...aSubmission().lines[0], quantity: 2 } as never] });
    expect((await hear(event("decided", 1, { requestId, caseId: "NIA-G", lines: [line] }))).status).toBe(202);
    const request = await desk.read(requestId);
    expect(request).toMatchObject({ status: "medical-director-review", dueAt, exception: null });
    expect(request.lines[0]).toMatchObject({ decision: null, because: expect.stringMatching(/clinician/) });
    expect(await typesOf(requestId)).toContain("line.escalated");
  });

  test("of fewer units than were asked for is a partial approval, whatever it is called", async () => {
    const { id: requestId } = await referred({ lines: [{ ...aSubmission().lines[0], quantity: 3 } as never] });
    const line = { ...approval, reason: denial.reason, clinician };
    expect((await hear(event("decided", 1, { requestId, caseId: "NIA-H", lines: [line] }))).status).toBe(202);
    const request = await desk.read(requestId);
    expect(request).toMatchObject({ status: "partially-approved", authorization: { from: "2026-12-20", to: "2027-03-20" } });
    expect(request.lines[0].decision).toMatchObject({ outcome: "approved-less", quantity: 1, decidedBy: clinician });
  });

  test("on one of two lines: the plan's own line and the vendor's are decided apart", async () => {
    const { id: requestId } = await referred({ lines: [aSubmission().lines[0] as never, therapyLine()] });
    expect((await hear(event("decided", 1, { requestId, caseId: "NIA-I", lines: [denial] }))).status).toBe(202);
    const request = await desk.read(requestId);
    expect(request).toMatchObject({ status: "in-review", authorization: null });
    expect(request.lines).toMatchObject([{ decision: { outcome: "denied" } }, { route: "plan", decision: null }]);
  });
});

describe.concurrent("a case that the provider opened at the vendor's own site", () => {
  const { channel: _, ...submission } = aSubmission({ member: memberEndingIn("1") });
  const opened = (caseId: string, more: VendorMessage = {}) =>
    event("opened", 1, { caseId, submission, occurredAt: new Date(Date.now() - 3_600_000).toISOString(), ...more });

  test("becomes a request of the channel vendor, received when the vendor says", async () => {
    const message = opened(`NIA-${randomUUID()}`);
    const answer = await hear(message);
    expect(answer).toMatchObject({ status: 202, body: { replayed: false } });
    const { requestId } = answer.body;
    const request = await desk.read(requestId);
    expect(request).toMatchObject({
      channel: "vendor",
      organization: "org-demo",
      receivedAt: message.occurredAt,
      dueAt: new Date(Date.parse(String(message.occurredAt)) + 7 * 24 * 3_600_000).toISOString(),
      status: "awaiting-information",
      missing: ["clinical-documents"],
      referral: { status: "acknowledged", caseId: message.caseId },
    });
    expect(await hear(message)).toMatchObject({ status: 200, body: { requestId, replayed: true } });

    // The vendor may know only its own case.
    const decided = event("decided", 2, { caseId: message.caseId, lines: [approval] });
    expect(await hear(decided)).toMatchObject({ status: 202, body: { requestId } });
    expect(await desk.read(requestId)).toMatchObject({ status: "approved", version: 2, authorization: { from: "2026-12-20" } });
    expect((await hear(event("decided", 3, { caseId: message.caseId, lines: [denial] }))).status).toBe(409);
  });

  test("is a person's once it is overdue, however the vendor dates its decision", async () => {
    const { requestId } = (await hear(opened(`NIA-${randomUUID()}`, { occurredAt: inMinutes(-8 * 24 * 60) }))).body;
    const { caseId } = (await desk.read(requestId)).referral;
    const decided = event("decided", 2, { caseId, lines: [approval], occurredAt: inMinutes(-2 * 24 * 60) });
    expect(await hear(decided)).toMatchObject({ status: 409, body: { type: "/problems/vendor-event-needs-review" } });
    const request = await desk.read(requestId);
    expect(request).toMatchObject({ authorization: null, exception: { reason: expect.stringMatching(/^The vendor/) } });
    expect(request.lines[0].decision).toBeNull();
    expect(await isException(requestId)).toBe(true);
  });

  test("is opened once, however often and at once it is told", async () => {
    const message = opened(`NIA-${randomUUID()}`);
    const answers = await Promise.all(Array.from({ length: 5 }, () => hear(message)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 202]);
    expect(new Set(answers.map(({ body }) => body.requestId)).size).toBe(1);
    expect((await typesOf(answers[0]?.body.requestId)).filter((type) => type === "request.submitted")).toHaveLength(1);
  });

  test("told again with other content goes to a person", async () => {
    const caseId = `NIA-${randomUUID()}`;
    const { requestId } = (await hear(opened(caseId))).body;
    const other = { ...submission, lines: [{ ...submission.lines[0], description: "MRI cervical spine" }] };
    expect((await hear(opened(caseId, { eventId: randomUUID(), submission: other }))).status).toBe(409);
    expect(await isException(requestId)).toBe(true);
  });

  test("is never referred to the vendor again, and its documents are announced there", async () => {
    const { caseId } = (await (
      await fetch(`${cloud.vendor}/open`, { method: "POST", body: JSON.stringify({ submission }) })
    ).json()) as { caseId: string };
    const known = await eventually(
      async () =>
        ((await (await fetch(`${cloud.vendor}/cases`)).json()) as { cases: Json[] }).cases.find((one) => one.caseId === caseId),
      (one) => one?.requestId !== undefined,
    );
    expect((await desk.attach(known.requestId, pdf())).status).toBe("available");
    await desk.until(known.requestId, ({ missing }) => missing.length === 0);
    await eventually(
      async () => (await casesOf(cloud, known.requestId)).map((one) => one.updates as number),
      ([updates = 0]) => updates > 0,
    );
    expect(await casesOf(cloud, known.requestId)).toHaveLength(1);
    expect(await typesOf(known.requestId)).not.toContain("referral.sent");
  });

  test("for a service that the vendor does not decide is the plan's, and a person is told", async () => {
    const message = opened(`NIA-${randomUUID()}`, { submission: { ...submission, lines: [therapyLine()] } });
    const answer = await hear(message);
    expect(answer.status).toBe(202);
    const request = await desk.read(answer.body.requestId);
    expect(request).toMatchObject({
      channel: "vendor",
      status: "awaiting-information",
      referral: { status: "returned" },
      exception: { reason: expect.stringMatching(/does not decide/) },
    });
    expect(await isException(request.id)).toBe(true);
    expect(await hear(message)).toMatchObject({ status: 200, body: { requestId: request.id, replayed: true } });
  });

  test("needs a submission, whose faults are told by pointer", async () => {
    const caseId = `NIA-${randomUUID()}`;
    expect(await hear(opened(caseId, { submission: undefined }))).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: "/submission" }] },
    });
    const faulty = await hear(opened(caseId, { submission: { ...submission, member: { id: "1" }, lines: [{}] } }));
    expect(faulty).toMatchObject({ status: 400 });
    expect(faulty.body.errors.map((error: Json) => error.pointer).sort()).toEqual([
      "/submission/lines/0/code",
      "/submission/member/id",
    ]);
  });
});
