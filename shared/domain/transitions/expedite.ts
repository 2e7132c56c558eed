import { clockOf } from "../evaluate.ts";
import type { Expedite, Request } from "../request.ts";
import { type Context, transition } from "../transition.ts";
import { type ExpediteRequester, openStatuses } from "../vocabulary.ts";

/**
 * A standard request is to be decided in haste. A physician's word must be followed (42 CFR 422.570(c)(2)(ii), 438.210(d)(2),
 * 29 CFR 2560.503-1(m)(1)(iii)), and settles whatever waits to be judged: that is granted with it, and runs from when it was asked for.
 * Anybody else's is judged by a reviewer, and the clock stays as it is until then.
 */
export const askToExpedite = transition<{ reason: string; requestedBy: ExpediteRequester }>({
  name: "ask to expedite",
  from: openStatuses,
  to: {},
  emits: ["request.expedited", "expedite.asked"],
  already: (request, { requestedBy }) =>
    request.priority === "expedited" || request.expedites.some((one) => one.granted === null && one.requestedBy === requestedBy),
  decide: (request, { reason, requestedBy }, context) => {
    const isFollowed = requestedBy === "physician";
    const asked: Expedite = { at: context.now, reason, requestedBy, granted: isFollowed ? true : null };
    const before = isFollowed ? judged(request, true, context) : request.expedites;
    return withExpedites(request, [...before, asked], context);
  },
  events: (_before, _command, after) => [{ type: after.priority === "expedited" ? "request.expedited" : "expedite.asked" }],
});

/** A reviewer judges it. Refused, the request keeps its receipt and its time; a physician's cannot be refused, for it was granted. */
export const judgeExpedite = transition<{ granted: boolean }>({
  name: "judge the haste",
  from: openStatuses,
  to: {},
  emits: ["request.expedited", "expedite.refused"],
  already: (request, { granted }) => pending(request) === undefined && request.expedites.at(-1)?.granted === granted,
  refuses: (request) =>
    pending(request)
      ? undefined
      : { problem: "not-possible-now", detail: "Nothing waits to be judged: a physician's word is followed without it." },
  decide: (request, { granted }, context) => withExpedites(request, judged(request, granted, context), context),
  events: (_before, { granted }) => [{ type: granted ? "request.expedited" : "expedite.refused" }],
});

/** Whatever waits for it, by whomever it was asked. */
const judged = ({ expedites }: Request, granted: boolean, { now }: Context): readonly Expedite[] =>
  expedites.map((one) => (one.granted === null ? { ...one, granted, judgedAt: now } : one));

const pending = (request: Request) => request.expedites.find(({ granted }) => granted === null);

function withExpedites(request: Request, expedites: readonly Expedite[], { policy }: Context): Request {
  const hurried: Request = {
    ...request,
    expedites,
    priority: expedites.some(({ granted }) => granted) ? "expedited" : request.priority,
  };
  return { ...hurried, clock: clockOf(hurried, policy) };
}
