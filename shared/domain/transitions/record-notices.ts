import type { Notice } from "../notice.ts";
import type { Request } from "../request.ts";
import { transition } from "../transition.ts";
import { requestStatuses } from "../vocabulary.ts";

/** Letters lie in the records: the request says which, and where. One that is noted already stays as it is. */
export const recordNotices = transition<{ readonly notices: readonly Notice[] }>({
  name: "record notices",
  from: requestStatuses,
  to: {},
  emits: ["notice.written"],
  already: (request, { notices }) => unrecorded(request, notices).length === 0,
  decide: (request, { notices }) => ({ ...request, notices: [...request.notices, ...unrecorded(request, notices)] }),
  events: (before, { notices }) =>
    unrecorded(before, notices).map(({ id, kind }) => ({ type: "notice.written", noticeId: id, reason: kind })),
});

const unrecorded = (request: Request, notices: readonly Notice[]): readonly Notice[] =>
  notices.filter(({ id }) => !request.notices.some((noted) => noted.id === id));
