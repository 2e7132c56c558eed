import { describe, expect, test } from "vitest";
import { type OperationId, operationOf, operations } from "../../shared/api/operations.ts";
import { aSubmission, theLeast } from "./bodies.ts";
import { caller } from "./client.ts";
import { expectProblem } from "./problems.ts";
import { badTokens } from "./tokens.ts";

const nobody = await caller(undefined);
const idsWhere = (isSo: (scopes: (typeof operations)[OperationId]["scopes"]) => boolean) =>
  (Object.keys(operations) as OperationId[]).filter((id) => isSo(operations[id].scopes));
const scoped = idsWhere((scopes) => typeof scopes !== "string");

/** A call of the operation that only its token can be wrong with. */
const call = (id: OperationId, who = nobody, headers: Record<string, string> = {}) => {
  const { method, path } = operationOf(id);
  const filled = path
    .replace("{requestId}", `PA-${"A".repeat(26)}`)
    .replace("{documentId}", "B".repeat(26))
    .replace("{code}", "72148");
  return who.call(method, filled, method === "GET" ? undefined : {}, headers);
};

describe("every operation of the table", () => {
  test.each(scoped)("%s is closed without a token", async (id) => {
    const answer = await call(id);
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ message: "Unauthorized" });
    expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
  });

  test.each(scoped)("%s is closed to a token without its scope", async (id) => {
    for (const scopes of [["documents:read"], [], ["requests", "requests:*", "REQUESTS:READ", "requests:reads"]]) {
      const answer = await call(id, await caller({ role: "provider", scopes }));
      expect(answer.status).toBe(403);
      expect(answer.body).toEqual({ message: "Forbidden" });
    }
  });

  test.each(scoped)("%s is open to each of its scopes alone, as far as the gateway goes", async (id) => {
    for (const scope of operations[id].scopes as readonly string[]) {
      const answer = await call(id, await caller({ role: scope.startsWith("reviews") ? "nurse" : "provider", scopes: [scope] }));
      expect(answer.body).not.toEqual({ message: "Forbidden" });
      expect(answer.status).not.toBe(401);
    }
  });

  test.each(scoped.filter((id) => (operations[id].scopes as readonly string[]).includes("reviews:read")))(
    "%s is closed to a machine that carries a reviewer's scope",
    async (id) => {
      expectProblem(await call(id, await caller({ role: "provider", scopes: ["reviews:read"] })), "not-allowed");
    },
  );

  test.each(idsWhere((scopes) => scopes === "public"))("%s is open to everybody, with a bad token too", async (id) => {
    expect((await call(id)).status).toBe(200);
    expect((await call(id, nobody, { authorization: "Bearer let-me-in" })).status).toBe(200);
  });

  test.each(idsWhere((scopes) => scopes === "vendor-signature"))(
    "%s asks for the vendor's signature, and for no token",
    async (id) => {
      expectProblem(await call(id), "vendor-signature-invalid");
      expectProblem(await call(id, await caller({ role: "vendor" })), "vendor-signature-invalid");
    },
  );
});

describe("a token that is none of ours", () => {
  test.each(badTokens)("%s opens nothing", async (_what, authorization) => {
    const answers = [
      await nobody.get("/v1/requests", { authorization }),
      await nobody.post("/v1/requests", aSubmission(), { authorization, "idempotency-key": "closed-to-bad-tokens" }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(answer.body).toEqual({ message: "Unauthorized" });
      expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
    }
  });

  test("nor does one in the query or a cookie", async () => {
    const provider = await caller({ role: "provider" });
    const { body } = await provider.submit(theLeast());
    for (const answer of [
      await nobody.get(`/v1/requests/${body.id}?access_token=x&authorization=Bearer%20x`),
      await nobody.get(`/v1/requests/${body.id}`, { cookie: "authorization=Bearer x" }),
    ])
      expect(answer.status).toBe(401);
  });
});

describe("a good token", () => {
  test("may carry more scopes than it needs", async () => {
    const both = await caller({ role: "provider", scopes: ["metrics:read", "requests:write", "requests:read"] });
    expect((await both.submit(theLeast())).status).toBe(201);
  });

  test("that only reads does not write, and the other way round", async () => {
    const [reader, writer] = [
      await caller({ role: "provider", scopes: ["requests:read"] }),
      await caller({ role: "provider", scopes: ["requests:write"] }),
    ];
    expect((await reader.submit(theLeast())).status).toBe(403);
    const { status, body } = await writer.submit(theLeast());
    expect(status).toBe(201);
    expect((await writer.get("/v1/requests")).status).toBe(403);
    expect((await reader.get(`/v1/requests/${body.id}`)).status).toBe(200);
    expect((await reader.post(`/v1/requests/${body.id}/withdrawal`, { reason: "Not allowed to." })).status).toBe(403);
  });

  test("is taken whatever the case of its scheme", async () => {
    const provider = await caller({ role: "provider" });
    expect((await provider.get("/v1/requests?limit=1")).status).toBe(200);
  });
});
