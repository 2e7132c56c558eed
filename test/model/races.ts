import { expect } from "vitest";
import type { RequestEvent } from "../../shared/domain/events.ts";
import type { RequestId } from "../../shared/domain/identifiers.ts";
import type { Principal } from "../../shared/domain/principal.ts";
import type { Request } from "../../shared/domain/request.ts";
import type { Result } from "../../shared/domain/result.ts";
import type { AppealJudgment } from "../../shared/domain/transitions/decide-appeal.ts";
import type { DeterminedLine } from "../../shared/domain/transitions/determine.ts";
import type { ChangeDeps } from "../../shared/use-cases/change.ts";
import { decideAppeal } from "../../shared/use-cases/decide-appeal.ts";
import { determineRequest } from "../../shared/use-cases/determine-request.ts";
import { fileAppeal } from "../../shared/use-cases/file-appeal.ts";
import type { BenefitDeps } from "../../shared/use-cases/keep-benefits.ts";
import { reviewer } from "../benefit-world.ts";
import { provider } from "./people.ts";
import type { Luck } from "./steps.ts";

/** Two people decide the same at once, each by the version that both have seen. */

export type RaceDeps = ChangeDeps & BenefitDeps;
export type Raced = { readonly what: "determination" | "appeal"; readonly lost: string };

const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" } as const;
const reason = { code: "0F", text: "Full function has been restored." } as const;
const against = { grounds: { ...met, medicalNecessity: "not-met" }, reason, criterion: "Plan guideline PT-4." } as const;

type Contestant = { readonly who: Principal; readonly says: (lineNumber: number) => DeterminedLine };

const nurse = (subject: string): Contestant => ({
  who: reviewer(subject),
  says: (lineNumber) => ({ lineNumber, outcome: "approved", grounds: met }),
});
const director = (subject: string, luck: Luck): Contestant => {
  const denies = luck.strikes(0.5);
  return {
    who: reviewer(subject, true),
    says: (lineNumber) => ({
      lineNumber,
      ...against,
      ...(denies ? { outcome: "denied" } : { outcome: "approved-less", quantity: 1 }),
    }),
  };
};

/**
 * @param id of a request with undecided lines of the plan's
 * @param depsOf its own for each contestant, so that they may be held up one by one
 */
export async function race(
  id: RequestId,
  luck: Luck,
  depsOf: () => RaceDeps,
  look: () => Promise<{ request: Request; history: readonly RequestEvent[] }>,
): Promise<Raced> {
  const before = (await look()).request;
  const isAppeal = luck.strikes(0.25);
  if (isAppeal) return overAppeal(id, luck, depsOf, look);

  const contestants = luck.strikes(0.6)
    ? [nurse("nurse-1"), luck.strikes(0.5) ? nurse("nurse-2") : director("director-1", luck)]
    : [director("director-1", luck), director("director-2", luck)];
  // Of several lines each may decide only some: who is second has still seen another request than there is.
  const numbers = before.lines.map(({ lineNumber }) => lineNumber);
  const shares = contestants.map(() => (luck.strikes(0.7) ? numbers : [numbers[luck.below(numbers.length)] ?? 1]));
  const seen = { requestId: id, expectedVersion: before.version };
  const results = await Promise.all(
    contestants.map(({ who, says }, index) => determineRequest(depsOf(), who, seen, shares[index]?.map(says) ?? [])),
  );
  const { first, lost } = judged(results);
  const winner = contestants[first] as Contestant;
  const decided = shares[first] ?? [];

  const { request, history } = await look();
  expect(request.version).toBe(before.version + 1);
  for (const { lineNumber, decision } of request.lines) {
    if (!decided.includes(lineNumber)) expect(decision).toBeNull();
    else expect(decision).toMatchObject({ outcome: winner.says(lineNumber).outcome, decidedBy: { subject: winner.who.subject } });
  }
  const told = history.filter(({ type }) => type === "line.decided");
  expect(told.flatMap(({ lines = [] }) => lines).sort()).toEqual(decided.toSorted());
  expect(told.every(({ actor }) => actor.id === winner.who.subject)).toBe(true);
  return { what: "determination", lost };
}

/** Denied, appealed, and then judged by two others at once. */
async function overAppeal(id: RequestId, luck: Luck, depsOf: () => RaceDeps, look: Parameters<typeof race>[3]): Promise<Raced> {
  const { request: open } = await look();
  const denied = open.lines.map(({ lineNumber }) => ({ lineNumber, ...against, outcome: "denied" as const }));
  const subject = { requestId: id, expectedVersion: undefined };
  await determineRequest(depsOf(), reviewer("director-1", true), subject, denied);
  await fileAppeal(depsOf(), provider.principal, { ...subject, reason: "It helps.", expedited: false });

  const { request: before } = await look();
  const judgments: Omit<AppealJudgment, "reviewer">[] = [0, 1].map(() =>
    luck.strikes(0.5) ? { appealId: "appeal-1", outcome: "overturned" } : { appealId: "appeal-1", outcome: "upheld", ...against },
  );
  const seen = { requestId: id, expectedVersion: before.version };
  const results = await Promise.all(
    judgments.map((judgment, index) => decideAppeal(depsOf(), reviewer(`director-${index + 2}`, true), seen, judgment)),
  );
  const { first, lost } = judged(results);

  const { request, history } = await look();
  expect(request.version).toBe(before.version + 1);
  const decidedBy = { subject: `director-${first + 2}` };
  expect(request.appeals).toMatchObject([{ decision: { outcome: judgments[first]?.outcome, decidedBy } }]);
  const [stands, by] = judgments[first]?.outcome === "upheld" ? ["denied", "director-1"] : ["approved", decidedBy.subject];
  for (const { decision } of request.lines) expect(decision).toMatchObject({ outcome: stands, decidedBy: { subject: by } });
  expect(history.filter(({ type }) => type === "appeal.decided")).toMatchObject([{ actor: { id: decidedBy.subject } }]);
  return { what: "appeal", lost };
}

/** One is first, and the other is told so. */
function judged(results: readonly Result<Request>[]): { first: number; lost: string } {
  const refused = results.flatMap((result) => (result.ok ? [] : [result.refusal.problem]));
  expect(refused).toHaveLength(1);
  const [lost = ""] = refused;
  expect(["version-conflict", "not-possible-now"]).toContain(lost);
  return { first: results.findIndex(({ ok }) => ok), lost };
}
