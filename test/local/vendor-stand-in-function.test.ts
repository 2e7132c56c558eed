import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { refuseSignature, signVendorRequest } from "../../infra/local/stand-ins/vendor-signature.ts";

type Item = Record<string, { S?: string; N?: string }>;
type Event = { type: string; version: number; caseId: string; requestId: string; eventId: string; lines?: { outcome: string }[] };

const current = { id: "key-1", secret: "first" };
const requestId = "PA-ONE";

/** The stand-in's table, the secrets, and the plan that is called back: all on one port. */
const items = new Map<string, Item>();
let events: Event[] = [];
let planAnswers: number[] = [];
const server: Server = createServer(async (request, response) => {
  const body = await text(request);
  const answer = (status: number, content: object = {}) => response.writeHead(status).end(JSON.stringify(content));
  if (request.url === "/v1/vendor-events") {
    const refused = refuseSignature(request.headers, Buffer.from(body), [current], new Date());
    const status = refused ? 401 : (planAnswers.shift() ?? 202);
    if (status < 300) events.push(JSON.parse(body) as Event);
    return answer(status);
  }
  const action = String(request.headers["x-amz-target"]).split(".")[1];
  const input = JSON.parse(body);
  if (action === "GetSecretValue") return answer(200, { SecretString: JSON.stringify({ current }) });
  if (action === "GetItem") return answer(200, items.has(input.Key.pk.S) ? { Item: items.get(input.Key.pk.S) } : {});
  const seen = input.ExpressionAttributeValues?.[":seen"]?.N;
  if (items.get(input.Item.pk.S)?.version?.N !== seen)
    return answer(400, { __type: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException" });
  items.set(input.Item.pk.S, input.Item);
  return answer(200);
});

let handler: typeof import("../../infra/stand-ins/vendor-stand-in.ts").handler;

beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "ASIA",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_ENDPOINT_URL: url,
    API_URL: url,
    TABLE_NAME: "cases",
    VENDOR_SECRET: "vendor",
  });
  ({ handler } = await import("../../infra/stand-ins/vendor-stand-in.ts"));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  items.clear();
  events = [];
  planAnswers = [];
});

const referralOf = (memberId: string) => ({
  requestId,
  member: { id: memberId },
  lines: [{ lineNumber: 1, quantity: 1, serviceDate: "2026-12-20" }],
  documents: [{ id: "D1" }],
});

const send = async (path: string, message: object, key = `${requestId}.1`, secret = current.secret) => {
  const body = JSON.stringify(message);
  const signed = signVendorRequest(secret, current.id, Math.floor(Date.now() / 1000), body);
  const headers = Object.fromEntries(Object.entries(signed).map(([name, value]) => [name.toLowerCase(), value]));
  const answer = await handler({
    rawPath: path,
    requestContext: { http: { method: "POST" } },
    headers: { ...headers, "idempotency-key": key },
    body,
    isBase64Encoded: false,
  });
  return { status: answer?.statusCode, body: JSON.parse(answer?.body ?? "null") as { caseId: string } };
};

/** As the table's stream does after each change. */
const wake = () => handler({ Records: [{ dynamodb: { Keys: { pk: { S: requestId } } } }] });

describe("the vendor's stand-in as a function", () => {
  it("takes a referral, acknowledges it and approves it, signed", async () => {
    const { status, body } = await send("/referrals", referralOf("10487654321"));
    expect(status).toBe(202);
    await wake();
    expect(events.map(({ type, version, caseId }) => [type, version, caseId])).toEqual([
      ["acknowledged", 1, body.caseId],
      ["decided", 2, body.caseId],
    ]);
    expect(events[1]?.lines).toEqual([expect.objectContaining({ lineNumber: 1, outcome: "approved" })]);
  });

  it("opens one case however often a referral is delivered, and calls back once", async () => {
    const answers = await Promise.all([1, 2, 3].map(() => send("/referrals", referralOf("10487654321"))));
    expect(new Set(answers.map(({ body }) => body.caseId)).size).toBe(1);
    await wake();
    await wake();
    expect(events).toHaveLength(2);
  });

  it("goes on with the same event when the plan was not there", async () => {
    await send("/referrals", referralOf("10487654321"));
    planAnswers = [503];
    await expect(wake()).rejects.toThrow("The plan answered 503");
    await wake();
    expect(events.map(({ version }) => version)).toEqual([1, 2]);
  });

  it("asks, and decides when something new arrives", async () => {
    await send("/referrals", referralOf("10487654328"));
    await wake();
    expect(events.map(({ type }) => type)).toEqual(["acknowledged", "information-requested"]);
    const news = (...ids: string[]) => ({ requestId, documents: ids.map((id) => ({ id })) });
    const path = `/referrals/${requestId}/updates`;
    await send(path, news("D1"), `${requestId}.1.8`);
    await wake();
    expect(events).toHaveLength(2);
    await send(path, news("D1", "D2"), `${requestId}.1.9`);
    await wake();
    expect(events.at(-1)).toMatchObject({ type: "decided", version: 3 });
  });

  it("fails twice, then works, by the last digit", async () => {
    const statuses = [];
    for (let attempt = 0; attempt < 3; attempt += 1) statuses.push((await send("/referrals", referralOf("10487654324"))).status);
    expect(statuses).toEqual([503, 503, 202]);
  });

  it("refuses what the plan has not signed, what it cannot read, and other paths", async () => {
    expect((await send("/referrals", referralOf("10487654321"), undefined, "another")).status).toBe(401);
    expect((await send("/referrals", {})).status).toBe(400);
    expect((await send("/cases", {})).status).toBe(404);
    expect((await send("/referrals/PA-NONE/updates", { requestId: "PA-NONE" }, "PA-NONE.1.2")).status).toBe(404);
    expect(items.size).toBe(0);
  });

  it("keeps nobody's name", async () => {
    await send("/referrals", {
      ...referralOf("10487654321"),
      member: { id: "10487654321", givenName: "Ada", familyName: "Reyes" },
    });
    expect(JSON.stringify([...items])).not.toMatch(/Ada|Reyes|10487654321/);
  });
});
