import { describe, expect, test } from "vitest";
import { clinicianFor } from "../../../shared/domain/clinician.ts";
import { adverseDecision, approval, type Decision, isAdverse } from "../../../shared/domain/decision.ts";
import { dueAt, isOpen, type Line, queueOf, type Request, statusOf } from "../../../shared/domain/request.ts";
import { type Outcome, requestStatuses } from "../../../shared/domain/vocabulary.ts";
import { policy } from "../../../shared/policy/policy.ts";
import { aRequest, received } from "../../builders.ts";

const basis = { criterion: null, grounds: null, decidedAt: received };
const all = { quantity: 1, unit: "visit", from: null, to: null } as const;
const physician = clinicianFor(null, { name: "Dr. Robin Ames", credential: "MD" }, policy);
const decided = (outcome: Outcome): Decision => {
  if (!isAdverse(outcome)) return approval(all, { ...basis, decidedBy: { name: "NIA", credential: null, subject: null } });
  if (!physician) throw new Error("a physician may deny");
  const reason = { code: "0F", text: "Not shown to be necessary." };
  return adverseDecision(outcome, all, { ...basis, reason, clinician: physician, subject: null });
};
const line = (given: Partial<Line>): Line => ({
  lineNumber: 1,
  requirement: "required",
  route: "plan",
  category: null,
  rule: "category",
  because: "Listed.",
  escalated: false,
  decision: null,
  ...given,
});
const free = line({ requirement: "not-required", route: "none" });
const withPlan = line({});
const reviewed = line({ requirement: "review" });
const withVendor = line({ route: "vendor" });
const escalated = line({ escalated: true });
const approved = line({ decision: decided("approved") });
const less = line({ decision: decided("approved-less") });
const denied = line({ decision: decided("denied") });

const rolledUp = (lines: readonly Line[], given: Partial<Request> = {}) =>
  statusOf({ ...aRequest(), missing: [], lines, ...given });

const asked = { askedBy: "vendor", items: [], at: received, dueAt: null } as const;
const absent = { missing: ["clinical-documents"] } as const;
const withdrawn = { withdrawal: { reason: "Changed plans.", at: received, by: "desk" } };

describe("status rolls up over the lines that need a decision", () => {
  test.each([
    ["no line needs one", [free], {}, "not-required"],
    ["no line needs one, whatever is absent", [free, free], absent, "not-required"],
    ["something is missing", [withPlan], absent, "awaiting-information"],
    ["something is missing, even for an escalated line", [escalated], absent, "awaiting-information"],
    ["a question is open", [withVendor], { informationRequest: asked }, "awaiting-information"],
    ["the plan owes an answer", [withPlan], {}, "in-review"],
    ["a person has to judge an unlisted code", [reviewed], {}, "in-review"],
    ["plan and vendor both owe one", [withVendor, withPlan], {}, "in-review"],
    ["the medical director owes one", [escalated], {}, "medical-director-review"],
    ["the medical director and the vendor owe one", [escalated, withVendor], {}, "medical-director-review"],
    ["the vendor alone owes one", [withVendor, approved, free], {}, "referred-to-vendor"],
    ["every line is approved", [approved, approved, free], {}, "approved"],
    ["every line is denied", [denied, denied], {}, "denied"],
    ["one of two is denied", [approved, denied], {}, "partially-approved"],
    ["less is approved", [less], {}, "partially-approved"],
    ["less is approved and the rest denied", [less, denied], {}, "partially-approved"],
    ["every line is approved, though a document is absent", [approved], absent, "approved"],
    ["it was taken back", [withPlan], { ...withdrawn, ...absent }, "withdrawn"],
    ["it was taken back after a decision on one line", [approved, withPlan], withdrawn, "withdrawn"],
  ] as const)("%s", (_, lines, given, status) => {
    expect(rolledUp(lines, given)).toBe(status);
  });
});

test("a request is open while the desk or the vendor owes an answer, and only then has a due time", () => {
  const open = requestStatuses.filter((status) => isOpen({ status }));
  expect(open).toEqual(["awaiting-information", "in-review", "medical-director-review", "referred-to-vendor"]);
  for (const status of requestStatuses)
    expect(dueAt({ ...aRequest(), status })).toBe(open.includes(status) ? aRequest().clock[0]?.dueAt : null);
});

test.each([
  ["what is missing is the intake's to chase", { status: "awaiting-information" }, "intake"],
  ["what the vendor asked is the provider's to answer", { status: "awaiting-information", informationRequest: asked }, null],
  ["a review is a nurse's", { status: "in-review" }, "nurse"],
  ["an escalation is the medical director's", { status: "medical-director-review" }, "medical-director"],
  ["a referred request is on nobody's list", { status: "referred-to-vendor" }, null],
  ["an approved one is on nobody's list", { status: "approved" }, null],
  [
    "what the vendor contradicted comes first",
    { status: "approved", exception: { reason: "It contradicts itself.", at: received } },
    "vendor-exceptions",
  ],
] as const)("%s", (_, given, queue) => {
  expect(queueOf({ ...aRequest(), ...given } as Request)).toBe(queue);
});
