import { describe, expect, test } from "vitest";
import { eventually } from "../eventually.ts";
import { pdf } from "../files.ts";
import { aSubmission, byMail, hoursAfter, mri, npis, theLeast } from "./bodies.ts";
import { caller } from "./client.ts";
import { deskOf, taken } from "./imaging-desk.ts";
import { expectProblem } from "./problems.ts";
import { enroll } from "./roster.ts";
import { described } from "./upload.ts";

const provider = await caller({ role: "provider" });
const orgA = await caller({ role: "provider", organization: "org-a" });
const clerk = await caller({ role: "clerk" });
const otherClerk = await caller({ role: "clerk", subject: "clerk-of-the-night-shift" });
const nurse = await caller({ role: "nurse" });

describe("what clerks key in", () => {
  test("a date alone is the start of that day in the plan's time zone", async () => {
    const winter = await clerk.submit(byMail({ receivedAt: "2025-01-15" }));
    const start = "2025-01-15T05:00:00.000Z";
    expect(winter.body).toMatchObject({ channel: "mail", receivedAt: start, dueAt: hoursAfter(start, 168), overdue: true });
    const summer = await clerk.submit(byMail({ receivedAt: "2025-07-04" }));
    expect(summer.body.receivedAt).toBe("2025-07-04T04:00:00.000Z");
  });

  test("a time may be said in any offset, and stands in UTC", async () => {
    const answer = await clerk.submit(byMail({ channel: "phone", receivedAt: "2025-01-15T09:30:00-05:00" }));
    expect(answer.body).toMatchObject({ channel: "phone", receivedAt: "2025-01-15T14:30:00.000Z" });
  });

  test("receipt lies in the past, and a birth not after it", async () => {
    expectProblem(await clerk.submit(byMail({ receivedAt: "2999-01-01" })), "validation-failed", ["/receivedAt"]);
    expectProblem(await clerk.submit(byMail({ receivedAt: "yesterday" })), "validation-failed", ["/receivedAt"]);
    for (const long of ["1999-12-31", "0001-01-01", "0000-01-01T00:00:00+23:59"])
      expectProblem(await clerk.submit(byMail({ receivedAt: long, member: { id: "10487654321" } })), "validation-failed", [
        "/receivedAt",
      ]);
    const bornLater = { id: "10487654321", givenName: "Ada", familyName: "Reyes", birthDate: "2025-01-16" };
    expectProblem(await clerk.submit(byMail({ member: bornLater })), "validation-failed", ["/member/birthDate"]);
  });

  test("is the request of the NPI's home organization unless another is named", async () => {
    const { body } = await clerk.submit(byMail());
    expect(body.organization).toBe("org-demo");
    expect((await provider.get(`/v1/requests/${body.id}`)).status).toBe(200);
    expectProblem(await orgA.get(`/v1/requests/${body.id}`), "request-not-found");

    const named = await clerk.submit(byMail({ channel: "fax", organization: "org-a" }));
    expect(named.body).toMatchObject({ channel: "fax", organization: "org-a" });
    expect((await orgA.get(`/v1/requests/${named.body.id}`)).status).toBe(200);
    expectProblem(await provider.get(`/v1/requests/${named.body.id}`), "request-not-found");
  });

  test("belongs to nobody but the plan when the NPI has no home", async () => {
    const { body } = await clerk.submit(byMail({ requestingProvider: { npi: npis.outside, name: "Elsewhere Clinic" } }));
    expect(body.organization).toBeNull();
    expectProblem(await provider.get(`/v1/requests/${body.id}`), "request-not-found");
    expect((await nurse.get(`/v1/requests/${body.id}`)).status).toBe(200);
  });

  test("an organization that may not act for the NPI is refused", async () => {
    expectProblem(await clerk.submit(byMail({ organization: "org-of-nobody" })), "npi-not-on-roster");
  });

  test("is read and changed by who keyed it, and by no other clerk", async () => {
    const { body } = await clerk.submit(byMail());
    const path = `/v1/requests/${body.id}`;
    expect((await clerk.get(path)).body).toEqual(body);
    expect((await clerk.get(`${path}/events`)).status).toBe(200);
    expectProblem(await otherClerk.get(path), "request-not-found");
    expectProblem(await otherClerk.get(`${path}/events`), "request-not-found");
    expectProblem(
      await otherClerk.post(`${path}/information`, { clinicalSummary: "Seen by the night shift." }),
      "request-not-found",
    );
    expectProblem(await otherClerk.post(`${path}/withdrawal`, { reason: "Not mine." }), "request-not-found");
    expect((await clerk.post(`${path}/information`, { clinicalSummary: "Read again from the paper." })).status).toBe(200);
    expect((await clerk.post(`${path}/withdrawal`, { reason: "Taken back by telephone." })).status).toBe(200);
  });

  test("is an appeal that came by letter, from its receipt on, and the evidence with it", async () => {
    const { id } = taken(await clerk.submit(byMail()), 201);
    const path = `/v1/requests/${id}`;
    const desk = deskOf(clerk);
    await desk.attach(id, pdf());
    await desk.until(id, ({ status }) => status === "in-review");
    const director = await caller({ role: "director", subject: "mail-room-director" });
    const grounds = { medicalNecessity: "not-met", medicalAppropriateness: "met", benefitLimits: "met" };
    const because = { grounds, reason: { code: "0F", text: "Function is restored." }, criterion: "Plan guideline PT-4." };
    const lines = [{ lineNumber: 1, outcome: "denied", ...because }];
    const denied = await eventually(
      async () => {
        const { version } = taken(await nurse.get(path), 200);
        return director.post(`${path}/determination`, { lines }, { "if-match": `"${version}"` });
      },
      ({ status }) => status !== 412,
      30,
    );
    const { decidedAt } = taken(denied, 200).lines[0].decision;
    expectProblem(await clerk.post(`${path}/documents`, described(pdf("Too early."))), "not-possible-now");

    const appeal = (who: typeof clerk, receivedAt: string) =>
      who.post(`${path}/appeals`, { reason: "Strength has not come back.", receivedAt });
    for (const wrong of ["2025-01-15", "1999-12-31", "2999-01-01", "yesterday"])
      expectProblem(await appeal(clerk, wrong), "validation-failed", ["/receivedAt"]);
    expectProblem(await appeal(provider, decidedAt), "validation-failed", ["/receivedAt"]);
    const filed = taken(await appeal(clerk, decidedAt), 200);
    expect(filed.appeals).toMatchObject([{ filedAt: decidedAt, dueAt: hoursAfter(decidedAt, 30 * 24) }]);

    const evidence = await desk.attach(id, pdf("The therapist's later notes."));
    expect(evidence).toMatchObject({ status: "available" });
    const { status, documents } = taken(await director.get(path), 200);
    expect(status).toBe("denied");
    expect(documents).toContainEqual(expect.objectContaining({ id: evidence.id, status: "available" }));
  });

  test("is in no list of theirs: clerks have none, and no search", async () => {
    for (const answer of [await clerk.get("/v1/requests"), await clerk.post("/v1/requests/search", { memberId: "10487654321" })]) {
      expect(answer.status).toBe(403);
      expect(answer.body).toEqual({ message: "Forbidden" });
    }
  });
});

describe("channels", () => {
  test("portal and api are the providers'", async () => {
    for (const channel of ["portal", "api"]) {
      expect((await provider.submit(aSubmission({ channel }))).body.channel).toBe(channel);
      expectProblem(await clerk.submit(aSubmission({ channel })), "channel-not-allowed");
    }
  });

  test.each(["mail", "phone", "fax"])("%s is the clerks'", async (channel) => {
    expectProblem(await provider.submit(byMail({ channel })), "channel-not-allowed");
    expect((await clerk.submit(byMail({ channel }))).status).toBe(201);
  });

  test("the vendor's own is nobody's here", async () => {
    expectProblem(await provider.submit(aSubmission({ channel: "vendor" })), "channel-not-allowed");
    expectProblem(await clerk.submit(aSubmission({ channel: "vendor" })), "channel-not-allowed");
  });

  test("receipt and organization are not for providers to say", async () => {
    const answer = await provider.submit(aSubmission({ receivedAt: "2025-01-15", organization: "org-demo" }));
    expectProblem(answer, "validation-failed", ["/receivedAt", "/organization"]);
    expectProblem(await provider.submit(aSubmission({ channel: "api", receivedAt: "2025-01-15T10:00:00Z" })), "validation-failed", [
      "/receivedAt",
    ]);
  });
});

describe("the roster", () => {
  test("an organization submits only for NPIs that it may act for", async () => {
    const stranger = await enroll();
    expectProblem(await provider.submit(theLeast({ requestingProvider: { npi: stranger.npi } })), "npi-not-on-roster");
    expectProblem(await provider.submit(theLeast({ requestingProvider: { npi: npis.imaging } })), "npi-not-on-roster");
    expectProblem(await provider.submit(theLeast({ requestingProvider: { npi: npis.outside } })), "npi-not-on-roster");
  });

  test("several organizations may act for one NPI; the request is whose token it was", async () => {
    for (const [organization, who] of [["org-demo", provider] as const, ["org-a", orgA] as const])
      expect((await who.submit(theLeast({ requestingProvider: { npi: npis.other } }))).body.organization).toBe(organization);
  });

  test("without an organization in the token nothing is submitted", async () => {
    const nobodys = await caller({ role: "clerk", scopes: ["requests:write"] });
    expectProblem(await nobodys.submit(aSubmission()), "organization-required");
  });

  test("a refusal stores nothing", async () => {
    const stranger = await enroll();
    const key = "refused-by-the-roster-0001";
    expectProblem(await provider.submit(theLeast({ requestingProvider: { npi: stranger.npi } }), key), "npi-not-on-roster");
    const corrected = await provider.submit(theLeast({ lines: [mri()] }), key);
    expect(corrected.status).toBe(201);
    expect(corrected.headers.get("idempotent-replayed")).toBeNull();
  });
});
