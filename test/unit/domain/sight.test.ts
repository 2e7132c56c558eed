import { describe, expect, test } from "vitest";
import { callerOf, may, mayChange, maySee, type Principal } from "../../../shared/domain/principal.ts";
import { aRequest, referred } from "../../builders.ts";

const principal = (organization: string | null, scopes: readonly string[], more: Partial<Principal> = {}): Principal => ({
  issuer: "https://issuer.example",
  subject: "desk",
  organization,
  scopes: new Set(scopes),
  person: null,
  ...more,
});
const person = { name: "Kim Oduya", credential: "RN", specialty: null };
const rw = ["requests:read", "requests:write"];
const nia = "vendor-nia";
const sees = (who: Principal, request = aRequest()) => maySee(who, request, nia);

describe("a request is seen by", () => {
  test("its organization", () => expect(sees(principal("org-demo", rw))).toBe(true));
  test("the home organization of the servicing provider", () =>
    expect(sees(principal("org-imaging", ["requests:read"]))).toBe(true));
  test("a reviewer", () => expect(sees(principal(null, ["reviews:read"], { person }))).toBe(true));
  test("the vendor once it was referred", () => {
    expect(sees(principal(nia, ["requests:read"]), referred())).toBe(true);
    expect(sees(principal(nia, ["requests:read"]))).toBe(false);
  });
  test("the clerk who keyed it", () => {
    const clerk = principal(null, ["intake:write"], { person });
    expect(sees(clerk, aRequest({}, { keyedBy: callerOf(clerk), organization: null }))).toBe(true);
  });
});

describe("a request is not seen by", () => {
  test("another organization, though it may act for the same NPI", () => expect(sees(principal("org-a", rw))).toBe(false));
  test("nobody's organization, when the request has none", () => {
    expect(sees(principal(null, rw), aRequest({}, { organization: null, servicingOrganization: null }))).toBe(false);
  });
  test("a machine with a reviewer's scopes", () => expect(sees(principal(null, ["reviews:read"]))).toBe(false));
  test("another clerk", () => {
    const clerk = principal(null, ["intake:write"], { person, subject: "another" });
    expect(sees(clerk, aRequest({}, { keyedBy: callerOf({ ...clerk, subject: "desk" }) }))).toBe(false);
  });
  test("its organization without the right scope", () => expect(sees(principal("org-demo", ["claims:check"]))).toBe(false));
});

describe("a request is changed", () => {
  test("by its organization and by the clerk who keyed it, and by nobody else who sees it", () => {
    expect(mayChange(principal("org-demo", rw), aRequest())).toBe(true);
    expect(mayChange(principal("org-demo", ["requests:read"]), aRequest())).toBe(false);
    expect(mayChange(principal("org-imaging", rw), aRequest())).toBe(false);
    expect(mayChange(principal(nia, rw), referred())).toBe(false);
    expect(mayChange(principal(null, ["reviews:write"], { person }), aRequest())).toBe(false);
  });
});

test("a machine's token never carries a reviewer's rights", () => {
  expect(may(principal("org-demo", ["reviews:deny"]), "reviews:deny")).toBe(false);
  expect(may(principal("org-demo", ["reviews:deny"], { person }), "reviews:deny")).toBe(true);
  expect(may(principal("org-demo", rw), "requests:write")).toBe(true);
});

test("callers differ by issuer, organization and subject, however their parts are cut", () => {
  const callers = [
    principal("org", [], {}),
    principal("org", [], { subject: "other" }),
    principal("other", [], {}),
    principal(null, [], {}),
    principal("org", [], { issuer: "https://other.example" }),
    principal("a·b", [], { subject: "c" }),
    principal("a", [], { subject: "b·c" }),
  ];
  expect(new Set(callers.map(callerOf)).size).toBe(callers.length);
});
