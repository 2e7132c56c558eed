import { hash } from "node:crypto";
import { startOfDay } from "../domain/calendar.ts";
import { canonicalJson } from "../domain/canonical-json.ts";
import type { RequestId } from "../domain/identifiers.ts";
import { callerOf, may, type Principal } from "../domain/principal.ts";
import type { Request } from "../domain/request.ts";
import { ok, type Result, refuse } from "../domain/result.ts";
import { serviceDaysOf } from "../domain/service-days.ts";
import type { Submission } from "../domain/submission.ts";
import { submitted } from "../domain/transitions/submit.ts";
import type { Policy } from "../policy/policy.ts";
import type { Clock, Directory, Ids, Members, Policies, Requests, Restores } from "../ports.ts";
import { actorOf } from "./change.ts";
import { membershipOf } from "./membership.ts";
import { homeOfServicing, networkOf, npisOf } from "./network.ts";

export type SubmitDeps = {
  readonly requests: Pick<Requests, "create" | "fingerprintOf">;
  readonly directory: Directory;
  readonly members: Members;
  readonly restores: Pick<Restores, "epoch">;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly policies: Pick<Policies, "at">;
  /** For the plan's time zone, which does not vary by version. */
  readonly policy: Policy;
};

export type SubmitCommand = {
  readonly idempotencyKey: string;
  /** As parsed and before defaults: its fingerprint tells a replay from another body. */
  readonly body: unknown;
  readonly submission: Submission;
  /** From clerks only: whose request it is, and when it reached the plan (a date alone is the start of that day). */
  readonly organization?: string;
  readonly receivedAt?: string;
};

export type Submitted = { readonly request: Request; readonly replayed: boolean };

/**
 * Takes a request in. The id follows from caller and key, so a repeat meets its first: the same body gets the request as it stands
 * now, another body is refused (`idempotency-key-reused`). A refused submission stores nothing.
 */
export async function submitRequest(deps: SubmitDeps, principal: Principal, command: SubmitCommand): Promise<Result<Submitted>> {
  const id = deps.ids.request(callerOf(principal), "submitRequest", command.idempotencyKey);
  const fingerprint = hash("sha256", canonicalJson(command.body), "base64url");

  const prepared = await prepare(deps, principal, command, id);
  if (!prepared.ok) {
    const before = await deps.requests.fingerprintOf(id);
    return before ? replay(before, fingerprint) : prepared;
  }
  const before = await deps.requests.create(prepared.value, fingerprint);
  return before ? replay(before, fingerprint) : ok({ request: prepared.value.request, replayed: false });
}

function replay(before: { existing: Request; fingerprint: string }, fingerprint: string): Result<Submitted> {
  return before.fingerprint === fingerprint
    ? ok({ request: before.existing, replayed: true })
    : refuse("idempotency-key-reused", "This Idempotency-Key was used with another body: use a new key for a new request.");
}

async function prepare(
  deps: SubmitDeps,
  principal: Principal,
  { submission, organization, receivedAt }: SubmitCommand,
  id: RequestId,
) {
  const byClerk = submission.channel === "mail" || submission.channel === "phone" || submission.channel === "fax";
  if (submission.channel === "vendor" || !may(principal, byClerk ? "intake:write" : "requests:write"))
    return refuse("channel-not-allowed", "Your token does not submit through this channel.");
  if (!byClerk && principal.organization === null)
    return refuse("organization-required", "Your token names no organization to submit for.");

  const now = deps.clock.now();
  const { timeZone } = deps.policy.plan;
  const received = receivedAt === undefined ? now : instantOf(receivedAt, timeZone);
  // Asked for together: they travel as one call.
  const [directory, member, epoch, policy] = await Promise.all([
    deps.directory.lookUp(npisOf(submission)),
    deps.members.find(submission.member.id),
    deps.restores.epoch(),
    deps.policies.at(received),
  ]);
  const requesting = directory.get(submission.requestingProvider.npi);
  const acting = byClerk ? (organization ?? requesting?.home ?? null) : principal.organization;
  if (acting !== null && !requesting?.organizations.includes(acting))
    return refuse("npi-not-on-roster", "The plan's roster does not let the organization act for the requesting NPI.");

  const days = serviceDaysOf(submission, received, timeZone);
  const change = submitted(
    {
      id,
      organization: acting,
      servicingOrganization: homeOfServicing(submission, directory),
      keyedBy: byClerk ? callerOf(principal) : null,
      submission,
      network: networkOf(submission, directory, days),
      membership: membershipOf(member, days),
      receivedAt: received,
      epoch,
    },
    { now, actor: actorOf(principal), policy },
  );
  return ok(change);
}

const instantOf = (receivedAt: string, timeZone: string) =>
  receivedAt.includes("T") ? new Date(receivedAt).toISOString() : startOfDay(receivedAt, timeZone);
