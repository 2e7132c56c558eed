import { hash } from "node:crypto";
import { requestIdOf } from "../domain/authorization.ts";
import { addHours, momentOf } from "../domain/calendar.ts";
import { canonicalJson } from "../domain/canonical-json.ts";
import { whatIsAsked } from "../domain/duplicates.ts";
import { isRequestId, type RequestId } from "../domain/identifiers.ts";
import { callerOf, may, type Principal } from "../domain/principal.ts";
import { isOpen, type Request } from "../domain/request.ts";
import { ok, type Result, refuse, refused, validationFailed } from "../domain/result.ts";
import { revisedBy } from "../domain/revision.ts";
import { serviceDaysOf } from "../domain/service-days.ts";
import type { Submission } from "../domain/submission.ts";
import { replacementsOf } from "../domain/supersession.ts";
import { submitted } from "../domain/transitions/submit.ts";
import type { Policy } from "../policy/policy.ts";
import type { Clock, Directory, DuplicateGuards, Ids, Members, Policies, Requests, Restores } from "../ports.ts";
import { actorOf, afterJitter, attempts } from "./change.ts";
import { membershipOf } from "./membership.ts";
import { homeOfServicing, networkOf, npisOf } from "./network.ts";

export type SubmitDeps = {
  readonly requests: Pick<Requests, "create" | "find" | "fingerprintOf">;
  readonly duplicates: DuplicateGuards;
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

export type Submitted = { readonly request: Request; readonly outcome: "new" | "replayed" | "duplicate" };

/**
 * Takes a request in. The id follows from caller and key, so a repeat meets its first: the same body gets the request as it stands
 * now, another body is refused (`idempotency-key-reused`). A refused submission stores nothing. Whoever asks for what they are
 * waiting for already gets that request, and nothing is stored under the key. `busy-try-again` while nobody can tell.
 */
export async function submitRequest(deps: SubmitDeps, principal: Principal, command: SubmitCommand): Promise<Result<Submitted>> {
  const id = deps.ids.request(callerOf(principal), "submitRequest", command.idempotencyKey);
  const fingerprint = hash("sha256", canonicalJson(command.body), "base64url");

  const prepared = await prepare(deps, principal, command, id);
  if (!prepared.ok) return (await replayOf(deps, id, fingerprint)) ?? prepared;
  const { request } = prepared.value;
  const held = isOpen(request) ? await claimed(deps, request, fingerprint, command.receivedAt !== undefined) : undefined;
  if (held) return held;
  const before = await deps.requests.create(prepared.value, fingerprint);
  return before ? replay(before, fingerprint) : ok({ request, outcome: "new" });
}

async function replayOf(deps: SubmitDeps, id: RequestId, fingerprint: string): Promise<Result<Submitted> | undefined> {
  const before = await deps.requests.fingerprintOf(id);
  return before && replay(before, fingerprint);
}

function replay(before: { existing: Request; fingerprint: string }, fingerprint: string): Result<Submitted> {
  return before.fingerprint === fingerprint
    ? ok({ request: before.existing, outcome: "replayed" })
    : refuse("idempotency-key-reused", "This Idempotency-Key was used with another body: use a new key for a new request.");
}

/** Longer than any function runs: whoever claimed a place before that and has no request will not have one any more. */
const claimHours = 1 / 240;

/**
 * Claims the place of what is asked, before the request is written. A place whose request has ended, never came, asks for something
 * else by now, or reached the plan later than this one is taken over; one whose request is just being written is waited for.
 *
 * @param byLetter it says itself when it was received; of what is received now, the first to claim is the first
 * @returns the answer, when the place is another's; the key is judged before that
 */
async function claimed(
  deps: SubmitDeps,
  request: Request,
  fingerprint: string,
  byLetter: boolean,
): Promise<Result<Submitted> | undefined> {
  const asked = whatIsAsked(request, request.submission);
  let ended: RequestId | undefined;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const now = deps.clock.now();
    const holder = await deps.duplicates.claim(asked, request.id, now, ended);
    if (!holder) return undefined;
    const [replayed, held] = await Promise.all([replayOf(deps, request.id, fingerprint), deps.requests.find(holder.requestId)]);
    if (replayed) return replayed;
    // It may have been changed since, or its key was used for these words and refused.
    const same = held && isOpen(held) && whatIsAsked(held, held.submission) === asked;
    if (same && (!byLetter || held.receivedAt <= request.receivedAt)) return ok({ request: held, outcome: "duplicate" });
    if (held || addHours(holder.claimedAt, claimHours) < now) ended = holder.requestId;
    else await afterJitter(attempt);
  }
  return refuse("busy-try-again", "The same is being submitted at this moment: try again in a moment.");
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
  const received = receivedAt === undefined ? now : momentOf(receivedAt, timeZone);
  const previous = submission.certification?.previousAuthorization;
  // Asked for together: they travel as one call.
  const [directory, member, epoch, policy, renewed] = await Promise.all([
    deps.directory.lookUp(npisOf(submission)),
    deps.members.find(submission.member.id),
    deps.restores.epoch(),
    deps.policies.at(received),
    previous === undefined ? undefined : requestOf(deps, previous),
  ]);
  const requesting = directory.get(submission.requestingProvider.npi);
  const acting = byClerk ? (organization ?? requesting?.home ?? null) : principal.organization;
  if (acting !== null && !requesting?.organizations.includes(acting))
    return refuse("npi-not-on-roster", "The plan's roster does not let the organization act for the requesting NPI.");

  const fault = previous === undefined ? undefined : await faultOfPrevious(deps, principal, acting, submission, renewed);
  if (fault) return refused(validationFailed([{ pointer: "/certification/previousAuthorization", detail: fault }]));

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

async function requestOf({ requests }: SubmitDeps, authorizationNumber: string): Promise<Request | undefined> {
  const id = requestIdOf(authorizationNumber);
  const request = isRequestId(id) ? await requests.find(id) : undefined;
  return request?.authorization?.number === authorizationNumber ? request : undefined;
}

/** What is renewed or revised keeps its history by reference: it must stand, be the same member's, and in the sight of whoever asks. */
async function faultOfPrevious(
  deps: SubmitDeps,
  principal: Principal,
  acting: string | null,
  { member }: Submission,
  previous: Request | undefined,
): Promise<string | undefined> {
  if (!previous || previous.submission.member.id !== member.id || !(await mayFollow(deps, principal, acting, previous)))
    return "There is no such authorization of this member that you may see.";
  const replacements = replacementsOf(previous);
  return replacements.length > 0 ? `It was revised: name ${replacements.join(" or ")}, which stands in its place.` : undefined;
}

/** Whoever sees what another has revised may name that other's, and revise it in turn. */
async function mayFollow(deps: SubmitDeps, principal: Principal, acting: string | null, previous: Request): Promise<boolean> {
  const { keyedBy, organization, servicingOrganization } = previous;
  if (keyedBy === callerOf(principal) || (acting !== null && (acting === organization || acting === servicingOrganization)))
    return true;
  const revised = revisedBy(previous);
  const older = revised && (await deps.requests.find(revised));
  return older !== undefined && mayFollow(deps, principal, acting, older);
}
