import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Instant } from "../../../shared/domain/calendar.ts";
import type { Request } from "../../../shared/domain/request.ts";
import { dueAt, queueOf } from "../../../shared/domain/request.ts";
import { contradictionIn, hearVendor, isReplay, recordContradiction } from "../../../shared/domain/transitions/hear-vendor.ts";
import { inform } from "../../../shared/domain/transitions/inform.ts";
import { releaseReferral } from "../../../shared/domain/transitions/refer.ts";
import { withdraw } from "../../../shared/domain/transitions/withdraw.ts";
import type { VendorEvent } from "../../../shared/domain/vendor-event.ts";
import {
  approval,
  aRequest,
  asked,
  at,
  changed,
  clinician,
  complete,
  denial,
  hoursAfter,
  mriLine,
  referred,
  released,
  therapyLine,
  vendor,
  vendorDecides,
  vendorSays,
} from "../../builders.ts";

const now = at(hoursAfter(3), vendor);

/** As the desk hears it: replays change nothing, contradictions go to a person, everything else is taken. */
const heard = (request: Request, ...events: readonly VendorEvent[]): Request => heardAt(now.now, request, ...events);

function heardAt(arrival: Instant, request: Request, ...events: readonly VendorEvent[]): Request {
  const context = at(arrival, vendor);
  return events.reduce((known, event) => {
    if (isReplay(known, event)) return known;
    const reason = contradictionIn(known, event, arrival);
    return reason === undefined
      ? changed(known, hearVendor, event, context)
      : changed(known, recordContradiction, { event, reason }, context);
  }, request);
}
const answer = (text = "Six weeks.") => ({
  supplement: {},
  answers: [{ code: "therapy", text }],
  network: { servicingProvider: true },
  membership: asked(),
  servicingOrganization: null,
});
const outcomes = (request: Request) => request.lines.map((line) => line.decision?.outcome ?? null);

describe("the vendor's case", () => {
  test("is known by its first word, and waits for the decision", () => {
    const request = heard(referred(), vendorSays("acknowledged", 1));
    expect(request).toMatchObject({ status: "referred-to-vendor", referral: { status: "acknowledged", caseId: "NIA-1" } });
  });

  test("ends in an approval with dates and units, and an authorization", () => {
    const request = heard(referred(), vendorSays("acknowledged", 1), vendorDecides(2));
    expect(request).toMatchObject({ status: "approved", referral: { status: "decided" }, exception: null });
    expect(request.lines[0]?.decision).toMatchObject({
      outcome: "approved",
      quantity: 1,
      unit: "visit",
      from: "2026-12-20",
      to: "2027-03-20",
      decidedBy: { name: "NIA", credential: null },
    });
    expect(request.authorization).toEqual({ number: request.id.replace("PA-", "AU-"), from: "2026-12-20", to: "2027-03-20" });
    expect(dueAt(request)).toBeNull();
  });

  test("ends in a denial by a clinician who may deny, with the reason", () => {
    const request = heard(referred(), vendorDecides(1, [denial]));
    expect(request).toMatchObject({ status: "denied", authorization: null });
    expect(request.lines[0]?.decision).toMatchObject({
      outcome: "denied",
      quantity: null,
      unit: null,
      from: null,
      to: null,
      reason: denial.reason,
      decidedBy: clinician,
    });
  });

  test("has the criterion of a denial, where the vendor names one", () => {
    const criterion = "Imaging guideline SP-2";
    const named = changed(referred(), hearVendor, vendorDecides(2, [{ ...denial, criterion }]), at(hoursAfter(3), vendor));
    expect(named.lines[0]?.decision).toMatchObject({ outcome: "denied", criterion });
    const unnamed = changed(referred(), hearVendor, vendorDecides(2, [denial]), at(hoursAfter(3), vendor));
    expect(unnamed.lines[0]?.decision).toMatchObject({ outcome: "denied", criterion: null });
  });

  test("is the plan's again when the vendor may not decide it, on the clock that started at receipt", () => {
    const before = referred();
    const request = heard(before, vendorSays("not-delegated", 1));
    expect(request).toMatchObject({ status: "in-review", referral: { status: "returned" } });
    expect(before.lines[0]?.because).toMatch(/imaging vendor decides/);
    expect(request.lines[0]).toMatchObject({
      route: "plan",
      decision: null,
      because: "The imaging vendor does not decide this service: the plan does.",
    });
    expect(dueAt(request)).toBe(dueAt(before));
    expect(queueOf(request)).toBe("nurse");
  });

  test("stays the plan's when the provider adds information later", () => {
    const request = changed(heard(referred(), vendorSays("not-delegated", 1)), inform, answer());
    expect(request).toMatchObject({ status: "in-review", referral: { status: "returned" } });
    expect(request.lines[0]?.route).toBe("plan");
  });

  test("waits while the vendor asks, and goes on when the provider has answered", () => {
    const items = [{ code: "therapy", text: "How long was the therapy?" }];
    const asked = heard(referred(), vendorSays("acknowledged", 1), vendorSays("information-requested", 2, { items }));
    expect(asked).toMatchObject({
      status: "awaiting-information",
      referral: { status: "information-requested" },
      informationRequest: { askedBy: "vendor", items },
    });
    expect(queueOf(asked)).toBeNull();
    const answered = changed(asked, inform, answer(), at(hoursAfter(4)));
    expect(answered).toMatchObject({
      status: "referred-to-vendor",
      informationRequest: null,
      referral: { status: "acknowledged", caseId: "NIA-1" },
      answers: [{ code: "therapy", text: "Six weeks.", at: hoursAfter(4) }],
    });
    expect(heard(answered, vendorDecides(3)).status).toBe("approved");
  });

  test("may be decided without waiting for the answer", () => {
    const asked = heard(referred(), vendorSays("information-requested", 1));
    expect(heard(asked, vendorDecides(2))).toMatchObject({ status: "approved", informationRequest: null });
  });

  test("of two lines may be decided one by one", () => {
    const half = heard(referred({ lines: [mriLine(), mriLine({ code: "70450" })] }), vendorDecides(1));
    expect(half).toMatchObject({ status: "referred-to-vendor", referral: { status: "acknowledged" }, authorization: null });
    const whole = heard(half, vendorDecides(2, [{ ...denial, lineNumber: 2 }]));
    expect(whole).toMatchObject({ status: "partially-approved", referral: { status: "decided" } });
    expect(outcomes(whole)).toEqual(["approved", "denied"]);
  });

  test("leaves the plan's own lines to the plan", () => {
    const request = heard(referred({ lines: [mriLine(), therapyLine()] }), vendorDecides(1));
    expect(request).toMatchObject({ status: "in-review", referral: { status: "decided" } });
    expect(outcomes(request)).toEqual(["approved", null]);
  });
});

describe("an adverse answer", () => {
  test.each([
    ["names no clinician", { lineNumber: 1, outcome: "denied", reason: denial.reason }],
    ["names a nurse", { ...denial, clinician: { name: "Kim Oduya", credential: "RN" } }],
    ["names a pharmacist, whose expertise is drugs", { ...denial, clinician: { name: "Kim Oduya", credential: "PharmD" } }],
    [
      "names a psychologist, whose expertise is behavioral health",
      { ...denial, clinician: { name: "Kim Oduya", credential: "PsyD" } },
    ],
    ["gives no reason", { lineNumber: 1, outcome: "denied", clinician }],
    ["is an approval of less without a clinician", { lineNumber: 1, outcome: "approved-less", quantity: 1, reason: denial.reason }],
  ] as const)("goes to the medical director when it %s", (_, said) => {
    const request = heard(referred(), vendorDecides(1, [said]));
    expect(request).toMatchObject({ status: "medical-director-review", authorization: null });
    expect(request.lines[0]).toMatchObject({ escalated: true, route: "plan", decision: null });
    expect(queueOf(request)).toBe("medical-director");
  });

  test("on a drug stands on a pharmacist", () => {
    const drug = referred({ lines: [mriLine(), mriLine({ code: "70450" })] });
    const lines = drug.lines.map((line) => (line.lineNumber === 2 ? { ...line, category: "drug" } : line));
    const said = { ...denial, lineNumber: 2, clinician: { name: "Kim Oduya", credential: "PharmD" } };
    expect(outcomes(heard({ ...drug, lines }, vendorDecides(1, [said])))).toEqual([null, "denied"]);
  });

  test.each([
    ["fewer units", { quantity: 4 }],
    ["a later beginning", { from: "2027-01-04" }],
    ["an earlier end", { to: "2026-12-31" }],
  ])("hides in an approval of %s: it is one of less", (_, given) => {
    const asked = { lines: [mriLine({ quantity: 8, endDate: "2027-02-28" })] };
    const said = { ...approval, quantity: 8, to: "2027-02-28", ...given };
    expect(heard(referred(asked), vendorDecides(1, [said])).status).toBe("medical-director-review");
    const reviewed = heard(
      referred(asked),
      vendorDecides(1, [{ ...said, clinician, ...(denial.reason && { reason: denial.reason }) }]),
    );
    expect(reviewed.status).toBe("partially-approved");
    expect(reviewed.lines[0]?.decision).toMatchObject({ outcome: "approved-less", ...given });
  });

  test("is not an approval of more, or of longer", () => {
    const said = { ...approval, quantity: 3, from: "2026-12-01", to: "2027-12-31" };
    expect(heard(referred(), vendorDecides(1, [said])).status).toBe("approved");
  });
});

describe("the time of the vendor's decision", () => {
  const minutes = (count: number) => count / 60;
  const decidedAt = (request: Request) => request.lines[0]?.decision?.decidedAt;

  test.each([
    ["is when the vendor made it", 2, 2],
    ["is no later than its arrival, when the vendor's clock is ahead", 3 + minutes(4), 3],
    ["is no earlier than the referral, when the vendor's clock is behind", 1 - minutes(4), 1],
  ])("%s", (_, occurred, counted) => {
    const request = heard(referred(), vendorDecides(1, [approval], { occurredAt: hoursAfter(occurred) }));
    expect(request).toMatchObject({ status: "approved", exception: null });
    expect(decidedAt(request)).toBe(hoursAfter(counted));
  });

  test("is in time until the last moment", () => {
    const due = dueAt(referred()) ?? "";
    expect(heardAt(due, referred(), vendorDecides(1, [approval], { occurredAt: due })).status).toBe("approved");
  });

  test("may lie before the release, when the provider opened the case at the vendor's own site", () => {
    const opened = heardAt(hoursAfter(0.5), aRequest(), vendorSays("opened", 1, { occurredAt: hoursAfter(0.25) }));
    const request = heard(complete(opened, hoursAfter(2)), vendorDecides(2, [approval], { occurredAt: hoursAfter(1) }));
    expect(request).toMatchObject({ status: "approved", exception: null, referral: { releasedAt: hoursAfter(2) } });
    expect(decidedAt(request)).toBe(hoursAfter(1));
  });

  test("may lie before a release that was made again after a restore", () => {
    const restored = { ...referred(), epoch: Date.parse(hoursAfter(0.8)) / 1000 };
    const request = heard(restored, vendorDecides(1, [approval], { occurredAt: hoursAfter(0.7) }));
    expect(request).toMatchObject({ status: "approved", exception: null });
    expect(decidedAt(request)).toBe(hoursAfter(0.7));
  });

  test("may lie before the receipt of a request that was submitted anew after a restore", () => {
    const again = { ...referred(), epoch: Date.parse(hoursAfter(-0.1)) / 1000 };
    const request = heard(again, vendorDecides(1, [approval], { occurredAt: hoursAfter(-2) }));
    expect(request).toMatchObject({ status: "approved", exception: null });
    expect(decidedAt(request)).toBe(again.receivedAt);
  });
});

describe("the same words again", () => {
  test.each([
    ["the very same event", {}],
    ["under another event id", { eventId: "event-again" }],
    ["at another time", { occurredAt: hoursAfter(9) }],
  ])("change nothing: %s", (_, again) => {
    const request = heard(referred(), vendorSays("acknowledged", 1), vendorDecides(2));
    expect(heard(request, vendorDecides(2, [approval], again))).toBe(request);
  });

  test("as a later version are noted, and change no decision", () => {
    const decided = heard(referred(), vendorDecides(1));
    const request = heard(decided, vendorDecides(2));
    expect(request.lines).toEqual(decided.lines);
    expect(request).toMatchObject({ status: "approved", exception: null });
  });

  test("are recognised after a contradiction too: a person hears of it once", () => {
    const request = heard(referred(), vendorDecides(1), vendorDecides(2, [denial]));
    expect(heard(request, vendorDecides(2, [denial], { eventId: "event-again" }))).toBe(request);
  });
});

describe("a contradiction goes to a person and changes no decision", () => {
  const week = 7 * 24;
  const minutes = (count: number) => count / 60;
  test.each([
    ["after it was due", week + 1, week + 1],
    ["after it was due, and is dated before", week + 1, week - 1],
  ])("a decision that arrives %s", (_, arrival, occurred) => {
    const said = vendorDecides(1, [approval], { occurredAt: hoursAfter(occurred) });
    const request = heardAt(hoursAfter(arrival), referred(), said);
    expect(request).toMatchObject({ exception: { reason: "The vendor's decision arrived after it was due." } });
    expect(outcomes(request)).toEqual([null]);
    expect(queueOf(request)).toBe("vendor-exceptions");
  });

  test.each([
    ["years before the receipt", "2020-01-01T00:00:00.000Z", "The vendor dates its word before the request was received."],
    ["before the receipt", hoursAfter(-minutes(6)), "The vendor dates its word before the request was received."],
    ["before the referral was released", hoursAfter(1 - minutes(6)), "The vendor dates its word before the referral was sent."],
    ["ahead of us, beyond what clocks differ by", hoursAfter(3 + minutes(6)), "The vendor dates its word in the future."],
  ])("a word that is dated %s", (_, occurredAt, reason) => {
    for (const event of [vendorDecides(1, [approval], { occurredAt }), vendorSays("not-delegated", 1, { occurredAt })]) {
      const request = heard(referred(), event);
      expect(request).toMatchObject({ exception: { reason }, referral: { status: "waiting", caseId: null } });
      expect(outcomes(request)).toEqual([null]);
      expect(queueOf(request)).toBe("vendor-exceptions");
    }
  });

  const approved = () => heard(referred(), vendorSays("acknowledged", 1), vendorDecides(2));
  const ended = () => changed(referred(), withdraw, { reason: "Moved away." }, at(hoursAfter(2)));
  const more: readonly [string, () => Request, VendorEvent][] = [
    ["another outcome", approved, vendorDecides(3, [denial])],
    ["the same outcome with other units", approved, vendorDecides(3, [{ ...approval, quantity: 7 }])],
    ["the same outcome with other dates", approved, vendorDecides(3, [{ ...approval, to: "2027-01-01" }])],
    ["the same version with another meaning", approved, vendorDecides(2, [denial], { eventId: "other" })],
    ["the same event with another meaning", approved, vendorDecides(3, [denial], { eventId: "event-decided-2" })],
    ["another case", approved, vendorDecides(3, [approval], { caseId: "NIA-2" })],
    ["a return of what was decided", approved, vendorSays("not-delegated", 3)],
    ["a decision after the withdrawal", ended, vendorDecides(1)],
    ["a decision of what was given back", () => heard(referred(), vendorSays("not-delegated", 1)), vendorDecides(2)],
    [
      "a question about what was given back",
      () => heard(referred(), vendorSays("not-delegated", 1)),
      vendorSays("information-requested", 2),
    ],
    ["a line that does not exist", () => referred(), vendorDecides(1, [{ ...approval, lineNumber: 2 }])],
    [
      "a line that is the plan's",
      () => referred({ lines: [mriLine(), therapyLine()] }),
      vendorDecides(1, [approval, { ...approval, lineNumber: 2 }]),
    ],
    ["two answers on one line", () => referred(), vendorDecides(1, [approval, denial])],
    [
      "a line that waits for the medical director",
      () => heard(referred(), vendorDecides(1, [{ lineNumber: 1, outcome: "denied" }])),
      vendorDecides(2, [approval]),
    ],
  ];

  test.each(more)("%s", (_, standing, event) => {
    const before = standing();
    const request = heard(before, event);
    expect(request.exception?.reason).toMatch(/^The vendor .*\.$/);
    expect(request.lines).toEqual(before.lines);
    expect(request.status).toBe(before.status);
    expect(request.authorization).toEqual(before.authorization);
    expect(queueOf(request)).toBe("vendor-exceptions");
    expect(request.version).toBe(before.version + 1);
  });

  test("and another case's version does not stand in the way of the right one's", () => {
    const request = heard(
      referred(),
      vendorSays("acknowledged", 1),
      vendorDecides(2, [denial], { caseId: "NIA-2", eventId: "stray" }),
    );
    expect(request.exception).not.toBeNull();
    expect(heard(request, vendorDecides(2)).status).toBe("approved");
  });
});

describe("news in any order", () => {
  const items = [{ code: "therapy", text: "How long?" }];
  const stories: readonly [string, readonly VendorEvent[]][] = [
    [
      "acknowledged, asked, approved",
      [vendorSays("acknowledged", 1), vendorSays("information-requested", 2, { items }), vendorDecides(3)],
    ],
    ["acknowledged, denied", [vendorSays("acknowledged", 1), vendorDecides(2, [denial])]],
    ["acknowledged, asked", [vendorSays("acknowledged", 1), vendorSays("information-requested", 2, { items })]],
    [
      "acknowledged, asked, given back",
      [vendorSays("acknowledged", 1), vendorSays("information-requested", 2), vendorSays("not-delegated", 3)],
    ],
  ];

  test.each(stories)("ends alike, repeats included: %s", (_, story) => {
    const { status, lines, referral, informationRequest } = heard(referred(), ...story);
    fc.assert(
      fc.property(fc.shuffledSubarray([...story, ...story], { minLength: story.length * 2 }), (shuffled) => {
        const request = heard(referred(), ...shuffled);
        expect(request).toMatchObject({ status, lines, informationRequest, exception: null });
        expect(request.referral).toMatchObject({ status: referral?.status, caseId: "NIA-1" });
        expect(request.referral?.heard).toHaveLength(story.length);
      }),
    );
  });
});

describe("a case that the vendor opened before the referral went out", () => {
  const opened = () => heard(aRequest(), vendorSays("opened", 1));

  test("is kept when the provider adds information", () => {
    const request = changed(opened(), inform, { ...answer(), supplement: { clinicalSummary: "Worse." } });
    expect(request.referral).toMatchObject({ caseId: "NIA-1", status: "acknowledged" });
  });
  test("hears from us as soon as nothing is missing", () => {
    expect(complete(opened(), hoursAfter(5)).referral?.releasedAt).toBe(hoursAfter(5));
  });
  test("hears from us at a quarter of the clock otherwise", () => {
    const request = changed(opened(), releaseReferral, {}, at(hoursAfter(42)));
    expect(request.referral).toMatchObject({ releasedAt: hoursAfter(42), status: "acknowledged" });
  });
  test("hears nothing more once the vendor has given it back", () => {
    const back = heard(opened(), vendorSays("not-delegated", 2));
    expect(released(back)).toBe(back);
    expect(complete(back).referral?.releasedAt).toBeNull();
  });
});

describe("a request that came from the vendor's own site", () => {
  const openedCase = { caseId: "NIA-7", version: 1, eventId: "event-1", fingerprint: "f" };

  test("is referred from the beginning, its receipt as the vendor says", () => {
    const request = aRequest({ channel: "vendor" }, { openedCase, receivedAt: hoursAfter(-2) });
    expect(request.referral).toMatchObject({ status: "acknowledged", caseId: "NIA-7", releasedAt: hoursAfter(0), number: 1 });
    expect(request.clock[0]?.dueAt).toBe(hoursAfter(166));
    expect(heard(request, vendorDecides(2, [approval], { caseId: "NIA-7" })).status).toBe("approved");
  });

  test("about services that are not the vendor's is the plan's, and a person sees to it", () => {
    const request = aRequest({ channel: "vendor", lines: [therapyLine()] }, { openedCase });
    expect(request.referral).toMatchObject({ status: "returned", caseId: "NIA-7" });
    expect(queueOf(request)).toBe("vendor-exceptions");
    const late = heard(request, vendorDecides(2, [approval], { caseId: "NIA-7" }));
    expect(late).toMatchObject({ status: request.status, lines: request.lines, exception: { reason: expect.any(String) } });
  });
});
