import type { Request } from "../domain/request.ts";
import type { Refusal } from "../domain/result.ts";
import { lineWithLess } from "../domain/revision.ts";
import type { Context } from "../domain/transition.ts";
import type { BenefitDeps } from "./keep-benefits.ts";
import { metBy } from "./revision-chain.ts";

/**
 * Would a revision, decided so, grant less than is left of what it takes the place of? Then it is no way to decide it: what runs is
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
  const { older } = await metBy(requests, decided, policy.plan.timeZone);
  const standing = await Promise.all(older.map(async (request) => ({ request, use: await authorizations.useOf(request.id) })));
  const lines = decided.lines.flatMap(({ lineNumber, decision }) =>
    decision === before.lines[lineNumber - 1]?.decision ? [] : lineNumber,
  );
  const line = lineWithLess(standing, decided, lines, now, policy.plan.timeZone);
  return line === undefined
    ? undefined
    : {
        problem: "reduction-not-possible",
        detail: `The authorization that line ${line} revises has more left: approve no less, deny the line, or reduce that authorization.`,
      };
}
