import { type AuthorizationUse, authorizationNumberOf, unused } from "../shared/domain/authorization.ts";
import { type Benefit, type BenefitKey, lookAtOf, untouched } from "../shared/domain/benefit.ts";
import type { RequestId } from "../shared/domain/identifiers.ts";
import type { Principal } from "../shared/domain/principal.ts";
import type { Request } from "../shared/domain/request.ts";
import type { Policy } from "../shared/policy/policy.ts";
import type { BenefitDeps } from "../shared/use-cases/keep-benefits.ts";
import { aRequest, complete, policies, received, therapyLine } from "./builders.ts";

/** A process that stops for good. */
export class Crash extends Error {
  override readonly name = "Crash";
}

/** What happens before each call to the store: others may go first, or the process may stop. */
export type Before = (call: string) => Promise<void>;

/** The same stores, with something before each read and write, and after each write that was taken. */
export function crashable(deps: BenefitDeps, before: Before): BenefitDeps {
  const { requests, authorizations, benefits } = deps;
  const around = async <Answer>(what: string, call: () => Promise<Answer>): Promise<Answer> => {
    await before(what);
    return call();
  };
  const writing = async (what: string, call: () => Promise<boolean>): Promise<boolean> => {
    const taken = await around(`write ${what}`, call);
    if (taken) await before(`after ${what}`);
    return taken;
  };
  return {
    ...deps,
    requests: {
      find: (id) => around("read the request", () => requests.find(id)),
      save: (change, expected) => writing("the request", () => requests.save(change, expected)),
    },
    authorizations: {
      useOf: (id) => around("read the use", () => authorizations.useOf(id)),
      save: (use) => writing("the use", () => authorizations.save(use)),
    },
    benefits: {
      ...benefits,
      find: (key) => around("read the benefit", () => benefits.find(key)),
      save: (benefit) => writing("the benefit", () => benefits.save(benefit)),
    },
  };
}

/** The store's items in memory, each with its conditional write: for interleavings and crashes that no real store makes on demand. */
export function benefitWorld(policy: Policy) {
  const requests = new Map<RequestId, Request>();
  const uses = new Map<RequestId, AuthorizationUse>();
  const benefits = new Map<string, Benefit>();
  const nameOf = ({ member, benefit, from }: BenefitKey) => `${member}#${benefit}#${from}`;
  let now = received;

  const stores: BenefitDeps = {
    policy,
    clock: { now: () => now },
    requests: {
      find: async (id) => requests.get(id),
      async save({ request }, expected) {
        if (requests.get(request.id)?.version !== expected) return false;
        requests.set(request.id, request);
        return true;
      },
    },
    authorizations: {
      useOf: async (id) => uses.get(id) ?? unused(id),
      async save(use) {
        if ((uses.get(use.requestId)?.version ?? 0) !== use.version - 1) return false;
        uses.set(use.requestId, use);
        return true;
      },
    },
    benefits: {
      keyOf: (memberId, benefit, from) => ({ member: `sealed-${memberId}`, benefit, from }),
      find: async (key) => benefits.get(nameOf(key)) ?? untouched(key),
      async save(benefit) {
        if ((benefits.get(nameOf(benefit))?.version ?? 0) !== benefit.version - 1) return false;
        benefits.set(nameOf(benefit), benefit);
        return true;
      },
      due: async (at) => [...benefits.values()].filter((benefit) => (lookAtOf(benefit) ?? "~") <= at),
      putOff: async () => undefined,
    },
  };
  const deps = (before: Before): BenefitDeps => crashable(stores, before);

  return {
    deps,
    policies: { ...policies, of: async () => policy, at: async () => policy },
    requests,
    uses,
    benefits,
    now: () => now,
    pass: (minutes: number) => {
      now = new Date(Date.parse(now) + minutes * 60_000).toISOString();
    },
    /** A complete therapy request of the same member, for visits from the day of its receipt on: claims come after them. */
    therapy(
      letters: string,
      quantity = 8,
      { revises, from = received.slice(0, 10) }: { revises?: RequestId; from?: string } = {},
    ): Request {
      const id = `PA-${letters.padEnd(26, "A")}` as RequestId;
      const certification = revises && ({ type: "revised", previousAuthorization: authorizationNumberOf(revises) } as const);
      const request = complete(
        aRequest(
          { lines: [therapyLine({ quantity, serviceDate: from })], ...(certification && { certification }) },
          { id, network: { servicingProvider: true } },
        ),
      );
      requests.set(id, request);
      return request;
    },
  };
}
export type BenefitWorld = ReturnType<typeof benefitWorld>;

export const atOnce: Before = async () => undefined;

export const reviewer = (subject: string, director = false): Principal => ({
  issuer: "https://issuer",
  subject,
  organization: null,
  scopes: new Set(["reviews:read", "reviews:write", ...(director ? ["reviews:deny"] : [])]),
  person: { name: "Nora Reviewer", credential: director ? "MD" : "RN", specialty: null },
});
