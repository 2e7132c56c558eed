import { describe, expect, test } from "vitest";
import { measured, measurementsOf } from "../../../functions/lib/business-metrics.ts";
import type { Request } from "../../../shared/domain/request.ts";
import { apply, type Change, type Transition } from "../../../shared/domain/transition.ts";
import { registerDocument, settleDocument } from "../../../shared/domain/transitions/documents.ts";
import { hearVendor, recordContradiction } from "../../../shared/domain/transitions/hear-vendor.ts";
import { recordReferralFailed, recordReferralSent } from "../../../shared/domain/transitions/refer.ts";
import { withdraw } from "../../../shared/domain/transitions/withdraw.ts";
import type { Requests } from "../../../shared/ports.ts";
import {
  aChange,
  aRequest,
  at,
  denial,
  documentId,
  hoursAfter,
  referred,
  requestId,
  vendorDecides,
  vendorSays,
} from "../../builders.ts";
import { loggedBy } from "./log.ts";

const changeBy = <Command>(request: Request, change: Transition<Command>, command: Command, hours: number): Change => {
  const result = apply(change, request, command, at(hoursAfter(hours)));
  if (!result.ok) throw new Error(result.refusal.detail);
  return result.value;
};

describe("what is measured", () => {
  test("a submission, by line of business and channel", () => {
    expect(measurementsOf(aChange({ channel: "fax", lineOfBusiness: "marketplace" }))).toEqual([
      { metric: "RequestsSubmitted", value: 1, dimensions: { lineOfBusiness: "marketplace", channel: "fax" } },
    ]);
  });

  test("a withdrawal", () => {
    expect(measurementsOf(changeBy(aRequest(), withdraw, { reason: "Not needed." }, 1))).toEqual([
      { metric: "RequestsWithdrawn", value: 1, dimensions: { lineOfBusiness: "medicaid" } },
    ]);
  });

  test("documents as they are announced and as they end", () => {
    const { request, events } = changeBy(aRequest(), registerDocument, { id: documentId(), kind: "clinical" }, 1);
    expect(measurementsOf({ request, events })).toEqual([{ metric: "DocumentsRegistered", value: 1, dimensions: {} }]);
    for (const status of ["available", "rejected", "expired"] as const)
      expect(measurementsOf(changeBy(request, settleDocument, { id: documentId(), status }, 2))).toEqual([
        { metric: "DocumentsSettled", value: 1, dimensions: { result: status } },
      ]);
  });

  test("how long the vendor takes to get a referral, and to say so", () => {
    const sent = changeBy(referred(), recordReferralSent, { number: 1 }, 1.5);
    expect(measurementsOf(sent)).toEqual([{ metric: "ReferralLatency", value: 1800, dimensions: { priority: "standard" } }]);
    expect(measurementsOf(changeBy(sent.request, hearVendor, vendorSays("acknowledged", 1), 3))).toEqual([
      { metric: "AcknowledgementTime", value: 7200, dimensions: { priority: "standard" } },
    ]);
  });

  test("a referral that was not taken, and a vendor that contradicts itself", () => {
    expect(measurementsOf(changeBy(referred(), recordReferralFailed, { number: 1, reason: "the vendor answered 400" }, 2))).toEqual(
      [{ metric: "ReferralsFailed", value: 1, dimensions: {} }],
    );
    const contradiction = { event: vendorDecides(2, [denial]), reason: "The vendor contradicts its own decision." };
    expect(measurementsOf(changeBy(referred(), recordContradiction, contradiction, 2))).toContainEqual({
      metric: "VendorContradictions",
      value: 1,
      dimensions: {},
    });
  });

  test("decisions by outcome, and the time from receipt to the last of them", () => {
    const dimensions = { lineOfBusiness: "medicaid", priority: "standard" };
    const decided = measurementsOf(changeBy(referred(), hearVendor, vendorDecides(1, [denial]), 5));
    expect(decided).toContainEqual({
      metric: "LinesDecided",
      value: 1,
      dimensions: { lineOfBusiness: "medicaid", outcome: "denied" },
    });
    expect(decided).toContainEqual({ metric: "DecisionTime", value: 5 * 3600, dimensions });
  });
});

describe("a change is measured", () => {
  const tellingOf = (saved: boolean): Requests =>
    measured({
      create: async () => (saved ? undefined : { existing: aRequest(), fingerprint: "" }),
      save: async () => saved,
    } as unknown as Requests);

  test("once it is saved, with the request and the organization that it tells of", async () => {
    const about = { message: "measured", requestId, organization: "org-demo", RequestsSubmitted: 1 };
    expect(await loggedBy(() => tellingOf(true).create(aChange(), ""))).toMatchObject([about]);
    expect(await loggedBy(() => tellingOf(true).save(aChange(), 1))).toMatchObject([about]);
  });

  test("and not when somebody else was first", async () => {
    expect(await loggedBy(() => tellingOf(false).create(aChange(), ""))).toEqual([]);
    expect(await loggedBy(() => tellingOf(false).save(aChange(), 1))).toEqual([]);
  });
});
