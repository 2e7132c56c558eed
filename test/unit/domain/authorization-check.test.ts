import { describe, expect, test } from "vitest";
import { unused } from "../../../shared/domain/authorization.ts";
import { type ClaimedService, checkedAgainst } from "../../../shared/domain/authorization-check.ts";
import type { Npi } from "../../../shared/domain/identifiers.ts";
import type { Request } from "../../../shared/domain/request.ts";
import type { SubmittedLine } from "../../../shared/domain/submission.ts";
import { continueStay } from "../../../shared/domain/transitions/continue-stay.ts";
import { decideAppeal } from "../../../shared/domain/transitions/decide-appeal.ts";
import { type DeterminedLine, determine } from "../../../shared/domain/transitions/determine.ts";
import { fileAppeal } from "../../../shared/domain/transitions/file-appeal.ts";
import type { Setting } from "../../../shared/domain/vocabulary.ts";
import { policy } from "../../../shared/policy/policy.ts";
import { aRequest, asked, at, changed, complete, hoursAfter, npis, therapyLine } from "../../builders.ts";

const director = { subject: "director-1", name: "Dana Director", credential: "MD", mayDeny: true };
const other = { ...director, subject: "director-2" };
const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" } as const;
const unmet = { ...met, medicalNecessity: "not-met" } as const;
const approval: DeterminedLine = { lineNumber: 1, outcome: "approved", grounds: met };
const reason = { code: "0F", text: "Function is restored." } as const;
const denial: DeterminedLine = { lineNumber: 1, outcome: "denied", grounds: unmet, reason, criterion: "PT-4" };

const decided = (request: Request, ...lines: readonly DeterminedLine[]) =>
  changed(request, determine, { lines, reviewer: director }, at(hoursAfter(2)));

const answered = (requests: readonly Request[], service: Partial<ClaimedService>) =>
  checkedAgainst(
    requests.map((request) => ({ request, use: unused(request.id) })),
    { npi: npis.miamiValley, modifiers: [], serviceDate: "2026-12-21", units: 1, emergency: false, ...service },
    { requirement: "required" } as never,
    policy,
  );
const check = (requests: readonly Request[], service: Partial<ClaimedService>) => answered(requests, service).answer;

describe("what was approved for less, and by an appeal as asked,", () => {
  const line = therapyLine({ quantity: 12, serviceDate: "2026-12-01", endDate: "2027-02-01" });
  const partly = decided(complete(aRequest({ lines: [line] })), { ...denial, outcome: "approved-less", quantity: 6 });
  const appealed = changed(partly, fileAppeal, { reason: "It helps.", expedited: false }, at("2026-12-06T12:00:00.000Z"));
  const judgment = { appealId: "appeal-1", outcome: "overturned", reviewer: other } as const;
  const overturned = changed(appealed, decideAppeal, judgment, at("2026-12-20T12:00:00.000Z"));

  test("is authorized on the days that were authorized from the first, and not late", () => {
    for (const request of [partly, overturned])
      expect(check([request], { code: "97110", serviceDate: "2026-12-05" })).toBe("authorized");
  });

  test("is late where nothing was authorized before the appeal", () => {
    const denied = decided(complete(aRequest({ lines: [line] })), denial);
    const filed = changed(denied, fileAppeal, { reason: "It helps.", expedited: false }, at("2026-12-06T12:00:00.000Z"));
    const granted = changed(filed, decideAppeal, judgment, at("2026-12-20T12:00:00.000Z"));
    expect(check([granted], { code: "97110", serviceDate: "2026-12-05" })).toBe("late");
    expect(check([granted], { code: "97110", serviceDate: "2026-12-20" })).toBe("authorized");
  });
});

const stay = (setting: Setting = "inpatient", line: Partial<SubmittedLine> = {}) =>
  complete(
    aRequest({
      setting,
      admission: { date: "2026-12-20", days: 5, levelOfCare: "acute", type: "elective" },
      lines: [{ modifiers: [], investigational: false, description: "The stay itself", ...line }],
    }),
  );

describe("a stay that was asked for without any code", () => {
  const approved = decided(stay(), approval);

  test.each<[string, Partial<ClaimedService>]>([
    ["room and board", { revenueCode: "0120" }],
    ["a hospital's ward", { revenueCode: "0250", placeOfService: "21" }],
    ["a psychiatric room", { revenueCode: "0124" }],
  ])("authorizes %s within its days", (_what, service) => {
    expect(check([approved], service)).toBe("authorized");
    expect(check([approved], { ...service, serviceDate: "2027-06-01" })).toBe("expired");
    expect(check([approved], { ...service, serviceDate: "2026-12-19" })).toBe("mismatch");
    expect(check([approved], { ...service, npi: npis.outside as Npi })).toBe("mismatch");
    expect(check([decided(stay(), denial)], service)).toBe("denied");
  });

  test.each(["31", "32", "51", "61"])("authorizes what is delivered in place %s", (placeOfService) => {
    expect(check([approved], { revenueCode: "0250", placeOfService })).toBe("authorized");
  });

  test("authorizes nothing outside: not in an office, nor by a charge that is made there too", () => {
    expect(check([approved], { code: "97110", placeOfService: "11" })).toBe("not-found");
    expect(check([approved], { revenueCode: "0420" })).toBe("not-found");
  });

  test("does not authorize what was denied by its name", () => {
    const surgery = { code: "27447", placeOfService: "21", serviceDate: "2026-12-21" };
    const denied = decided(stay("inpatient", { code: "27447", serviceDate: "2026-12-21" }), denial);
    expect(check([approved], surgery)).toBe("authorized");
    expect(check([approved, denied], surgery)).toBe("denied");
  });

  test("is authorized where another request for it was denied", () => {
    expect(check([decided(stay(), denial), approved], { revenueCode: "0120" })).toBe("authorized");
  });
});

describe("a denial", () => {
  const denied = decided(complete(aRequest({ lines: [therapyLine()] })), denial);

  test("has a number only where something else of the request is authorized", () => {
    const service = { code: "97110", serviceDate: "2026-12-20" };
    expect(answered([denied], service)).toMatchObject({ answer: "denied" });
    expect(answered([denied], service)).not.toHaveProperty("authorizationNumber");
    const lines = [therapyLine(), therapyLine({ code: "97112" })];
    const partly = decided(complete(aRequest({ lines })), denial, { ...approval, lineNumber: 2 });
    expect(answered([partly], service)).toMatchObject({
      answer: "denied",
      authorizationNumber: partly.authorization?.number,
    });
    expect(partly.authorization).not.toBeNull();
  });

  test("is of the days that were asked for", () => {
    expect(check([denied], { code: "97110", serviceDate: "2026-12-20" })).toBe("denied");
    expect(check([denied], { code: "97110", serviceDate: "2028-12-20" })).toBe("not-found");
  });

  test("of a service without a date is of the days from the request on", () => {
    const { serviceDate: _, ...undated } = therapyLine();
    const request = decided(complete(aRequest({ lines: [undated] })), denial);
    expect(check([request], { code: "97110", serviceDate: "2026-11-23" })).toBe("denied");
    expect(check([request], { code: "97110", serviceDate: "2026-11-22" })).toBe("not-found");
    expect(check([request], { code: "97110", serviceDate: "2028-12-20" })).toBe("not-found");
  });

  test("of more days of a stay is told for those days", () => {
    const authorized = decided(stay("inpatient", { revenueCode: "0120" }), approval);
    const to = authorized.authorization?.to ?? "";
    const more = { days: 3, from: to, network: { servicingProvider: true }, membership: asked() };
    const longer = changed(authorized, continueStay, more, at("2026-12-22T12:00:00.000Z"));
    const refused = changed(
      longer,
      determine,
      { lines: [{ ...denial, lineNumber: 2 }], reviewer: director },
      at("2026-12-23T12:00:00.000Z"),
    );
    expect(check([refused], { revenueCode: "0120", serviceDate: "2026-12-27" })).toBe("denied");
    expect(check([refused], { revenueCode: "0120", serviceDate: "2026-12-21" })).toBe("authorized");
    expect(check([refused], { revenueCode: "0120", serviceDate: "2027-03-01" })).toBe("expired");
  });
});
