import { describe, expect, test } from "vitest";
import { aSubmission, therapyLine } from "../builders.ts";
import { pdf } from "../files.ts";
import { textOf } from "../letter-text.ts";
import { type Caller, caller, cloud, control, type Json } from "./client.ts";
import { deskOf, memberEndingIn, taken } from "./imaging-desk.ts";
import { remember } from "./private-words.ts";
import { expectProblem } from "./problems.ts";
import { enroll } from "./roster.ts";

const provider = await caller({ role: "provider" });
const stranger = await caller({ role: "provider", organization: "org-a" });
const nurse = await caller({ role: "nurse", subject: "nurse-1" });
const director = await caller({ role: "director", subject: "director-1" });
const desk = deskOf(provider);

const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" };
const approval = { outcome: "approved", grounds: met };
const denial = {
  outcome: "denied",
  grounds: { ...met, medicalNecessity: "not-met" },
  reason: { code: "0F", text: "Six visits have restored full function." },
  criterion: "Plan guideline PT-4, section 2.",
};
const therapies = [therapyLine(), therapyLine({ code: "97112", description: "Neuromuscular reeducation" })];

/** Therapy that the plan decides, decided so, with its letters written. */
async function decided(reviewer: Caller, lines: readonly object[], changes: object = {}): Promise<Json> {
  const { id } = taken(await provider.submit(aSubmission({ lines: therapies, member: memberEndingIn("1"), ...changes })), 201);
  await desk.attach(id, pdf());
  const { version } = await desk.until(id, ({ status }) => status === "in-review");
  const body = { lines: lines.map((line, index) => ({ lineNumber: index + 1, ...line })) };
  taken(await reviewer.post(`/v1/requests/${id}/determination`, body, { "if-match": `"${version}"` }), 200);
  return desk.until(id, ({ notices }) => notices.length === 2);
}

const letterTo = (request: Json, audience: string): Json => request.notices.find((notice: Json) => notice.audience === audience);
const pathOf = (request: Json, notice: Json) => `/v1/requests/${request.id}/notices/${notice.id}`;

async function read(who: Caller, request: Json, audience: string) {
  const notice = taken(await who.get(pathOf(request, letterTo(request, audience))), 200);
  const response = await fetch(notice.download.url);
  const bytes = Buffer.from(await response.arrayBuffer());
  return { notice, response, bytes, text: textOf(bytes) };
}

describe("a denial by a director", () => {
  const denied = decided(director, [denial, denial]);

  test("is told to the provider in a letter that is read by its link", async () => {
    const request = await denied;
    const { notice, response, bytes, text } = await read(provider, request, "provider");
    expect(notice).toMatchObject({ audience: "provider", kind: "adverse", draft: false });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/pdf");
    expect(response.headers.get("content-disposition")).toBe(`attachment; filename="${notice.id}.pdf"`);
    expect(bytes.subarray(0, 5).toString("latin1")).toBe("%PDF-");
    for (const said of [
      "Notice of denial",
      denial.reason.text,
      denial.criterion,
      "Dana Director, MD",
      "60 calendar days",
      request.id,
    ])
      expect(text).toContain(said);
  });

  test("and to the member, of whose letter the requesting organization has a copy", async () => {
    const request = await denied;
    const { text } = await read(provider, request, "member");
    for (const said of ["Dear Ada Reyes:", "Your rights", "Call Member Services"]) expect(text).toContain(said);
    expect((await read(nurse, request, "member")).text).toBe(text);
  });

  test("is one letter for each, however many lines it decided and events told of it", async () => {
    const { id } = await denied;
    await control("idle");
    const events = await desk.events(id);
    expect(events.filter(({ type }) => type === "line.decided")).toHaveLength(2);
    expect(events.filter(({ type }) => type === "notice.written").map(({ actor }) => actor.id)).toEqual([
      "write-notice",
      "write-notice",
    ]);
    expect((await desk.read(id)).notices).toHaveLength(2);
  });

  test("leaves nothing personal in names and links", async () => {
    const request = await denied;
    const { notice } = await read(provider, request, "member");
    // What signs a link may have any letters in it.
    const told = decodeURIComponent(JSON.stringify(notice)).replaceAll(/X-Amz-(Signature|Security-Token)=[^&"]+/g, "");
    for (const secret of ["Ada", "Reyes", request.member.id, "1986-04-02", "97110", "PT-4"]) expect(told).not.toContain(secret);
    expect(new URL(notice.download.url).pathname).toMatch(new RegExp(`/notices/${request.id}/${notice.id}\\.pdf$`));
    remember(cloud.directory, [denial.reason.text, denial.criterion]);
  });

  test("is nobody else's to read", async () => {
    const request = await denied;
    const notice = letterTo(request, "provider");
    expectProblem(await stranger.get(pathOf(request, notice)), "request-not-found");
    expectProblem(await provider.get(pathOf(request, { id: "0".repeat(32) })), "notice-not-found");
    const { id: other } = await desk.submit("7");
    expectProblem(await provider.get(pathOf({ id: other }, notice)), "notice-not-found");
  });

  test("has a link for its own version, and not for another letter or method", async () => {
    const request = await denied;
    const { notice } = await read(provider, request, "provider");
    const { url } = notice.download;
    expect((await fetch(url, { method: "DELETE" })).status).toBeGreaterThanOrEqual(400);
    expect((await fetch(url.replace(notice.id, letterTo(request, "member").id))).status).toBe(403);
    expect((await fetch(url.split("?")[0] ?? "")).status).toBe(403);
    expect(Date.parse(notice.download.expiresAt) - Date.now()).toBeLessThanOrEqual(5 * 60_000 + 60_000);
  });
});

test("an approval by a nurse is told with its number, units and dates", async () => {
  const request = await decided(nurse, [approval, approval]);
  const { notice, text } = await read(provider, request, "provider");
  expect(notice.kind).toBe("approval");
  for (const said of ["Notice of approval", request.authorization.number, "8 visits", "Nora Reviewer, RN"])
    expect(text).toContain(said);
});

test("the servicing organization reads the provider's letter, and does not know of the member's", async () => {
  const { npi, organization } = await enroll("org-b");
  const servicing = await caller({ role: "provider", organization });
  const servicingProvider = { npi, name: "Servicing Clinic" };
  const request = await decided(director, [denial, denial], { servicingProvider });
  const seen = taken(await servicing.get(`/v1/requests/${request.id}`), 200);
  expect(seen.notices.map(({ audience }: Json) => audience)).toEqual(["provider"]);
  expect((await read(servicing, request, "provider")).text).toContain("Notice of denial");
  expectProblem(await servicing.get(pathOf(request, letterTo(request, "member"))), "notice-not-found");
});
