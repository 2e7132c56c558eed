import { describe, expect, test } from "vitest";
import type { Request } from "../../../shared/domain/request.ts";
import { recordReferralSent } from "../../../shared/domain/transitions/refer.ts";
import { policy } from "../../../shared/policy/policy.ts";
import type { Vendor } from "../../../shared/ports.ts";
import { type Notification, referToVendor } from "../../../shared/use-cases/refer-to-vendor.ts";
import { changed, hoursAfter, referred, requestId } from "../../builders.ts";

/** What the vendor is sent, and under which key, when a request that stands so is heard of. */
async function sentFor(request: Request, notification: Pick<Notification, "type" | "sequence" | "epoch">): Promise<string[]> {
  const keys: string[] = [];
  const vendor: Vendor = {
    refer: async (key) => {
      keys.push(`referral ${key}`);
      return { taken: true };
    },
    update: async (key) => {
      keys.push(`update ${key}`);
      return { taken: true };
    },
  };
  const requests = {
    find: async () => request,
    findWithDocuments: async () => ({ request, documents: [] }),
    save: async () => true,
  };
  const deps = { requests, vendor, clock: { now: () => hoursAfter(2) }, policy, apiUrl: "https://api.example.org" };
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
