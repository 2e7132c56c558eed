import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { httpVendor } from "../../../shared/vendor/http-vendor.ts";
import { isSignedBy } from "../../../shared/vendor/signature.ts";
import { received, requestId } from "../../builders.ts";

type Heard = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: Buffer };
type Answer = (response: ServerResponse, attempt: number) => void;

const status =
  (code: number, body = "", headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(code, headers).end(body);

let server: Server;
let heard: Heard[];
let answer: Answer;

beforeEach(async () => {
  // Retries wait a random while: none here.
  vi.spyOn(Math, "random").mockReturnValue(0);
  heard = [];
  answer = status(202, '{"caseId":"NIA-1"}');
  server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    heard.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks as Buffer[]) });
    answer(response, heard.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  vi.restoreAllMocks();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const vendor = (address = url()) =>
  httpVendor({ url: address, clock: { now: () => received }, key: async () => ({ id: "key-1", secret: "secret" }) });
const referral = { requestId, member: { familyName: "Reyes" } };

describe("a referral", () => {
  test("is sent signed, under its idempotency key", async () => {
    expect(await vendor().refer(`${requestId}.1`, referral)).toEqual({ taken: true });
    const [{ path, headers, body } = { path: "", headers: {} as IncomingHttpHeaders, body: Buffer.alloc(0) }] = heard;
    expect(path).toBe("/referrals");
    expect(headers).toMatchObject({ "idempotency-key": `${requestId}.1`, "x-key-id": "key-1", "content-type": "application/json" });
    const [timestamp, signature] = [String(headers["x-timestamp"]), String(headers["x-signature"])];
    expect(isSignedBy("secret", { timestamp, signature }, body, received)).toBe(true);
    expect(JSON.parse(body.toString())).toEqual(referral);
  });

  test("is told of news at its own place", async () => {
    await vendor().update(`${requestId}.1.7`, requestId, { documents: [] });
    expect(heard.map(({ path, headers }) => [path, headers["idempotency-key"]])).toEqual([
      [`/referrals/${requestId}/updates`, `${requestId}.1.7`],
    ]);
  });

  test.each([500, 503, 429, 408, 425])("is sent again after %d, with the same key", async (code) => {
    answer = (response, attempt) => status(attempt < 3 ? code : 200)(response, attempt);
    expect(await vendor().refer("key", referral)).toEqual({ taken: true });
    expect(new Set(heard.map(({ headers }) => headers["idempotency-key"]))).toEqual(new Set(["key"]));
    expect(heard).toHaveLength(3);
  });

  test("is left to the queue after four attempts", async () => {
    answer = status(503);
    expect(await vendor().refer("key", referral)).toMatchObject({ taken: false, permanent: false });
    expect(heard).toHaveLength(4);
  });

  test("is left to the queue when nobody answers", async () => {
    answer = (response) => void response.destroy();
    expect(await vendor().refer("key", referral)).toMatchObject({ taken: false, permanent: false });
  });

  test.each([400, 404, 409, 422])("is not sent again when it is refused with %d", async (code) => {
    answer = status(code, "Reyes is unknown");
    const reply = await vendor().refer("key", referral);
    expect(reply).toMatchObject({ taken: false, permanent: true });
    expect(heard).toHaveLength(1);
    expect(JSON.stringify(reply)).not.toContain("Reyes");
  });

  test("does not follow a redirect: nobody else gets to see it", async () => {
    answer = status(307, "", { location: `${url()}/elsewhere` });
    expect(await vendor().refer("key", referral)).toMatchObject({ taken: false, permanent: true });
    expect(heard.map(({ path }) => path)).toEqual(["/referrals"]);
  });
});

describe("the vendor's reply", () => {
  test.each([
    ["is no JSON", "thank you"],
    ["is null", "null"],
    ["names no case", '{"status":"ok"}'],
    ["names a case that is no text", '{"caseId":7}'],
    ["names a case of absurd length", `{"caseId":"${"x".repeat(101)}"}`],
  ])("counts, though it %s", async (_, body) => {
    answer = status(200, body);
    expect(await vendor().refer("key", referral)).toEqual({ taken: true });
  });

  test("is read up to 64 KB: a flood is cut off, and the referral counts as taken", async () => {
    let flooding = true;
    answer = (response) => {
      response.writeHead(200);
      response.on("close", () => {
        flooding = false;
      });
      const pour = () => {
        while (flooding && response.write("x".repeat(16_384)));
      };
      response.on("drain", pour);
      pour();
    };
    expect(await vendor().refer("key", referral)).toEqual({ taken: true });
    await vi.waitFor(() => expect(flooding).toBe(false));
  });
});
