import { describe, expect, test } from "vitest";
import { newDocument, withFinding } from "../../../shared/domain/document.ts";
import type { Request } from "../../../shared/domain/request.ts";
import { hearVendor } from "../../../shared/domain/transitions/hear-vendor.ts";
import { recordReferralFailed, recordReferralSent } from "../../../shared/domain/transitions/refer.ts";
import { withdraw } from "../../../shared/domain/transitions/withdraw.ts";
import { vendorSilentFrom, verdictOverdueFrom } from "../../../shared/domain/watch.ts";
import { policy } from "../../../shared/policy/policy.ts";
import {
  aRequest,
  at,
  changed,
  complete,
  documentId,
  hoursAfter,
  received,
  referred,
  requestId,
  vendorSays,
} from "../../builders.ts";

const silentFrom = (request: Request) => vendorSilentFrom(request, policy.plan.reminders);

describe("the vendor's silence", () => {
  test("is too long four hours after the referral's release, one hour when it is expedited", () => {
    // Released with the last document, an hour after receipt.
    expect(silentFrom(referred())).toBe(hoursAfter(5));
    const expedited = { priority: "expedited", expedite: { reason: "Cauda equina.", requestedBy: "physician" } } as const;
    expect(silentFrom(referred(expedited))).toBe(hoursAfter(2));
  });

  test("counts whether the referral was taken or not", () => {
    expect(silentFrom(changed(referred(), recordReferralSent, { number: 1 }))).toBe(hoursAfter(5));
  });

  test("is not longer than the clock: what is released at its end is due at once", () => {
    const request = complete(aRequest(), hoursAfter(1));
    const end = request.clock[0]?.dueAt ?? "";
    const late = { ...request, referral: request.referral && { ...request.referral, releasedAt: end } };
    expect(silentFrom(late)).toBe(end);
  });

  test("is none before the release, after a word of the vendor, after a failure, after the end", () => {
    expect(silentFrom(aRequest())).toBeNull();
    expect(silentFrom(changed(referred(), hearVendor, vendorSays("acknowledged", 1)))).toBeNull();
    expect(silentFrom(changed(referred(), recordReferralFailed, { number: 1, reason: "the vendor answered 400" }))).toBeNull();
    expect(silentFrom(changed(referred(), withdraw, { reason: "Not needed." }, at(hoursAfter(2))))).toBeNull();
  });
});

describe("a verdict", () => {
  const description = { fileName: "note.pdf", contentType: "application/pdf", size: 10, sha256: "", kind: "clinical" } as const;
  const registered = newDocument({ requestId, id: documentId(), description, now: received, uploadHours: 24 });

  test("is overdue an hour after the upload, not after the registration", () => {
    expect(verdictOverdueFrom(registered)).toBeNull();
    const checked = withFinding(registered, "checked", "v1", { good: true }, hoursAfter(3));
    expect(verdictOverdueFrom(checked)).toBe(hoursAfter(4));
    expect(verdictOverdueFrom(withFinding(checked, "scanned", "v1", { good: true }, hoursAfter(9)))).toBe(hoursAfter(4));
  });

  test("is not awaited any more once the document is rejected", () => {
    expect(
      verdictOverdueFrom(withFinding(registered, "scanned", "v1", { good: false, reason: "A threat." }, hoursAfter(3))),
    ).toBeNull();
  });
});
