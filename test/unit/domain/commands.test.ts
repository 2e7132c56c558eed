import { describe, expect, test } from "vitest";
import { isIntact } from "../../../shared/domain/events.ts";
import { apply } from "../../../shared/domain/transition.ts";
import { maxDocuments, registerDocument, settleDocument } from "../../../shared/domain/transitions/documents.ts";
import { hearVendor } from "../../../shared/domain/transitions/hear-vendor.ts";
import { type Information, inform } from "../../../shared/domain/transitions/inform.ts";
import { recordReferralFailed, recordReferralSent, releaseReferral } from "../../../shared/domain/transitions/refer.ts";
import { withdraw } from "../../../shared/domain/transitions/withdraw.ts";
import {
  aChange,
  aRequest,
  asked,
  at,
  changed,
  complete,
  documentId,
  done,
  hoursAfter,
  mriLine,
  npis,
  provider,
  received,
  referred,
  released,
  therapyLine,
  vendorDecides,
  vendorSays,
  visitLine,
} from "../../builders.ts";

const said = (information: Partial<Information>): Information => ({
  supplement: {},
  answers: [],
  network: { servicingProvider: true },
  membership: asked(),
  servicingOrganization: "org-imaging",
  ...information,
});

describe("submitting", () => {
  test("records who, when and what, in a chain that begins", () => {
    const { request, events } = aChange();
    expect(request).toMatchObject({ version: 1, status: "awaiting-information", updatedAt: received, policyVersion: "2026-11-22" });
    expect(events).toMatchObject([{ type: "request.submitted", sequence: 1, at: received, actor: provider, lines: [1] }]);
    expect(isIntact(events)).toBe(true);
  });
  test("splits a mixed request by line", () => {
    const request = aRequest({ lines: [mriLine(), therapyLine(), visitLine()] });
    expect(request.lines.map((line) => line.route)).toEqual(["vendor", "plan", "none"]);
    expect(request.referral).toMatchObject({ vendor: "NIA", portalUrl: "https://www.radmd.com", status: "waiting", number: 1 });
  });
  test("of what needs no authorization is settled at once", () => {
    expect(aRequest({ lines: [visitLine()] })).toMatchObject({ status: "not-required", referral: null, clock: [] });
  });
  test("long after receipt refers at once: a quarter of the clock has passed", () => {
    const { request, events } = aChange({ channel: "mail" }, { receivedAt: hoursAfter(-100) });
    expect(request.referral?.releasedAt).toBe(received);
    expect(events.map((event) => event.type)).toEqual(["request.submitted", "referral.released"]);
  });
});

describe("the referral", () => {
  test("goes out when nothing is missing", () => {
    const request = complete(aRequest(), hoursAfter(2));
    expect(request).toMatchObject({ status: "referred-to-vendor", completeAt: hoursAfter(2) });
    expect(request.referral).toMatchObject({ status: "waiting", releasedAt: hoursAfter(2) });
  });
  test("goes out at a quarter of the clock though something is missing, not before", () => {
    const request = aRequest();
    expect(changed(request, releaseReferral, {}, at(hoursAfter(41.999)))).toBe(request);
    expect(released(request)).toMatchObject({ status: "awaiting-information", referral: { releasedAt: hoursAfter(42) } });
  });
  test("is not released again", () => {
    const request = released(aRequest());
    expect(changed(request, releaseReferral, {}, at(hoursAfter(50)))).toBe(request);
    expect(complete(request).referral?.releasedAt).toBe(hoursAfter(42));
  });
  test("is sent once, even if the vendor's answer came first", () => {
    const sent = changed(referred(), recordReferralSent, { number: 1 }, at(hoursAfter(2)));
    expect(sent.referral).toMatchObject({ status: "sent", sentAt: hoursAfter(2) });
    expect(changed(sent, recordReferralSent, { number: 1 }, at(hoursAfter(3)))).toBe(sent);
    const decided = changed(referred(), hearVendor, vendorDecides(1));
    expect(changed(decided, recordReferralSent, { number: 1 }, at(hoursAfter(2)))).toMatchObject({
      status: "approved",
      referral: { status: "decided", sentAt: hoursAfter(2) },
    });
  });
  test("that was not taken goes to a person, and the clock runs on", () => {
    const failed = changed(referred(), recordReferralFailed, { number: 1, reason: "The vendor did not answer." });
    expect(failed).toMatchObject({ referral: { status: "failed" }, exception: { reason: "The vendor did not answer." } });
    expect(failed.clock).toEqual(referred().clock);
  });
  test("that was taken does not fail afterwards", () => {
    const sent = changed(referred(), recordReferralSent, { number: 1 });
    expect(changed(sent, recordReferralFailed, { number: 1, reason: "Late." })).toBe(sent);
  });
});

describe("adding information", () => {
  test("fills gaps one after the other, until nothing is missing", () => {
    const { name: _, ...line } = { ...mriLine({ quantity: 3 }), name: "" };
    const request = complete(aRequest({ diagnoses: [], lines: [line] }));
    expect(request.missing).toEqual(["diagnosis"]);
    const coded = changed(request, inform, said({ supplement: { diagnoses: [{ code: "M54.16" }] } }));
    expect(coded.missing).toEqual(["diagnosis-narrative"]);
    const told = changed(coded, inform, said({ supplement: { diagnoses: [{ code: "M54.16", narrative: "Radiculopathy" }] } }));
    expect(told).toMatchObject({ missing: [], status: "referred-to-vendor" });
  });
  test("keeps the receipt and so the clock", () => {
    const request = aRequest({ diagnoses: [] });
    const told = changed(request, inform, said({ supplement: { clinicalSummary: "Worse." } }), at(hoursAfter(20)));
    expect(told.clock).toEqual(request.clock);
    expect(told.receivedAt).toBe(request.receivedAt);
  });
  test("on one line leaves the others as they are", () => {
    const request = aRequest({ lines: [mriLine(), therapyLine({ quantity: 8 })] });
    const told = changed(request, inform, said({ supplement: { lines: [{ lineNumber: 2, quantity: 12 }] } }));
    expect(told.submission.lines.map((line) => line.quantity)).toEqual([1, 12]);
    expect(told.submission.lines[1]?.code).toBe("97110");
  });
  test("on a line that does not exist is a fault with its pointer", () => {
    const information = said({ supplement: { lines: [{ lineNumber: 1 }, { lineNumber: 2, quantity: 1 }] } });
    expect(apply(inform, aRequest(), information, at(hoursAfter(1)))).toMatchObject({
      ok: false,
      refusal: { problem: "validation-failed", errors: [{ pointer: "/lines/1/lineNumber" }] },
    });
    expect(apply(inform, aRequest(), said({ supplement: { lines: [{ lineNumber: 2 }] } }), at(hoursAfter(1))).ok).toBe(false);
  });
  test("names events' fields, never what was said", () => {
    const result = apply(inform, aRequest(), said({ supplement: { clinicalSummary: "Ada is worse." } }), at(hoursAfter(1)));
    expect(result).toMatchObject({ ok: true, value: { events: [{ type: "information.received", fields: ["clinicalSummary"] }] } });
    expect(JSON.stringify(result.ok && result.value.events)).not.toContain("worse");
  });
  test("may not contradict what was submitted before", () => {
    const request = aRequest({ lines: [mriLine({ serviceDate: "2026-12-20", diagnosisPointers: [1] })] });
    const faults = (supplement: Information["supplement"]) => {
      const refused = apply(inform, request, said({ supplement }), at(hoursAfter(1)));
      return refused.ok ? [] : refused.refusal.errors?.map((error) => error.pointer);
    };
    expect(faults({ lines: [{ lineNumber: 1, endDate: "2026-12-19" }] })).toEqual(["/lines/0/endDate"]);
    expect(faults({ lines: [{ lineNumber: 1, diagnosisPointers: [2] }] })).toEqual(["/lines"]);
    expect(faults({ member: { birthDate: "2027-01-01" } })).toEqual(["/member/birthDate"]);
    expect(faults({ lines: [{ lineNumber: 1, endDate: "2026-12-20" }] })).toEqual([]);
  });
  test("said twice is recorded once, though its ETag is stale by then", () => {
    const information = said({ supplement: { clinicalSummary: "Worse." }, answers: [{ code: "a", text: "Yes." }] });
    const request = aRequest();
    const first = done(apply(inform, request, information, at(hoursAfter(1)), request.version));
    expect(done(apply(inform, first, information, at(hoursAfter(2)), request.version))).toBe(first);
  });
  test("of something new with a stale ETag is refused", () => {
    const request = aRequest();
    const first = changed(request, inform, said({ supplement: { clinicalSummary: "Worse." } }));
    const result = apply(inform, first, said({ supplement: { clinicalSummary: "Better." } }), at(hoursAfter(2)), request.version);
    expect(result).toMatchObject({ ok: false, refusal: { problem: "version-conflict" } });
  });
  test("answers a question only with what came after it", () => {
    const asked = (version: number) => vendorSays("information-requested", version, { items: [{ code: "a", text: "How long?" }] });
    const once = changed(referred(), hearVendor, asked(1), at(hoursAfter(2)));
    const answer = said({ answers: [{ code: "a", text: "Six weeks." }] });
    const answered = changed(once, inform, answer, at(hoursAfter(3)));
    const again = changed(answered, hearVendor, { ...asked(2), items: [{ code: "a", text: "Exactly?" }] }, at(hoursAfter(4)));
    expect(again.informationRequest).not.toBeNull();
    expect(changed(again, inform, answer, at(hoursAfter(5))).informationRequest).toBeNull();
  });
  test("that brings the provider into the network can settle the last open line", () => {
    const outside = { servicingProvider: { npi: npis.outside, name: "Elsewhere" } };
    const mixed = aRequest(
      { lines: [mriLine(), visitLine(outside)], outOfNetworkReason: "Nobody nearer." },
      { network: { servicingProvider: true, lines: { "2": false } } },
    );
    const decided = changed(complete(mixed), hearVendor, vendorDecides(1));
    expect(decided.status).toBe("in-review");
    const supplement = { lines: [{ lineNumber: 2, servicingProvider: { npi: npis.miamiValley, name: "Miami Valley" } }] };
    const network = { servicingProvider: true, lines: { "2": true } };
    expect(changed(decided, inform, said({ supplement, network }))).toMatchObject({
      status: "approved",
      authorization: { from: "2026-12-20" },
    });
  });
});

describe("withdrawing", () => {
  const withdrawn = () => changed(referred(), withdraw, { reason: "Moved away." }, at(hoursAfter(2)));

  test("ends the request and asks nothing more", () => {
    expect(withdrawn()).toMatchObject({
      status: "withdrawn",
      withdrawal: { reason: "Moved away.", by: "desk" },
      informationRequest: null,
    });
  });
  test("twice by the same person is done once, though the ETag is stale by then", () => {
    const request = withdrawn();
    expect(done(apply(withdraw, request, { reason: "Moved away." }, at(hoursAfter(3)), 1))).toBe(request);
  });
  test("by somebody else afterwards is not possible", () => {
    const other = at(hoursAfter(3), { type: "provider", id: "another" });
    expect(apply(withdraw, withdrawn(), { reason: "Moved away." }, other)).toMatchObject({
      ok: false,
      refusal: { problem: "not-possible-now" },
    });
  });
  test("what is decided is not possible, and the answer repeats nothing that was said", () => {
    const decided = changed(referred(), hearVendor, vendorDecides(1));
    const result = apply(withdraw, decided, { reason: "Ada moved away." }, at(hoursAfter(3)));
    expect(result).toMatchObject({ ok: false, refusal: { problem: "not-possible-now" } });
    expect(JSON.stringify(result)).not.toContain("Ada");
  });
  test("is not followed by completion when a last document arrives", () => {
    const registered = changed(aRequest(), registerDocument, { id: documentId(), kind: "clinical" });
    const request = changed(registered, withdraw, { reason: "Moved away." });
    const result = apply(settleDocument, request, { id: documentId(), status: "available" }, at(hoursAfter(3)));
    expect(done(result)).toMatchObject({ status: "withdrawn", completeAt: null, documents: [{ status: "available" }] });
    expect(result.ok && result.value.events.map((event) => event.type)).toEqual(["document.available"]);
  });
});

describe("a document of a request", () => {
  const add = { id: documentId(), kind: "clinical" } as const;

  test("is registered once, however often it is asked for", () => {
    const request = changed(aRequest(), registerDocument, add);
    expect(request.documents).toEqual([{ ...add, status: "pending" }]);
    expect(changed(request, registerDocument, add)).toBe(request);
  });
  test("is reopened after its place was given up", () => {
    const expired = changed(changed(aRequest(), registerDocument, add), settleDocument, { id: add.id, status: "expired" });
    const result = apply(registerDocument, expired, add, at(hoursAfter(30)));
    expect(done(result).documents).toEqual([{ ...add, status: "pending" }]);
    expect(result.ok && result.value.events).toMatchObject([{ type: "document.reopened", documentId: add.id }]);
  });
  test("is settled once: what comes later changes nothing", () => {
    const request = changed(changed(aRequest(), registerDocument, add), settleDocument, { id: add.id, status: "available" });
    for (const status of ["available", "rejected", "expired"] as const)
      expect(changed(request, settleDocument, { id: add.id, status })).toBe(request);
  });
  test("that is rejected keeps the request alive", () => {
    const request = changed(changed(aRequest(), registerDocument, add), settleDocument, { id: add.id, status: "rejected" });
    expect(request).toMatchObject({ status: "awaiting-information", missing: ["clinical-documents"] });
    const other = changed(request, registerDocument, { id: documentId("B"), kind: "order" });
    expect(changed(other, settleDocument, { id: documentId("B"), status: "available" }).missing).toEqual([]);
  });
  test("that nobody registered is not settled", () => {
    expect(changed(aRequest(), settleDocument, { id: documentId("Z"), status: "available" }).documents).toEqual([]);
  });
  test("is refused as the fifty-first", () => {
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const id = (index: number) =>
      documentId(letters[index % 26]).replace(/^./, letters[Math.floor(index / 26)] ?? "A") as typeof add.id;
    let request = aRequest();
    for (let index = 0; index < maxDocuments; index += 1)
      request = changed(request, registerDocument, { id: id(index), kind: "clinical" });
    expect(request.documents).toHaveLength(50);
    expect(apply(registerDocument, request, { id: documentId("Z"), kind: "clinical" }, at(hoursAfter(1)))).toMatchObject({
      ok: false,
      refusal: { problem: "too-many-documents" },
    });
    expect(changed(request, registerDocument, { id: id(7), kind: "clinical" })).toBe(request);
  });
});
