import { expect, test } from "vitest";
import { policy } from "../../../shared/policy/policy.ts";
import { checkAuthorization } from "../../../shared/use-cases/check-authorization.ts";
import { hoursAfter, npis, received } from "../../builders.ts";

const unknownMember = "10000000009";
const rulesOf = async (serviceDate: string, now = received) => {
  const asked: string[] = [];
  const answer = await checkAuthorization(
    {
      requests: { ofMember: async () => ({ items: [] }), findMany: async () => [] },
      authorizations: { useOf: () => Promise.reject(new Error("nothing was authorized")) },
      directory: { lookUp: async () => new Map() },
      members: { find: async () => undefined },
      policies: {
        at: async (instant) => {
          asked.push(instant);
          return policy;
        },
      },
      policy,
      clock: { now: () => now },
    },
    unknownMember,
    { npi: npis.dayton, code: "97110", modifiers: [], serviceDate, units: 1, emergency: false },
  );
  return { asked, answer };
};

test("whether a claim's service had to be authorized is judged by the rules of its day, in the plan's time zone", async () => {
  expect(await rulesOf("2026-07-04")).toMatchObject({ asked: ["2026-07-04T04:00:00.000Z"], answer: { answer: "not-found" } });
});

test("a service that is still to come is judged by the rules of now: those of its day are not known", async () => {
  const now = hoursAfter(1);
  expect(await rulesOf("2027-03-01", now)).toMatchObject({ asked: [now] });
});
