import { describe, expect, test } from "vitest";
import type { RequestId } from "../../../shared/domain/identifiers.ts";
import type { Request } from "../../../shared/domain/request.ts";
import { listRequests, searchRequests } from "../../../shared/use-cases/read-requests.ts";
import { aRequest, hoursAfter, visitLine } from "../../builders.ts";

const desk = {
  issuer: "https://issuer",
  subject: "desk",
  organization: "org-demo",
  scopes: new Set(["requests:read"]),
  person: null,
};
const id = (letter: string) => `PA-${letter.repeat(26)}` as RequestId;

/** An index that is behind its items, and a page of it that reaches below what was asked for. */
const stored = (...requests: readonly Request[]) => ({
  ofOrganization: async () => ({ items: requests.map((request) => request.id), next: "further" }),
  findMany: async (ids: readonly RequestId[]) => requests.filter((request) => ids.includes(request.id)).toReversed(),
});

describe("a list of an organization's requests", () => {
  const late = { ...aRequest(), id: id("A"), updatedAt: hoursAfter(3) };
  const early = { ...aRequest(), id: id("B"), updatedAt: hoursAfter(1) };
  const listed = async (query: { updatedSince?: string; status?: Request["status"] }, ...requests: readonly Request[]) => {
    const page = await listRequests({ requests: stored(...requests) }, desk, { limit: 25, ...query });
    return page.ok ? page.value.items.map((request) => request.id) : page.refusal.problem;
  };

  test("keeps the index's order", async () => expect(await listed({}, late, early)).toEqual([late.id, early.id]));
  test("holds nothing that changed before what was asked for", async () => {
    expect(await listed({ updatedSince: hoursAfter(2) }, late, early)).toEqual([late.id]);
  });
  test("goes by the item, not by the index", async () => {
    const foreign = { ...late, organization: "org-a" };
    expect(await listed({}, foreign, early)).toEqual([early.id]);
    expect(await listed({ status: "approved" }, { ...late, status: "approved" }, early)).toEqual([late.id]);
  });
  test("is refused to a machine with a reviewer's scope and no organization", async () => {
    const machine = { ...desk, organization: null, scopes: new Set(["reviews:read"]) };
    expect(await listRequests({ requests: stored(late) }, machine, { organization: "org-demo", limit: 25 })).toMatchObject({
      ok: false,
      refusal: { problem: "organization-required" },
    });
  });
});

describe("a search by number", () => {
  const free = { ...aRequest({ lines: [visitLine()] }), id: id("A") };
  const open = { ...aRequest(), id: id("B") };
  const found = async (authorizationNumber: string) => {
    const page = await searchRequests({ requests: { ...stored(free, open), ofMember: async () => ({ items: [] }) } }, desk, {
      authorizationNumber,
      limit: 25,
    });
    return page.ok ? page.value.items.map((request) => request.id) : page.refusal.problem;
  };

  test("finds the request that got the reference", async () => {
    expect(await found(free.id.replace("PA-", "NR-"))).toEqual([free.id]);
  });
  test("finds nothing by a number that was never given", async () => {
    expect(await found(free.id.replace("PA-", "AU-"))).toEqual([]);
    expect(await found(open.id.replace("PA-", "NR-"))).toEqual([]);
    expect(await found(open.id.replace("PA-", "AU-"))).toEqual([]);
  });
});
