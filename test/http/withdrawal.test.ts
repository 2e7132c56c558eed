import { describe, expect, test } from "vitest";
import { byMail, theLeast } from "./bodies.ts";
import { type Caller, caller, type Json } from "./client.ts";
import { expectProblem } from "./problems.ts";

const provider = await caller({ role: "provider" });
const colleague = await caller({ role: "provider", subject: "a-colleague-of-the-desk" });
const reason = "The member has moved away.";

const submitted = async (): Promise<Json> => (await provider.submit(theLeast())).body;
const withdraw = (id: string, headers: Record<string, string> = {}, why = reason, who: Caller = provider) =>
  who.post(`/v1/requests/${id}/withdrawal`, { reason: why }, headers);
const typesOf = async (id: string) =>
  (await provider.get(`/v1/requests/${id}/events`)).body.events.map((event: Json) => event.type);

describe("taking a request back", () => {
  test("ends it: no due time, no referral to come, its reason kept", async () => {
    const before = await submitted();
    const answer = await withdraw(before.id);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("etag")).toBe('"2"');
    expect(answer.body).toMatchObject({
      id: before.id,
      version: 2,
      status: "withdrawn",
      dueAt: null,
      dueRule: null,
      overdue: false,
      receivedAt: before.receivedAt,
      withdrawal: { reason, at: answer.body.updatedAt },
    });
    expect((await provider.get(`/v1/requests/${before.id}`)).body).toEqual(answer.body);
    expect(await typesOf(before.id)).toEqual(["request.submitted", "request.withdrawn"]);
  });

  test("said again by the same caller changes nothing, whatever version they name", async () => {
    const { id } = await submitted();
    const first = await withdraw(id, { "if-match": '"1"' });
    for (const headers of [{}, { "if-match": '"1"' }, { "if-match": '"77"' }] as Record<string, string>[]) {
      const again = await withdraw(id, headers);
      expect(again.status).toBe(200);
      expect(again.body).toEqual(first.body);
      expect(again.headers.get("etag")).toBe('"2"');
    }
    expect(await typesOf(id)).toHaveLength(2);
  });

  test("20 times at once is done once", async () => {
    const { id } = await submitted();
    const answers = await Promise.all(Array.from({ length: 20 }, () => withdraw(id)));
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
    expect(await typesOf(id)).toHaveLength(2);
  });

  test("for another reason, or by a colleague, is not possible any more", async () => {
    const { id } = await submitted();
    const { body } = await withdraw(id);
    expectProblem(await withdraw(id, {}, "Another reason."), "not-possible-now");
    expectProblem(await withdraw(id, {}, reason, colleague), "not-possible-now");
    expect((await provider.get(`/v1/requests/${id}`)).body).toEqual(body);
  });

  test("is open to every machine of the organization", async () => {
    const { id } = await submitted();
    expect((await withdraw(id, {}, reason, colleague)).status).toBe(200);
  });

  test("needs something to take back", async () => {
    const { body } = await provider.submit(theLeast({ setting: "emergency" }));
    expectProblem(await withdraw(body.id), "not-possible-now");
    const { id } = await submitted();
    await withdraw(id);
    expectProblem(await provider.post(`/v1/requests/${id}/information`, { clinicalSummary: "Too late." }), "not-possible-now");
  });

  test("is a clerk's too, of what they keyed in", async () => {
    const clerk = await caller({ role: "clerk" });
    const { body } = await clerk.submit(byMail());
    expect((await withdraw(body.id, {}, reason, clerk)).body.status).toBe("withdrawn");
  });

  test.each<[string, Json, string[]]>([
    ["no reason", {}, ["/reason"]],
    ["an empty one", { reason: "" }, ["/reason"]],
    ["null", { reason: null }, ["/reason"]],
    ["one of 4,001 characters", { reason: "y".repeat(4_001) }, ["/reason"]],
    ["one that is no text", { reason: { code: "x" } }, ["/reason"]],
    ["something else besides", { reason, by: "Ada" }, ["/by"]],
  ])("with %s is refused", async (_what, body, pointers) => {
    const { id } = await submitted();
    expectProblem(await provider.post(`/v1/requests/${id}/withdrawal`, body), "validation-failed", pointers);
    expect((await provider.get(`/v1/requests/${id}`)).body.version).toBe(1);
  });
});

describe("If-Match", () => {
  test.each(['"0"', '"2"', '"999999999"'])("%s is stale: nothing happens", async (version) => {
    const before = await submitted();
    expectProblem(await withdraw(before.id, { "if-match": version }), "version-conflict");
    const stale = await provider.post(
      `/v1/requests/${before.id}/information`,
      { clinicalSummary: "News." },
      { "if-match": version },
    );
    expectProblem(stale, "version-conflict");
    expect((await provider.get(`/v1/requests/${before.id}`)).body).toEqual(before);
  });

  test("may be left out, or name the version as it was read, or any", async () => {
    for (const headers of [{}, { "if-match": '"1"' }, { "if-match": "*" }] as Record<string, string>[]) {
      const { id } = await submitted();
      expect((await withdraw(id, headers)).status).toBe(200);
    }
  });

  test.each(["1", "one", '"one"', '"1', '"1", "2"', "", '"-1"', '"1.0"'])("%s is no version", async (version) => {
    const { id } = await submitted();
    expectProblem(await withdraw(id, { "if-match": version }), "if-match-malformed");
  });

  test("of two who read the same version one is told to read again", async () => {
    const { id } = await submitted();
    const path = `/v1/requests/${id}/information`;
    const answers = await Promise.all([
      provider.post(path, { clinicalSummary: "What the one says." }, { "if-match": '"1"' }),
      colleague.post(path, { clinicalSummary: "What the other says." }, { "if-match": '"1"' }),
    ]);
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 412]);
    expect((await provider.get(`/v1/requests/${id}`)).body.version).toBe(2);
  });
});
