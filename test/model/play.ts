import { operationOf } from "../../shared/api/operations.ts";
import { toDescription, toSubmission, toSupplement, vendorSubmission } from "../../shared/api/parse.ts";
import { requestView } from "../../shared/api/views.ts";
import type { DocumentId, RequestId } from "../../shared/domain/identifiers.ts";
import { may } from "../../shared/domain/principal.ts";
import { ok, type Result, refuse } from "../../shared/domain/result.ts";
import type { Transition } from "../../shared/domain/transition.ts";
import { ask } from "../../shared/domain/transitions/ask.ts";
import { assign } from "../../shared/domain/transitions/assign.ts";
import { addNote, recordTalk } from "../../shared/domain/transitions/converse.ts";
import { escalate } from "../../shared/domain/transitions/escalate.ts";
import { judgeExpedite } from "../../shared/domain/transitions/expedite.ts";
import { extend } from "../../shared/domain/transitions/extend.ts";
import { resolveException } from "../../shared/domain/transitions/resolve-exception.ts";
import { addInformation } from "../../shared/use-cases/add-information.ts";
import { checkAuthorization } from "../../shared/use-cases/check-authorization.ts";
import { closeRequest } from "../../shared/use-cases/close-request.ts";
import { continueStay } from "../../shared/use-cases/continue-stay.ts";
import { decideAppeal } from "../../shared/use-cases/decide-appeal.ts";
import { determineRequest } from "../../shared/use-cases/determine-request.ts";
import { expediteRequest } from "../../shared/use-cases/expedite-request.ts";
import { fileAppeal } from "../../shared/use-cases/file-appeal.ts";
import { sweepBenefits } from "../../shared/use-cases/keep-benefits.ts";
import { recordVendorEvent } from "../../shared/use-cases/record-vendor-event.ts";
import { reduceAuthorization } from "../../shared/use-cases/reduce-authorization.ts";
import { referToVendor } from "../../shared/use-cases/refer-to-vendor.ts";
import { registerDocument } from "../../shared/use-cases/register-document.ts";
import { review, reviewerOf } from "../../shared/use-cases/review.ts";
import { runTimers } from "../../shared/use-cases/run-timers.ts";
import { submitRequest } from "../../shared/use-cases/submit-request.ts";
import { supersedeAuthorization } from "../../shared/use-cases/supersede-authorization.ts";
import { releaseUsage, useAuthorization } from "../../shared/use-cases/use-authorization.ts";
import { checkDocument, recordScan } from "../../shared/use-cases/verify-document.ts";
import { withdrawRequest } from "../../shared/use-cases/withdraw-request.ts";
import { writeNotices } from "../../shared/use-cases/write-notice.ts";
import type { Json } from "../caller.ts";
import type { ModelDesk } from "./desk.ts";
import type { Known, Step } from "./steps.ts";

/** What there is, each as reviewers read it: what a step goes by. */
export const knownIn = (desk: ModelDesk): readonly Known[] =>
  [...desk.requests.values()].map((request) => ({
    status: request.status,
    read: () => requestView(request, undefined, { now: desk.now(), policy: desk.policy, reviews: true }),
  }));

type Called = Extract<Step, { kind: "call" }>;

/** What each operation of the API does, as its function does it. Those that change nothing of a request are left out. */
const calls: Readonly<Record<string, (desk: ModelDesk, called: Called, body: Json) => Promise<Result<unknown>>>> = {
  submitRequest: ({ deps }, { who, key = "" }, body) => {
    const { organization, receivedAt } = body;
    const command = { idempotencyKey: key, body, submission: toSubmission(body) };
    return submitRequest(deps, who.principal, {
      ...command,
      ...(organization ? { organization } : {}),
      ...(receivedAt ? { receivedAt } : {}),
    });
  },
  addInformation: ({ completing }, called, body) =>
    addInformation(completing, called.who.principal, { ...subjectOf(called), ...toSupplement(body) }),
  withdrawRequest: ({ decided }, called, { reason }) =>
    withdrawRequest(decided, called.who.principal, { ...subjectOf(called), reason }),
  expediteRequest: ({ deps }, called, body) => expediteRequest(deps, called.who.principal, { ...subjectOf(called), ...body }),
  judgeExpedite: (desk, called, body) => reviewed(desk, called, judgeExpedite, body),
  assignRequest: (desk, called, { release, assignee }) => {
    const { subject, name } = reviewerOf(called.who.principal);
    return reviewed(desk, called, assign, { to: release ? null : (assignee ?? { subject, name }), supervising: false });
  },
  addNote: (desk, called, { text }) => reviewed(desk, called, addNote, { text, reviewer: reviewerOf(called.who.principal) }),
  requestInformation: (desk, called, body) => reviewed(desk, called, ask, body),
  extendRequest: (desk, called, body) => reviewed(desk, called, extend, body),
  escalateRequest: (desk, called, { reason }) =>
    reviewed(desk, called, escalate, { reason, reviewer: reviewerOf(called.who.principal) }),
  recordPeerToPeer: (desk, called, body) =>
    reviewed(desk, called, recordTalk, { ...body, reviewer: reviewerOf(called.who.principal) }),
  resolveException: (desk, called, { note }) =>
    reviewed(desk, called, resolveException, { note, reviewer: reviewerOf(called.who.principal) }),
  determineRequest: ({ deps }, called, { lines }) => determineRequest(deps, called.who.principal, subjectOf(called), lines),
  closeRequest: ({ decided }, called, { reason, duplicateOf = null }) =>
    closeRequest(decided, called.who.principal, { ...subjectOf(called), reason, duplicateOf }),
  fileAppeal: ({ deps }, called, { expedited = false, ...filing }) =>
    fileAppeal(deps, called.who.principal, { ...subjectOf(called), ...filing, expedited }),
  decideAppeal: ({ deps }, called, body) =>
    decideAppeal(deps, called.who.principal, subjectOf(called), { appealId: called.path.appealId ?? "", ...body }),
  reduceAuthorization: ({ deps }, called, body) => reduceAuthorization(deps, called.who.principal, subjectOf(called), body),
  continueStay: ({ deps }, called, body) => continueStay(deps, called.who.principal, { ...subjectOf(called), ...body }),
  checkAuthorization: async ({ deps }, _called, { memberId, ...service }) =>
    ok(await checkAuthorization(deps, memberId, { modifiers: [], emergency: false, ...service })),
  useAuthorization: ({ deps }, { path }, body) => useAuthorization(deps, path.number ?? "", body),
  releaseUsage: ({ deps }, { path }) => releaseUsage(deps, path.number ?? "", path.claimLineId ?? ""),
};

/** The operations that a sequence may hold. */
export const playable: readonly string[] = Object.keys(calls);

const subjectOf = ({ path, ifMatch }: Called) => ({ requestId: path.requestId ?? "", expectedVersion: ifMatch });

const reviewed = <Command>({ deps }: ModelDesk, called: Called, step: Transition<Command>, command: Command) =>
  review(deps, called.who.principal, subjectOf(called), step, command);

/** Plays one step. A caller without the operation's scope is refused before anything else, as the gateway and the function do. */
export function play(desk: ModelDesk, step: Step): Promise<Result<unknown>> {
  switch (step.kind) {
    case "call": {
      const { scopes } = operationOf(step.operation);
      if (Array.isArray(scopes) && !scopes.some((scope) => may(step.who.principal, scope)))
        return Promise.resolve(refuse("not-allowed", "Your token does not allow this."));
      const call = calls[step.operation];
      if (!call) throw new Error(`nobody plays ${step.operation}`);
      return call(desk, step, step.body ?? {});
    }
    case "vendor":
      return vendorSays(desk, step.event);
    case "document":
      return documentArrives(desk, step);
    case "time":
      desk.pass(step.minutes);
      return Promise.resolve(ok(undefined));
    case "job":
      return runs(desk, step);
  }
}

function vendorSays({ decided, policy }: ModelDesk, { requestId, submission, ...event }: Json): Promise<Result<unknown>> {
  return recordVendorEvent(decided, {
    vendor: policy.imagingVendor.name,
    event,
    ...(requestId ? { requestId } : {}),
    ...(submission ? { submission: vendorSubmission(submission) } : {}),
  });
}

/** Registered, uploaded, checked and scanned; who is refused a place uploads nothing. */
async function documentArrives(
  desk: ModelDesk,
  { requestId, who, good, letter }: Extract<Step, { kind: "document" }>,
): Promise<Result<unknown>> {
  const body = { fileName: "note.pdf", contentType: "application/pdf", size: 1_000, sha256: `${letter.repeat(43)}=` };
  if (!["requests:write", "intake:write"].some((scope) => may(who.principal, scope)))
    return refuse("not-allowed", "Your token does not allow this.");
  const registered = await registerDocument(desk.deps, who.principal, { requestId, description: toDescription(body) });
  if (!registered.ok) return registered;
  const upload = { key: `${requestId}/${registered.value.document.id as DocumentId}`, versionId: "upload-1" };
  desk.outside.filesAreGood = good;
  await checkDocument({ ...desk.completing }, upload);
  await recordScan({ ...desk.completing }, upload, "NO_THREATS_FOUND");
  return registered;
}

async function runs(desk: ModelDesk, { job, requestId, good }: Extract<Step, { kind: "job" }>): Promise<Result<unknown>> {
  const fails = (...all: readonly unknown[]): never => {
    throw all.find((one) => one instanceof Error) ?? new Error("a job failed");
  };
  if (job === "timers") return ok(await runTimers(desk.decided, fails));
  if (job === "sweep") return ok(await sweepBenefits(desk.deps, fails));
  const event = desk.histories.get(requestId as RequestId)?.at(-1);
  if (!event) return ok("nothing-to-do");
  if (job === "revisions") return ok(await supersedeAuthorization(desk.decided, event));
  desk.outside.vendorTakes = good;
  return ok(
    job === "refer" ? await referToVendor(desk.deps, { ...event, lastChance: true }) : await writeNotices(desk.deps, event),
  );
}
