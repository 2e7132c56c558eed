import { describe, expect, test } from "vitest";
import { eventually } from "../eventually.ts";
import { pdf } from "../files.ts";
import { aSubmission, mri, officeVisit, theLeast } from "./bodies.ts";
import { caller, type Json } from "./client.ts";
import { deskOf } from "./imaging-desk.ts";
import { expectProblem } from "./problems.ts";
import { queueHolding } from "./worklist.ts";

const provider = await caller({ role: "provider" });
const desk = deskOf(provider);
const everyday: [service: string, code: string][] = [
  ["an office visit", "99213"],
  ["a chest film", "71046"],
  ["a blood count", "85025"],
];

describe("everyday care needs no authorization", () => {
  test.each(everyday)("%s (%s) is answered at once, with a reference for claims", async (_service, code) => {
    const answer = await provider.submit(theLeast({ lines: [{ code }] }));
    expect(answer.status, answer.text).toBe(201);
    expect(answer.body).toMatchObject({
      status: "not-required",
      missing: [],
      dueAt: null,
      authorization: null,
      reference: { number: answer.body.id.replace("PA-", "NR-"), kind: "not-required" },
      lines: [{ code, requirement: "not-required", route: "none", rule: "no-authorization", category: null, decision: null }],
    });
    expect((await provider.get(`/v1/requests/${answer.body.id}`)).body.reference).toEqual(answer.body.reference);
    expect(await queueHolding(answer.body.id)).toBeUndefined();
  });

  test("all three in one request too", async () => {
    const { body } = await provider.submit(theLeast({ lines: everyday.map(([, code]) => ({ code })) }));
    expect(body).toMatchObject({ status: "not-required", reference: { kind: "not-required" } });
  });
});

describe("a reference", () => {
  const search = async (number: string, who = provider) => await who.post("/v1/requests/search", { authorizationNumber: number });

  test("leads back to its request, for those who could list it", async () => {
    const { body } = await provider.submit(theLeast({ lines: [{ code: "99213" }] }));
    const { number } = body.reference;
    expect((await search(number)).body).toMatchObject({ items: [{ id: body.id, reference: body.reference }], nextCursor: null });
    expect((await search(number.toLowerCase())).body.items).toHaveLength(1);
    const stranger = await caller({ role: "provider", organization: "org-a" });
    expect((await search(number, stranger)).body.items).toEqual([]);
  });

  test("is not there while a decision is needed, and its number then finds nothing", async () => {
    const { body } = await provider.submit(aSubmission());
    expect(body.reference).toBeNull();
    expect((await search(body.id.replace("PA-", "NR-"))).body.items).toEqual([]);
  });

  test("of another form is refused", async () => {
    expectProblem(await search("NR-1"), "validation-failed", ["/authorizationNumber"]);
  });
});

describe("a mixed request", () => {
  test("closes the lines that need none, and rolls up over the rest", async () => {
    const body = aSubmission({ lines: [officeVisit(), mri({ code: "71046" }), mri({ code: "97110", quantity: 8 })] });
    const { id, ...submitted } = (await provider.submit(body)).body;
    const free: Json = { requirement: "not-required", route: "none", decision: null };
    const lines = [free, free, { requirement: "required", route: "plan" }];
    expect(submitted).toMatchObject({ status: "awaiting-information", missing: ["clinical-documents"], reference: null, lines });
    await desk.attach(id, pdf());
    expect(await desk.until(id, ({ status }) => status !== "awaiting-information")).toMatchObject({
      status: "in-review",
      missing: [],
      reference: null,
      lines,
    });
  });

  test("is approved when the lines that need a decision are, its reference being the authorization", async () => {
    const { id } = await desk.submit("1", { lines: [officeVisit(), mri()] });
    await desk.attach(id, pdf());
    const decided = await desk.until(id, ({ status }) => status !== "awaiting-information" && status !== "referred-to-vendor");
    expect(decided).toMatchObject({
      status: "approved",
      reference: null,
      authorization: { number: id.replace("PA-", "AU-") },
      lines: [
        { requirement: "not-required", decision: null },
        { requirement: "required", decision: { outcome: "approved" } },
      ],
    });
  });

  test("asks nothing about the lines that need none", async () => {
    const [bare, whole] = [{ code: "99213" }, mri()];
    const { body } = await provider.submit(aSubmission({ lines: [bare, whole] }));
    expect(body.missing).toEqual(["clinical-documents"]);
  });
});

describe("a code in neither list", () => {
  test("is for a person: once complete, the request stands in a nurse's queue", async () => {
    const { id, lines } = (await provider.submit(aSubmission({ lines: [mri({ code: "99999" })] }))).body;
    expect(lines).toMatchObject([{ requirement: "review", route: "plan", rule: "unlisted", category: null }]);
    expect(
      await eventually(
        () => queueHolding(id),
        (queue) => queue !== undefined,
      ),
    ).toBe("intake");
    await desk.attach(id, pdf());
    expect(await desk.until(id, ({ status }) => status !== "awaiting-information")).toMatchObject({
      status: "in-review",
      missing: [],
      referral: null,
    });
    expect(
      await eventually(
        () => queueHolding(id),
        (queue) => queue !== "intake",
      ),
    ).toBe("nurse");
  });
});
