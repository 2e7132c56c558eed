import { describe, expect, test } from "vitest";
import { type Benefit, held, untouched } from "../../../shared/domain/benefit.ts";
import type { RequestId } from "../../../shared/domain/identifiers.ts";
import type { Network, Request } from "../../../shared/domain/request.ts";
import type { Submission } from "../../../shared/domain/submission.ts";
import { type Context, sealed } from "../../../shared/domain/transition.ts";
import { registerDocument, settleDocument } from "../../../shared/domain/transitions/documents.ts";
import { type AutomaticApproval, policy } from "../../../shared/policy/policy.ts";
import { aRequest, asked, at, changed, documentId, hoursAfter, npis, therapyLine, visitLine } from "../../builders.ts";

const dme = { id: "small-dme", category: "dme-prosthetics-orthotics", maxQuantity: 2, participatingOnly: true } as const;
const therapy = { id: "first-visits", category: "outpatient-therapy", maxQuantity: 8, participatingOnly: true } as const;
const rules: readonly AutomaticApproval[] = [dme, therapy].map((rule) => ({ ...rule, effectiveFrom: "2026-01-01" }));
const enabled = (automaticApprovals: readonly AutomaticApproval[] = rules) => ({
  ...policy,
  plan: { ...policy.plan, automaticApprovals: [...automaticApprovals] },
});
const walker = (quantity = 1) => therapyLine({ code: "E0143", description: "Walker", quantity, unit: "item" });
const visits = policy.benefits.limits.find(({ id }) => id === "outpatient-therapy-visits");

/** The member's therapy visits, of which others hold some. */
function benefit(units: number): Benefit {
  const free = untouched({ member: "sealed", benefit: "outpatient-therapy-visits", from: "2026-01-01" });
  const other = { requestId: "PA-OTHER" as RequestId, awaits: { request: 1 }, lookAt: hoursAfter(1) };
  const kept = visits && held(free, visits, [{ lineNumber: 1, units, binding: true }], other);
  if (!kept?.ok) throw new Error("nothing is kept");
  return kept.value;
}

/** What becomes of a request when its last document is there. */
function completed(
  submission: Partial<Submission>,
  {
    network = { servicingProvider: true },
    eligible = true,
    ...more
  }: Partial<Context> & { network?: Network; eligible?: boolean } = {},
): Request {
  const context = { ...at(hoursAfter(1)), policy: enabled(), ...more };
  const request = aRequest(submission, { network, membership: asked({ eligible }) });
  const registered = changed(request, registerDocument, { id: documentId(), kind: "clinical" }, context);
  return changed(registered, settleDocument, { id: documentId(), status: "available" }, context);
}

describe("a line that fits a rule of the plan", () => {
  test("is approved as asked once nothing is missing, by nobody in particular", () => {
    const request = completed({ lines: [walker()] });
    expect(request).toMatchObject({ status: "approved", authorization: { from: "2026-12-20" } });
    expect(request.lines[0]?.decision).toMatchObject({
      outcome: "approved",
      quantity: 1,
      decidedBy: { name: "Automatic approval small-dme", credential: null, subject: null },
      grounds: { benefitLimits: "not-applicable" },
      x12: { action: "A1", reason: null },
    });
  });

  test("tells of it in the request's history", () => {
    const context = { ...at(hoursAfter(1)), policy: enabled() };
    const request = aRequest({ lines: [walker()] });
    const complete = { ...request, documents: [{ id: documentId(), kind: "clinical", status: "available" }] } as const;
    expect(sealed(request, complete, [], context).events).toMatchObject([
      { type: "request.completed" },
      { type: "line.decided", lines: [1], outcome: "approved" },
    ]);
  });

  test("waits for a person while no rule is enabled, as the plan's data have it", () => {
    expect(policy.plan.automaticApprovals).toEqual([]);
    expect(completed({ lines: [walker()] }, { policy })).toMatchObject({ status: "in-review", lines: [{ decision: null }] });
  });

  test.each<[string, Parameters<typeof completed>]>([
    ["more is asked for", [{ lines: [walker(3)] }]],
    ["nobody has said how much", [{ lines: [{ ...walker(), quantity: undefined } as never] }]],
    ["it is another service", [{ lines: [therapyLine({ code: "S5150" })] }]],
    ["the plan's lists do not know the service", [{ lines: [therapyLine({ code: "99999" })] }]],
    ["the provider does not take part", [{ lines: [walker()] }, { network: { servicingProvider: false } }]],
    [
      "the facility does not take part",
      [
        { lines: [walker()], servicingFacility: { npi: npis.outside } },
        { network: { servicingProvider: true, servicingFacility: false } },
      ],
    ],
    ["the member is not eligible", [{ lines: [walker()] }, { eligible: false }]],
    ["the rule is of later", [{ lines: [walker()] }, { policy: enabled([{ ...dme, effectiveFrom: "2026-11-24" }]) }]],
    ["its benefit is not known", [{ lines: [therapyLine()] }]],
    ["its benefit has not enough left", [{ lines: [therapyLine()] }, { benefits: [benefit(23)] }]],
  ])("but goes to a person when %s", (_why, [submission, more]) => {
    const request = completed(submission, more);
    expect(request.lines.map(({ decision }) => decision)).toEqual([null]);
    expect(["in-review", "awaiting-information"]).toContain(request.status);
  });

  test("takes its units of a benefit that has enough left, of several lines together", () => {
    const lines = [therapyLine(), therapyLine(), visitLine()];
    const decided = completed({ lines }, { benefits: [benefit(10)] }).lines.map(({ decision }) => decision?.outcome);
    expect(decided).toEqual(["approved", "approved", undefined]);
    const one = completed({ lines }, { benefits: [benefit(15)] });
    expect(one.lines.map(({ decision }) => decision?.outcome)).toEqual(["approved", undefined, undefined]);
    expect(one.status).toBe("in-review");
  });
});
