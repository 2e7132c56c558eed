import type { Request } from "../domain/request.ts";
import type { Refusal } from "../domain/result.ts";
import { lineWithLess, revisedBy } from "../domain/revision.ts";
import type { Context } from "../domain/transition.ts";
import type { BenefitDeps } from "./keep-benefits.ts";

/**
 * Would a revision, decided so, grant less than the authorization that it revises has left? Then it is no way to decide it: what runs is
 * reduced with the law's notice, or stands.
 *
 * @param before what was decided then is decided, as what the vendor has granted
 * @param decided as it is about to be written
 */
export async function lessThanRevised(
  { requests, authorizations }: Pick<BenefitDeps, "requests" | "authorizations">,
  before: Request,
  decided: Request,
  { now, policy }: Context,
): Promise<Refusal | undefined> {
  const revised = revisedBy(decided);
  const request = revised && (await requests.find(revised));
  if (!request?.authorization) return undefined;
  const previous = { request, use: await authorizations.useOf(request.id) };
  const lines = decided.lines.filter(({ lineNumber, decision }) => decision !== before.lines[lineNumber - 1]?.decision);
  const line = lineWithLess(previous, { ...decided, lines }, now, policy.plan.timeZone);
  return line === undefined
    ? undefined
    : {
        problem: "reduction-not-possible",
        detail: `The authorization that line ${line} revises has more left: approve no less, deny the line, or reduce that authorization.`,
      };
}
