import { describe, expect, test } from "vitest";
import type { Request } from "../../../shared/domain/request.ts";
import { close } from "../../../shared/domain/transitions/close.ts";
import { recordReferralFailed, recordReferralSent } from "../../../shared/domain/transitions/refer.ts";
import { withdraw } from "../../../shared/domain/transitions/withdraw.ts";
import type { Vendor } from "../../../shared/ports.ts";
import { type Notification, referToVendor } from "../../../shared/use-cases/refer-to-vendor.ts";
import { changed, hoursAfter, policies, referred, requestId } from "../../builders.ts";

/** What the vendor is sent, and under which key, when a request that stands so is heard of. `meanwhile`: how it stands by the time it is saved. */
async function sentFor(
  request: Request,
  notification: Pick<Notification, "type" | "sequence" | "epoch">,
  meanwhile: Request = request,
  news: unknown[] = [],
): Promise<string[]> {
  const keys: string[] = [];
  const vendor: Vendor = {
    refer: async (key) => {
      keys.push(`referral ${key}`);
      return { taken: true };
    },
    update: async (key, _id, body) => {
      keys.push(`update ${key}`);
      news.push(body);
      return { taken: true };
    },
  };
  const requests = {
    find: async () => meanwhile,
    findWithDocuments: async () => ({ request, documents: [] }),
    save: async () => true,
  };
  const deps = { requests, vendor, clock: { now: () => hoursAfter(2) }, policies, apiUrl: "https://api.example.org" };
  await referToVendor(deps, { requestId, lastChance: false, ...notification });
  return keys;
}

const unsent = referred();
const sent = changed(unsent, recordReferralSent, { number: 1 });
const epoch = 1_795_332_162;

describe("after a restore", () => {
  test("a referral that had not been recorded as sent is sent, with the key that it always has", async () => {
    expect(await sentFor(unsent, { type: "history.restored", sequence: 6, epoch })).toEqual([`referral ${requestId}.1`]);
    expect(await sentFor(unsent, { type: "referral.released", sequence: 5 })).toEqual([`referral ${requestId}.1`]);
  });

  test("one that had been sent is not", async () => {
    expect(await sentFor(sent, { type: "history.restored", sequence: 7, epoch })).toEqual([]);
  });

  test("news by a number that is used again is other news for the vendor", async () => {
    expect(await sentFor(sent, { type: "information.received", sequence: 7 })).toEqual([`update ${requestId}.1.7`]);
    expect(await sentFor(sent, { type: "information.received", sequence: 7, epoch })).toEqual([`update ${requestId}.1.${epoch}.7`]);
  });
});

test("a referral was sent before whatever the vendor makes of it, however long its answer takes", async () => {
  const times = [hoursAfter(2), hoursAfter(3), hoursAfter(4)];
  const saved: Request[] = [];
  const deps = {
    requests: {
      find: async () => unsent,
      findWithDocuments: async () => ({ request: unsent, documents: [] }),
      save: async ({ request }: { request: Request }) => saved.push(request) > 0,
    },
    vendor: {
      refer: async () => {
        times.shift();
        return { taken: true } as const;
      },
      update: async () => ({ taken: true }) as const,
    },
    clock: { now: () => times.shift() ?? hoursAfter(5) },
    policies,
    apiUrl: "https://api.example.org",
  };
  await referToVendor(deps, { requestId, lastChance: false, type: "referral.released", sequence: 5 });
  expect(saved).toMatchObject([{ updatedAt: hoursAfter(4), referral: { status: "sent", sentAt: hoursAfter(2) } }]);
});

describe("a withdrawal", () => {
  const takenBack = (request: Request) => changed(request, withdraw, { reason: "No longer needed." });
  const notification = { type: "request.withdrawn", sequence: 8 } as const;

  test("is told to the vendor that has the referral", async () => {
    const news: unknown[] = [];
    expect(await sentFor(takenBack(sent), notification, undefined, news)).toEqual([`update ${requestId}.1.8`]);
    expect(news).toMatchObject([{ requestId, status: "withdrawn" }]);
  });

  test("by the plan, which closes the request, is told as well", async () => {
    const closed = (request: Request) => changed(request, close, { reason: "ineligible", duplicateOf: null });
    const news: unknown[] = [];
    expect(await sentFor(closed(sent), { type: "request.closed", sequence: 8 }, undefined, news)).toEqual([
      `update ${requestId}.1.8`,
    ]);
    expect(news).toMatchObject([{ requestId, status: "closed" }]);
    const keys = await sentFor(unsent, { type: "referral.released", sequence: 5 }, closed(unsent));
    expect(keys).toEqual([`referral ${requestId}.1`, `update ${requestId}.1.closed`]);
  });

  test("is nothing to the vendor that has not", async () => {
    expect(await sentFor(takenBack(unsent), notification)).toEqual([]);
  });

  test("while the referral is on its way is told once it has arrived", async () => {
    const keys = await sentFor(unsent, { type: "referral.released", sequence: 5 }, takenBack(unsent));
    expect(keys).toEqual([`referral ${requestId}.1`, `update ${requestId}.1.withdrawn`]);
  });

  test("after a referral that failed is told: the answer may be what was lost", async () => {
    const failed = changed(unsent, recordReferralFailed, { number: 1, reason: "The vendor did not answer." });
    expect(await sentFor(takenBack(failed), notification)).toEqual([`update ${requestId}.1.8`]);
  });
});

test("news says all that is known by now, what was missing when the referral went out too", async () => {
  const news: unknown[] = [];
  await sentFor(sent, { type: "information.received", sequence: 7 }, undefined, news);
  expect(news).toMatchObject([
    { member: sent.submission.member, lines: [{ lineNumber: 1, serviceDate: "2026-12-20" }], status: sent.status },
  ]);
});
