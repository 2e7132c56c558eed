import type { AutomaticApproval } from "../policy/policy.ts";
import { askedGrant } from "./asked-grant.ts";
import { type Benefit, held, limitedLines } from "./benefit.ts";
import { dayOf } from "./calendar.ts";
import { approval } from "./decision.ts";
import type { Line, Request } from "./request.ts";
import type { Context } from "./transition.ts";

/**
 * Lines that a rule of the plan approves as asked once nothing is missing. Nothing else can be said here: a rule that does not fit
 * leaves the line to a person (42 CFR 438.210(b)(3)), and so does a benefit that has not enough left, or of which nothing is known.
 */
export function automaticallyApproved(request: Request, context: Context): Request {
  const { automaticApprovals } = context.policy.plan;
  if (automaticApprovals.length === 0 || !request.membership.eligible || request.exception !== null) return request;
  const limited = limitedLines(request, context.policy);
  let benefits = context.benefits ?? [];
  const lines = request.lines.map((line) => {
    const rule = automaticApprovals.find((one) => isFor(one, line, request, context));
    if (!rule) return line;
    const drawing = limited.filter(({ lineNumber }) => lineNumber === line.lineNumber);
    const rest = withinBenefits(request, drawing, benefits, context);
    if (!rest) return line;
    benefits = rest;
    return { ...line, decision: decisionBy(rule, request, line, drawing.length > 0, context) };
  });
  return { ...request, lines };
}

function isFor(rule: AutomaticApproval, line: Line, request: Request, { policy }: Context): boolean {
  const { submission, network, receivedAt } = request;
  const quantity = submission.lines[line.lineNumber - 1]?.quantity;
  const place = String(line.lineNumber);
  const participates =
    (network.lines?.[place] ?? network.servicingProvider) === true &&
    (network.facilities?.[place] ?? network.servicingFacility ?? true);
  return (
    line.decision === null &&
    line.route === "plan" &&
    line.requirement === "required" &&
    !line.escalated &&
    line.category === rule.category &&
    quantity !== undefined &&
    quantity <= rule.maxQuantity &&
    (!rule.participatingOnly || participates) &&
    rule.effectiveFrom <= dayOf(receivedAt, policy.plan.timeZone)
  );
}

/** @returns the benefits after it; nothing when one has not enough left */
function withinBenefits(
  request: Request,
  drawing: ReturnType<typeof limitedLines>,
  benefits: readonly Benefit[],
  { now }: Context,
): readonly Benefit[] | undefined {
  let rest = benefits;
  for (const { lineNumber, limit, from } of drawing) {
    const benefit = rest.find((one) => one.benefit === limit.id && one.from === from);
    const units = request.submission.lines[lineNumber - 1]?.quantity ?? 0;
    const hold = { requestId: request.id, awaits: { request: request.version }, lookAt: now };
    const kept = benefit && held(benefit, limit, [{ lineNumber, units, binding: false }], hold);
    if (!kept?.ok) return undefined;
    rest = rest.map((one) => (one === benefit ? kept.value : one));
  }
  return rest;
}

const decisionBy = (rule: AutomaticApproval, request: Request, line: Line, isLimited: boolean, { now, policy }: Context) =>
  approval(askedGrant(request, line.lineNumber, now, policy), {
    grounds: { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: isLimited ? "met" : "not-applicable" },
    criterion: `The plan's rule ${rule.id}: up to ${rule.maxQuantity}.`,
    decidedAt: now,
    decidedBy: { name: `Automatic approval ${rule.id}`, credential: null, subject: null },
  });
