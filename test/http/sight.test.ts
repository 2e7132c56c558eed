import { describe, expect, test } from "vitest";
import { operations } from "../../shared/api/operations.ts";
import { aSubmission, npis, theLeast } from "./bodies.ts";
import { type Answer, caller } from "./client.ts";
import { expectProblem } from "./problems.ts";
import { enroll } from "./roster.ts";

const orgA = await caller({ role: "provider", organization: "org-a" });
const orgB = await caller({ role: "provider", organization: "org-b" });
const orgDemo = await caller({ role: "provider" });
const nurse = await caller({ role: "nurse" });

describe("another organization's request", async () => {
  const { body: foreign } = await orgA.submit(aSubmission());
  const nowhere = `PA-${"A".repeat(26)}`;
  const documentId = "B".repeat(26);
  // What is open to reviewers alone is closed to every organization, whosesoever request it is.
  const aboutRequests = Object.entries(operations).filter(
    ([, { path, scopes }]) => path.includes("{requestId}") && [...scopes].some((scope) => scope.startsWith("requests:")),
  );

  /** All that a client can tell apart. */
  const told = ({ status, headers, text }: Answer, requestId: string) => {
    const { date: _d, "apigw-requestid": _r, ...rest } = Object.fromEntries(headers);
    return { status, headers: rest, text: text.replace(/"traceId":"[^"]+"/, "").replaceAll(requestId, "") };
  };

  const bodies: [string, unknown][] = [
    ["a good body", { reason: "No longer needed." }],
    ["a body with faults", { reason: null, surprise: true }],
    ["a body that is no JSON", '{"reason":'],
    ["a hostile body", "[".repeat(100_000)],
    ["an empty body", ""],
  ];

  describe.each(aboutRequests)("%s", (_id, { method, path }) => {
    const at = (requestId: string) => path.replace("{requestId}", requestId).replace("{documentId}", documentId);

    test.each(method === "GET" ? [["no body", undefined] as [string, unknown]] : bodies)(
      "with %s: exactly the answer of one that does not exist",
      async (_what, body) => {
        const answers = await Promise.all([orgB.call(method, at(foreign.id), body), orgB.call(method, at(nowhere), body)]);
        expectProblem(answers[0], "request-not-found");
        expect(told(answers[0], foreign.id)).toEqual(told(answers[1], nowhere));
        expectProblem(await orgB.call(method, at("no-id-of-ours"), body), "request-not-found");
      },
    );

    test("with a stale or malformed If-Match, or another type: the same", async () => {
      for (const headers of [{ "if-match": '"99"' }, { "if-match": "three" }, { "content-type": "text/plain" }] as Record<
        string,
        string
      >[]) {
        const body = method === "GET" ? undefined : { reason: "No longer needed." };
        expectProblem(await orgB.call(method, at(foreign.id), body, headers), "request-not-found");
      }
    });
  });

  test("has not changed by all this", async () => {
    expect((await orgA.get(`/v1/requests/${foreign.id}`)).body).toEqual(foreign);
  });

  test("is in no list and no search of theirs", async () => {
    const { npi, organization } = await enroll("org-a");
    await orgA.submit(aSubmission({ member: { id: "20000000021" }, requestingProvider: { npi } }));
    const home = await caller({ role: "provider", organization });
    expect((await home.get("/v1/requests")).body).toEqual({ items: [], nextCursor: null });
    expect((await home.post("/v1/requests/search", { memberId: "20000000021" })).body).toEqual({ items: [], nextCursor: null });
    expect((await orgA.post("/v1/requests/search", { memberId: "20000000021" })).body.items).toHaveLength(1);
  });
});

describe("who else sees a request", () => {
  test("acting for the same NPI gives no sight, not even to its home", async () => {
    const { body } = await orgA.submit(theLeast());
    for (const who of [orgB, orgDemo]) expectProblem(await who.get(`/v1/requests/${body.id}`), "request-not-found");
  });

  test("the home organization of the servicing NPI reads by id, and only that", async () => {
    const servicing = await enroll("org-b");
    const home = await caller({ role: "provider", organization: servicing.organization });
    const { body } = await orgA.submit(aSubmission({ servicingProvider: { npi: servicing.npi, name: "Servicing Clinic" } }));
    const path = `/v1/requests/${body.id}`;
    expect((await home.get(path)).body).toEqual(body);
    expect((await home.get(`${path}/events`)).status).toBe(200);
    expect((await home.get("/v1/requests")).body.items).toEqual([]);
    expectProblem(await home.post(`${path}/withdrawal`, { reason: "Not ours to take back." }), "request-not-found");
    expectProblem(await orgB.get(path), "request-not-found");
  });

  test("reviewers read every request, and change none here", async () => {
    const { body } = await orgA.submit(theLeast());
    const { review, eligibility, ...seen } = (await nurse.get(`/v1/requests/${body.id}`)).body;
    expect(seen).toEqual(body);
    expect(review).toMatchObject({ notes: [], similar: [] });
    expect(eligibility).toMatchObject({ eligible: true });
    const refused = await nurse.post(`/v1/requests/${body.id}/withdrawal`, { reason: "Not mine." });
    expect(refused.status).toBe(403);
    expect(refused.body).toEqual({ message: "Forbidden" });
  });

  test("the vendor sees what was referred to it, and not before", async () => {
    const vendor = await caller({ role: "vendor" });
    const { body } = await orgA.submit(aSubmission());
    expectProblem(await vendor.get(`/v1/requests/${body.id}`), "request-not-found");
    const emergency = await orgA.submit(theLeast({ setting: "emergency" }));
    expectProblem(await vendor.get(`/v1/requests/${emergency.body.id}`), "request-not-found");
  });

  test("a machine has no reviewer's sight, whatever its scopes say", async () => {
    const { body } = await orgA.submit(theLeast());
    const machine = await caller({ role: "provider", organization: "org-b", scopes: ["requests:read", "reviews:read"] });
    expectProblem(await machine.get(`/v1/requests/${body.id}`), "request-not-found");
    const only = await caller({ role: "provider", organization: "org-a", scopes: ["reviews:read"] });
    expectProblem(await only.get(`/v1/requests/${body.id}`), "not-allowed");
    expectProblem(await only.get("/v1/requests?organization=org-a"), "not-allowed");
  });

  test("nobody without an organization, but for reviewers and who keyed it in", async () => {
    const { body } = await orgA.submit(theLeast({ servicingProvider: { npi: npis.imaging } }));
    const nobodys = await caller({ role: "clerk", scopes: ["requests:read", "requests:write"] });
    expectProblem(await nobodys.get(`/v1/requests/${body.id}`), "request-not-found");
    expectProblem(await nobodys.get("/v1/requests"), "organization-required");
    expect((await nobodys.post("/v1/requests/search", { memberId: "10487654321" })).body.items).toEqual([]);
  });
});
