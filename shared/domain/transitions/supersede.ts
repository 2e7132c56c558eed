import type { Request } from "../request.ts";
import { replacedLines } from "../revision.ts";
import { transition } from "../transition.ts";
import { requestStatuses } from "../vocabulary.ts";

/**
 * A revision was authorized, and stands in the place of what it revises from its first day on: asked for by the provider, and so no
 * reduction. It takes effect whatever has become of the request.
 */
export const supersede = transition<{ readonly revision: Request }>({
  name: "supersede an authorization",
  from: requestStatuses,
  to: {},
  emits: ["authorization.superseded"],
  already: (request, { revision }, { now, policy }) => replacedLines(request, revision, now, policy.plan.timeZone).length === 0,
  decide: (request, { revision }, { now, policy }) => {
    const lines = replacedLines(request, revision, now, policy.plan.timeZone);
    const by = revision.authorization?.number;
    return by ? { ...request, supersessions: [...request.supersessions, { by, at: now, lines }] } : request;
  },
  events: (_before, _command, { supersessions }) =>
    supersessions.slice(-1).map(({ by, lines }) => ({
      type: "authorization.superseded" as const,
      authorizationNumber: by,
      lines: lines.map(({ lineNumber }) => lineNumber),
    })),
});
