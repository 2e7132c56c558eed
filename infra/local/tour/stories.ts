import type { Asked } from "./bodies.ts";
import {
  asksFor,
  at,
  checks,
  comesToPass,
  does,
  hoursAfterReceipt,
  isRefused,
  pastDue,
  recalled,
  releases,
  submits,
  uses,
} from "./deeds.ts";
import type { Claim, Story } from "./story.ts";

const therapy: Asked = { lineOfBusiness: "medicaid", state: "OH", priority: "standard", service: "therapy" };

const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" };
const approval = { lineNumber: 1, outcome: "approved", grounds: met };
const adverse = {
  lineNumber: 1,
  grounds: { ...met, medicalNecessity: "not-met" },
  reason: { code: "0F", text: "Six visits have restored full function." },
  criterion: "Plan guideline PT-4, section 2.",
};
const denial = { ...adverse, outcome: "denied" };
const four = { ...adverse, outcome: "approved-less", quantity: 4, reason: { code: "0F", text: "Four visits reach the goal." } };

const on = (line: object) => ({ lines: [line] });

const decided = (outcome: string, credential: string): Claim => ({
  that: `its line is ${outcome} by a person with the credential ${credential}`,
  holds: ({ lines }) =>
    lines.every(({ decision }) => decision?.outcome === outcome && decision.decidedBy.credential === credential),
});
const authorized: Claim = { that: "it has an authorization", holds: ({ authorization }) => authorization !== null };
const notAuthorized: Claim = { that: "it has no authorization", holds: ({ authorization }) => authorization === null };
const noClock: Claim = { that: "no clock runs any more", holds: ({ dueAt }) => dueAt === null };
const letters = (kind: string, audiences: readonly string[]): Claim => ({
  that: `a letter of the kind ${kind} is written to ${audiences.join(" and ")}`,
  holds: ({ notices }) => audiences.every((who) => notices.some((notice) => notice.kind === kind && notice.audience === who)),
});
const toldTo = ["provider", "member"];

/** One request of each kind. The clock goes to where the next step of any of them is. */
export const stories: readonly Story[] = [
  {
    name: "approved",
    title: "Approved by a nurse",
    steps: [
      ...asksFor(therapy),
      does("nurse", "takes it up", "assignment", {}),
      does("nurse", "approves all of it: necessary, appropriate, within the benefit", "determination", on(approval)),
    ],
    ends: { status: "approved", claims: [decided("approved", "RN"), authorized, noClock, letters("approval", toldTo)] },
  },
  {
    name: "partly-approved",
    title: "Partly approved",
    steps: [
      ...asksFor(therapy),
      does("nurse", "hands it to the medical director", "escalation", { reason: "Eight visits are more than the guideline has." }),
      does("director", "approves four of eight visits", "determination", on(four)),
    ],
    ends: {
      status: "partially-approved",
      claims: [
        decided("approved-less", "MD"),
        { that: "four visits are granted", holds: ({ lines }) => lines[0]?.decision?.quantity === 4 },
        authorized,
        letters("adverse", toldTo),
      ],
    },
  },
  {
    name: "denied",
    title: "Denied by a director",
    steps: [
      ...asksFor(therapy),
      isRefused("nurse", "tries to deny it", "determination", on(denial), { status: 403, problem: "clinician-required" }),
      does("director", "talks with the provider's physician first", "peer-to-peer", {
        with: "Dr. Jordan Wells",
        summary: "Function is back; a home program goes on.",
      }),
      does("director", "denies it, with reason and criterion", "determination", on(denial)),
    ],
    ends: { status: "denied", claims: [decided("denied", "MD"), notAuthorized, noClock, letters("adverse", toldTo)] },
  },
  {
    name: "information",
    title: "Information requested and answered",
    steps: [
      ...asksFor({ ...therapy, lineOfBusiness: "marketplace", state: "TX" }),
      does("nurse", "asks for the plan of care: the Marketplace's clock stops", "information-requests", {
        items: [{ code: "plan-of-care", text: "Please send the signed plan of care." }],
      }),
      at(
        hoursAfterReceipt(4),
        does("provider", "answers: the clock goes on", "information", {
          answers: [{ code: "plan-of-care", text: "Signed yesterday; eight visits, twice a week." }],
        }),
      ),
      does("nurse", "approves it", "determination", on(approval)),
    ],
    ends: { status: "approved", claims: [decided("approved", "RN"), authorized] },
  },
  {
    name: "overdue",
    title: "Overdue: the adverse notice begins",
    steps: [
      ...asksFor({ ...therapy, service: "infusion" }),
      at(
        pastDue,
        comesToPass("clock", "runs out, and nobody has decided", {
          that: "to be overdue, with a notice begun",
          holds: ({ overdue, notices }) => overdue && notices.length > 0,
        }),
      ),
    ],
    ends: {
      status: "in-review",
      claims: [
        { that: "it is overdue by the rule for drugs", holds: ({ overdue, dueRule }) => overdue && dueRule === "medicaid.drug" },
        { that: "the notices are drafts for a person to finish", holds: ({ notices }) => notices.every(({ draft }) => draft) },
        letters("missed-clock", toldTo),
        { that: "nobody has decided it", holds: ({ lines }) => lines.every(({ decision }) => decision === null) },
        notAuthorized,
      ],
    },
  },
  {
    name: "deemed-approved",
    title: "Deemed approved: Arkansas, Marketplace",
    steps: [
      ...asksFor({ ...therapy, lineOfBusiness: "marketplace", state: "AR", priority: "expedited" }),
      at(
        pastDue,
        comesToPass("clock", "runs out, one business day after all was in", {
          that: "to be deemed approved",
          holds: ({ status, notices }) => status === "approved" && notices.length > 0,
        }),
      ),
    ],
    ends: {
      status: "approved",
      claims: [
        { that: "the law has decided it, and no person", holds: ({ lines }) => lines[0]?.decision?.decidedBy.credential === null },
        { that: "it cites Arkansas's law", holds: ({ lines }) => lines[0]?.decision?.criterion?.startsWith("A.C.A.") === true },
        authorized,
      ],
    },
  },
  {
    name: "extended",
    title: "Extended, then approved",
    steps: [
      ...asksFor({ ...therapy, state: "TX", priority: "expedited" }),
      does("nurse", "extends the time, once, with notice before the due time", "extension", {
        reason: "The specialist's report comes next week.",
      }),
      isRefused(
        "nurse",
        "tries to extend it again",
        "extension",
        { reason: "It is late." },
        {
          status: 409,
          problem: "extension-not-possible",
        },
      ),
      at(hoursAfterReceipt(24), does("nurse", "has the report, and approves", "determination", on(approval))),
    ],
    ends: {
      status: "approved",
      claims: [
        { that: "it was extended", holds: ({ extended }) => extended },
        decided("approved", "RN"),
        authorized,
        letters("extension", toldTo),
      ],
    },
  },
  {
    name: "withdrawn",
    title: "Withdrawn by the provider",
    steps: [...asksFor(therapy), does("provider", "takes it back", "withdrawal", { reason: "The member goes on at home." })],
    ends: { status: "withdrawn", claims: [notAuthorized, noClock] },
  },
  {
    name: "not-required",
    title: "Not required",
    steps: [submits({ ...therapy, service: "office visit" })],
    ends: { status: "not-required", claims: [notAuthorized, noClock] },
  },
  {
    name: "vendor-approved",
    title: "Approved by the imaging vendor",
    steps: [
      ...asksFor({ ...therapy, service: "mri" }),
      comesToPass("vendor", "gets it signed, acknowledges it and decides", {
        that: "to be decided by the vendor",
        holds: ({ status }) => status === "approved",
      }),
    ],
    ends: {
      status: "approved",
      claims: [
        {
          that: "the vendor's case has decided it",
          holds: ({ referral }) => referral?.status === "decided" && referral.caseId !== null,
        },
        authorized,
      ],
    },
  },
  {
    name: "vendor-silent",
    title: "Vendor silent, and recalled",
    steps: [
      ...asksFor({ ...therapy, service: "mri", priority: "expedited", digit: "7" }),
      comesToPass("vendor", "gets it, and says nothing", {
        that: "to be sent to the vendor",
        holds: ({ referral }) => referral?.status === "sent",
      }),
      at(
        recalled,
        comesToPass("clock", "half of the vendor's time is over: back to the plan, same due time", {
          that: "to be back with the plan",
          holds: ({ status, referral }) => status === "in-review" && referral?.status === "returned",
        }),
      ),
      does("nurse", "approves it", "determination", on(approval)),
    ],
    ends: {
      status: "approved",
      claims: [
        { that: "its line is the plan's", holds: ({ lines }) => lines.every(({ route }) => route === "plan") },
        decided("approved", "RN"),
        authorized,
      ],
    },
  },
  {
    name: "appealed",
    title: "Appealed and overturned",
    steps: [
      ...asksFor(therapy),
      does("director", "denies it", "determination", on(denial)),
      does("provider", "appeals", "appeals", { reason: "Strength has not come back." }),
      isRefused(
        "director",
        "tries to judge their own decision",
        "appeals/appeal-1/decision",
        { outcome: "overturned" },
        {
          status: 403,
          problem: "another-clinician-required",
        },
      ),
      does("second director", "overturns the denial", "appeals/appeal-1/decision", { outcome: "overturned" }),
    ],
    ends: {
      status: "approved",
      claims: [
        { that: "the appeal has overturned it", holds: ({ appeals }) => appeals[0]?.decision?.outcome === "overturned" },
        authorized,
        letters("adverse", toldTo),
        letters("appeal", toldTo),
      ],
    },
  },
  {
    name: "claimed",
    title: "Claimed to the last unit",
    steps: [
      ...asksFor(therapy),
      does("nurse", "approves eight visits", "determination", on(approval)),
      // The services begin on the tenth day, and claims come after them.
      at(hoursAfterReceipt(24 * 11), checks(2, { answer: "authorized", unitsLeft: 8 })),
      uses("CLM-1-1", 6, { left: 2 }),
      checks(3, { answer: "partial", unitsLeft: 2 }),
      uses("CLM-1-2", 2, { left: 0 }),
      uses("CLM-1-3", 1, { status: 409, problem: "units-exceeded" }),
      checks(1, { answer: "partial", unitsLeft: 0 }),
      releases("CLM-1-2"),
      checks(2, { answer: "authorized", unitsLeft: 2 }),
    ],
    ends: { status: "approved", claims: [decided("approved", "RN"), authorized] },
  },
];
