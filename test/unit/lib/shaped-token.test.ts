import { describe, expect, test } from "vitest";
import { shapedToken, type TokenEvent } from "../../../functions/lib/shaped-token.ts";

const prefix = "prior-authorization/";
const clients = { organizationOf: async (id: string) => (id === "partner" ? "org-a" : undefined) };

const machine = (clientId: string, ...scopes: string[]): TokenEvent => ({
  triggerSource: "TokenGeneration_ClientCredentials",
  callerContext: { clientId },
  request: { scopes: scopes.map((scope) => prefix + scope) },
});
const person = (groups: readonly string[], userAttributes: Readonly<Record<string, string>>, ...scopes: string[]): TokenEvent => ({
  triggerSource: "TokenGeneration_HostedAuth",
  callerContext: { clientId: "desk" },
  request: {
    userAttributes,
    groupConfiguration: { groupsToOverride: groups },
    scopes: ["openid", ...scopes.map((scope) => prefix + scope)],
  },
});

describe("a machine's token", () => {
  test("names the organization that the plan's register has for the client", async () => {
    expect(await shapedToken(machine("partner", "requests:read"), prefix, clients)).toEqual({
      claimsToAddOrOverride: { org: "org-a" },
      scopesToSuppress: [],
    });
  });
  test("names none for a client that the plan has not registered", async () => {
    expect((await shapedToken(machine("stranger", "requests:read"), prefix, clients)).claimsToAddOrOverride).toEqual({});
  });
  test("never carries a reviewer's scope", async () => {
    const event = machine("partner", "requests:read", "reviews:read", "reviews:write", "reviews:deny");
    expect((await shapedToken(event, prefix, clients)).scopesToSuppress).toEqual(
      ["reviews:read", "reviews:write", "reviews:deny"].map((scope) => prefix + scope),
    );
  });
  test("names no person, whatever the event says", async () => {
    const event = { ...machine("partner", "requests:read"), request: { userAttributes: { name: "Robot" } } };
    expect((await shapedToken(event, prefix, clients)).claimsToAddOrOverride).not.toHaveProperty("name");
  });
});

describe("a person's token", () => {
  const director = { name: "Dana Director", "custom:credential": "MD", "custom:specialty": "radiology", email: "dana@example.org" };

  test("carries name and credential, and nothing else of the person", async () => {
    expect(await shapedToken(person(["director"], director, "reviews:deny"), prefix, clients)).toEqual({
      claimsToAddOrOverride: { name: "Dana Director", credential: "MD", specialty: "radiology" },
      scopesToSuppress: [],
    });
  });
  test("carries the scopes of the person's groups only", async () => {
    const asked = ["reviews:read", "reviews:write", "reviews:deny", "intake:write"];
    const { scopesToSuppress } = await shapedToken(person(["nurse"], { name: "Nora" }, ...asked), prefix, clients);
    expect(scopesToSuppress).toEqual([`${prefix}reviews:deny`, `${prefix}intake:write`]);
    const both = await shapedToken(person(["nurse", "clerk"], { name: "Nora" }, ...asked), prefix, clients);
    expect(both.scopesToSuppress).toEqual([`${prefix}reviews:deny`]);
  });
  test.each([[[]], [["visitors"]]])("of no group that is known (%o) opens nothing", async (groups) => {
    const { scopesToSuppress } = await shapedToken(
      person(groups, { name: "Vic" }, "requests:read", "reviews:read"),
      prefix,
      clients,
    );
    expect(scopesToSuppress).toEqual([`${prefix}requests:read`, `${prefix}reviews:read`]);
  });
});
