import { describe, expect, test } from "vitest";
import { aSubmission, byMail, mri, theLeast } from "./bodies.ts";
import { type Caller, caller, type Json } from "./client.ts";
import { expectProblem } from "./problems.ts";
import { enroll } from "./roster.ts";

/** An organization that starts with an empty list. */
async function freshOrganization() {
  const { npi, organization } = await enroll();
  const who = await caller({ role: "provider", organization });
  const submit = async (more: Json = {}) => (await who.submit(theLeast({ requestingProvider: { npi }, ...more }))).body;
  return { npi, organization, who, submit };
}

const idsOf = (items: Json) => items.map((item: Json) => item.id);

/** Page after page until there is no cursor. */
async function walk(page: (cursor: string | undefined) => Promise<Json>, meanwhile: () => Promise<unknown> = async () => {}) {
  const pages: Json[] = [];
  let cursor: string | undefined;
  do {
    const body = await page(cursor);
    pages.push(body.items);
    cursor = body.nextCursor ?? undefined;
    await meanwhile();
  } while (cursor);
  return pages;
}

const listed = (who: Caller, query: string) => async (cursor: string | undefined) =>
  (await who.get(`/v1/requests?${query}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`)).body;

describe("an organization's list", async () => {
  const { organization, who, submit } = await freshOrganization();
  const [first, second, third] = [await submit(), await submit(), await submit({ setting: "emergency" })];

  test("is empty at first", async () => {
    const fresh = await freshOrganization();
    expect((await fresh.who.get("/v1/requests")).body).toEqual({ items: [], nextCursor: null });
  });

  test("has the latest change first, one row each", async () => {
    expect(idsOf((await who.get("/v1/requests")).body.items)).toEqual([third.id, second.id, first.id]);
    const changed = await who.post(`/v1/requests/${first.id}/information`, { clinicalSummary: "Seen again." });
    const { items } = (await who.get("/v1/requests")).body;
    expect(idsOf(items)).toEqual([first.id, third.id, second.id]);
    expect(items[0]).toEqual({
      id: first.id,
      version: 2,
      status: "awaiting-information",
      channel: "portal",
      lineOfBusiness: "medicaid",
      priority: "standard",
      receivedAt: first.receivedAt,
      dueAt: first.dueAt,
      overdue: false,
      missedAt: null,
      authorization: null,
      reference: null,
      updatedAt: changed.body.updatedAt,
    });
  });

  test("can be asked for what changed since a time, that time included, said in any offset", async () => {
    const { items } = (await who.get("/v1/requests")).body;
    const since = items[1].updatedAt;
    expect(idsOf((await who.get(`/v1/requests?updatedSince=${since}`)).body.items)).toEqual(idsOf(items.slice(0, 2)));
    const elsewhere = since.replace("Z", "+00:00");
    expect(idsOf((await who.get(`/v1/requests?updatedSince=${encodeURIComponent(elsewhere)}`)).body.items)).toEqual(
      idsOf(items.slice(0, 2)),
    );
    expect((await who.get("/v1/requests?updatedSince=2999-01-01T00:00:00Z")).body).toEqual({ items: [], nextCursor: null });
  });

  test("by page, ends at that time too", async () => {
    const { items } = (await who.get("/v1/requests")).body;
    const pages = await walk(listed(who, `limit=1&updatedSince=${items[1].updatedAt}`));
    expect(idsOf(pages.flat())).toEqual(idsOf(items.slice(0, 2)));
  });

  test("can be asked by status: pages may be short and still go on", async () => {
    const pages = await walk(listed(who, "status=not-required&limit=1"));
    expect(idsOf(pages.flat())).toEqual([third.id]);
    expect(pages.some((page) => page.length === 0)).toBe(true);
  });

  test("is read by reviewers who name the organization", async () => {
    const nurse = await caller({ role: "nurse" });
    expect(idsOf((await nurse.get(`/v1/requests?organization=${organization}`)).body.items)).toHaveLength(3);
    expectProblem(await nurse.get("/v1/requests"), "validation-failed", ["/organization"]);
  });

  test("is nobody else's, even when they name it", async () => {
    const stranger = await freshOrganization();
    expect((await stranger.who.get(`/v1/requests?organization=${organization}`)).body.items).toEqual([]);
  });

  test.each([
    ["limit=0", "/limit"],
    ["limit=101", "/limit"],
    ["limit=ten", "/limit"],
    ["limit=1.5", "/limit"],
    ["status=lost", "/status"],
    ["status=approved&status=denied", "/status"],
    ["updatedSince=yesterday", "/updatedSince"],
    ["updatedSince=2026-01-01", "/updatedSince"],
    ["surprise=1", "/surprise"],
  ])("?%s is refused", async (query, pointer) => {
    expectProblem(await who.get(`/v1/requests?${query}`), "validation-failed", [pointer]);
  });
});

describe("paging over 30 requests", async () => {
  const { npi, who, submit } = await freshOrganization();
  const all: Json[] = [];
  // A page limits how many are asked for at once, not what arrives together.
  for (let count = 0; count < 30; count += 10) all.push(...(await Promise.all(Array.from({ length: 10 }, () => submit()))));
  const ids = new Set(idsOf(all));

  test.each([1, 7, 30, 100])("%i at a time visits each once, latest change first", async (limit) => {
    const pages = await walk(listed(who, `limit=${limit}`));
    const items = pages.flat();
    expect(items).toHaveLength(30);
    expect(new Set(idsOf(items))).toEqual(ids);
    expect(items.map((item) => item.updatedAt)).toEqual(
      items
        .map((item) => item.updatedAt)
        .toSorted()
        .toReversed(),
    );
    for (const page of pages) expect(page.length).toBeLessThanOrEqual(limit);
  });

  test("visits each once that stays as it is, while others arrive and change", async () => {
    const others = [await submit(), await submit()];
    // What changes while one walks moves to the top, behind the reader's back.
    const meanwhile = async () => {
      others.push(await submit());
      for (const other of others.slice(0, 2))
        await who.post(`/v1/requests/${other.id}/information`, { answers: [{ code: "x", text: `news ${others.length}` }] });
    };
    const pages = await walk(listed(who, "limit=5"), meanwhile);
    const seen = idsOf(pages.flat());
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id: string) => ids.has(id))).toHaveLength(30);
  });

  test("searching pages over a member's requests alike", async () => {
    const memberId = "30000000021";
    const mine = await Promise.all(
      Array.from({ length: 7 }, (_, day) =>
        submit({ member: { id: memberId }, requestingProvider: { npi }, lines: [mri({ serviceDate: `2026-12-2${day}` })] }),
      ),
    );
    const pages = await walk(
      async (cursor) => (await who.post("/v1/requests/search", { memberId, limit: 2, ...(cursor ? { cursor } : {}) })).body,
    );
    expect(pages.flat()).toHaveLength(7);
    expect(new Set(idsOf(pages.flat()))).toEqual(new Set(idsOf(mine)));
  });
});

describe("a cursor", async () => {
  const { organization, who, submit } = await freshOrganization();
  for (const day of [20, 21, 22]) await submit({ member: { id: "40000000021" }, lines: [mri({ serviceDate: `2026-12-${day}` })] });
  const cursor = (await who.get("/v1/requests?limit=1")).body.nextCursor as string;
  const withCursor = (given: string, query = "limit=1") => `/v1/requests?${query}&cursor=${encodeURIComponent(given)}`;

  test("goes on, also with another limit", async () => {
    expect((await who.get(withCursor(cursor))).body.items).toHaveLength(1);
    expect((await who.get(withCursor(cursor, "limit=50"))).body).toMatchObject({ items: [{}, {}], nextCursor: null });
  });

  test("says nothing to who reads it", () => {
    expect(Buffer.from(cursor, "base64url").toString("latin1")).not.toMatch(/PA-|202\d|org-/);
  });

  test("is its caller's alone", async () => {
    const colleague = await caller({ role: "provider", organization, subject: "a-colleague" });
    const stranger = await caller({ role: "provider", organization: "org-a" });
    const nurse = await caller({ role: "nurse" });
    for (const other of [colleague, stranger]) expectProblem(await other.get(withCursor(cursor)), "invalid-cursor");
    expectProblem(await nurse.get(withCursor(cursor, `limit=1&organization=${organization}`)), "invalid-cursor");
  });

  test("is good for its query alone", async () => {
    expectProblem(await who.get(withCursor(cursor, "status=approved")), "invalid-cursor");
    expectProblem(await who.get(withCursor(cursor, "updatedSince=2020-01-01T00:00:00Z")), "invalid-cursor");
    expectProblem(await who.post("/v1/requests/search", { memberId: "40000000021", cursor }), "invalid-cursor");
    const search = (await who.post("/v1/requests/search", { memberId: "40000000021", limit: 1 })).body.nextCursor;
    expectProblem(await who.post("/v1/requests/search", { memberId: "40000000022", cursor: search }), "invalid-cursor");
    expectProblem(await who.get(withCursor(search)), "invalid-cursor");
    expect((await who.post("/v1/requests/search", { memberId: "40000000021", cursor: search })).body.items).toHaveLength(2);
  });

  test("bent in any character is refused", async () => {
    const bent = Array.from(
      cursor,
      (character, at) => cursor.slice(0, at) + (character === "A" ? "B" : "A") + cursor.slice(at + 1),
    );
    const sample = bent.filter((_, at) => at % 9 === 0 || at === bent.length - 1);
    for (const one of [...sample, cursor.slice(1), cursor.slice(0, -1), `${cursor}A`, "A", "made-up", "../../etc/passwd"])
      expectProblem(await who.get(withCursor(one)), "invalid-cursor");
  });

  test("empty or endless has faults", async () => {
    expectProblem(await who.get(withCursor("")), "validation-failed", ["/cursor"]);
    expectProblem(await who.get(withCursor("A".repeat(1_001))), "validation-failed", ["/cursor"]);
  });
});

describe("searching", async () => {
  const { npi, who, submit } = await freshOrganization();
  const memberId = "50000000021";
  const march = await submit({ member: { id: memberId }, lines: [mri({ serviceDate: "2027-03-10" })] });
  const spring = await submit({ member: { id: memberId }, lines: [mri({ serviceDate: "2027-03-20", endDate: "2027-04-20" })] });
  const undated = await submit({ member: { id: memberId } });
  await submit({ member: { id: "50000000022" } });
  const search = async (query: Json) => (await who.post("/v1/requests/search", query)).body;

  test("finds a member's requests, the latest receipt first", async () => {
    expect(idsOf((await search({ memberId })).items)).toEqual([undated.id, spring.id, march.id]);
    expect(await search({ memberId: "50000000023" })).toEqual({ items: [], nextCursor: null });
  });

  test("by dates of service, both ends included", async () => {
    const found = async (dates: Json) => idsOf((await search({ memberId, ...dates })).items);
    expect(await found({ serviceFrom: "2027-03-10", serviceTo: "2027-03-10" })).toEqual([march.id]);
    expect(await found({ serviceFrom: "2027-03-11" })).toEqual([spring.id]);
    expect(await found({ serviceTo: "2027-03-20" })).toEqual([spring.id, march.id]);
    expect(await found({ serviceFrom: "2027-04-20", serviceTo: "2027-12-31" })).toEqual([spring.id]);
    expect(await found({ serviceFrom: "2027-04-21" })).toEqual([]);
    const turned = await who.post("/v1/requests/search", { memberId, serviceFrom: "2027-03-11", serviceTo: "2027-03-10" });
    expectProblem(turned, "validation-failed", ["/serviceTo"]);
  });

  test("does not find other organizations' requests, nor lets them find these", async () => {
    const stranger = await freshOrganization();
    expect((await stranger.who.post("/v1/requests/search", { memberId })).body.items).toEqual([]);
    // Nor do they learn from empty pages how many there are.
    expect((await stranger.who.post("/v1/requests/search", { memberId, limit: 1 })).body).toEqual({ items: [], nextCursor: null });
    await stranger.submit({ member: { id: memberId } });
    expect((await search({ memberId })).items).toHaveLength(3);
    const nurse = await caller({ role: "nurse" });
    expect((await nurse.post("/v1/requests/search", { memberId })).body.items).toHaveLength(4);
  });

  test("finds what a clerk keyed in for the organization", async () => {
    const clerk = await caller({ role: "clerk" });
    const keyed = await clerk.submit(byMail({ member: { id: "50000000024" }, requestingProvider: { npi } }));
    expect(idsOf((await search({ memberId: "50000000024" })).items)).toEqual([keyed.body.id]);
  });

  test("by dates alone looks through the organization's own requests", async () => {
    expect(idsOf((await search({ serviceFrom: "2027-03-10", serviceTo: "2027-03-10" })).items)).toEqual([march.id]);
    const nurse = await caller({ role: "nurse" });
    expectProblem(await nurse.post("/v1/requests/search", { serviceFrom: "2027-03-10" }), "organization-required");
  });

  test("names a member in the body and never in the URL", async () => {
    expectProblem(
      await who.post("/v1/requests/search", { memberId: "1", serviceFrom: "soon", limit: 0, name: "Ada" }),
      "validation-failed",
      ["/memberId", "/serviceFrom", "/limit", "/name"],
    );
    expectProblem(await who.get("/v1/requests?memberId=50000000021"), "validation-failed", ["/memberId"]);
  });

  test("by an authorization number that nobody has finds nothing", async () => {
    const number = `AU-${march.id.slice(3)}`;
    expect((await search({ authorizationNumber: number })).items).toEqual([]);
    expectProblem(await who.post("/v1/requests/search", { authorizationNumber: "AU-1" }), "validation-failed", [
      "/authorizationNumber",
    ]);
  });
});

describe("an authorization number", async () => {
  const { attachNote } = await import("./clinical-note.ts");
  const { eventually } = await import("../eventually.ts");

  test("finds the request that it was given for, within the organization", async () => {
    const { npi, who } = await freshOrganization();
    const { body } = await who.submit(
      aSubmission({
        requestingProvider: { npi, name: "Dayton Orthopaedics" },
        member: { ...aSubmission().member, id: "60000000021" },
      }),
    );
    await attachNote(who, body.id);
    const approved = await eventually(
      () => who.get(`/v1/requests/${body.id}`),
      (answer) => answer.body.status === "approved",
    );
    const { number } = approved.body.authorization;
    expect(number).toMatch(/^AU-[A-Z2-7]{26}$/);
    const found = await who.post("/v1/requests/search", { authorizationNumber: number.toLowerCase() });
    expect(found.body).toMatchObject({ items: [{ id: body.id, status: "approved", authorization: { number } }], nextCursor: null });
    const elsewhere = await who.post("/v1/requests/search", { authorizationNumber: number, memberId: "60000000022" });
    expect(elsewhere.body.items).toEqual([]);
    const stranger = await freshOrganization();
    expect((await stranger.who.post("/v1/requests/search", { authorizationNumber: number })).body.items).toEqual([]);
  });
});
