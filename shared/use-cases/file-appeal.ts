import { momentOf } from "../domain/calendar.ts";
import { may, type Principal } from "../domain/principal.ts";
import type { Request } from "../domain/request.ts";
import { type Result, validationFailed } from "../domain/result.ts";
import { apply } from "../domain/transition.ts";
import { type Filing, fileAppeal as filed } from "../domain/transitions/file-appeal.ts";
import { actorOf, type ChangeDeps, change } from "./change.ts";
import { own } from "./sight.ts";

type FileCommand = Omit<Filing, "receivedAt"> & {
  readonly requestId: string;
  readonly expectedVersion: number | undefined;
  /** Of a letter that a clerk keys in: a moment, or a date alone. */
  readonly receivedAt?: string;
};

/** The provider appeals what was decided against it; said twice, it is done once. */
export function fileAppeal(
  deps: ChangeDeps,
  principal: Principal,
  { requestId, expectedVersion, receivedAt, ...filing }: FileCommand,
): Promise<Result<Request>> {
  return change(
    deps,
    async () => {
      const found = await own(deps, principal, requestId);
      return found.ok && receivedAt !== undefined && !may(principal, "intake:write") ? { ok: false, refusal: onlyByClerks } : found;
    },
    actorOf(principal),
    (request, context) => {
      const { timeZone } = context.policy.plan;
      const received = receivedAt === undefined ? {} : { receivedAt: momentOf(receivedAt, timeZone) };
      return apply(filed, request, { ...filing, ...received }, context, expectedVersion);
    },
  );
}

const onlyByClerks = validationFailed([
  { pointer: "/receivedAt", detail: "Only for what clerks key in: here receipt is the filing itself." },
]);
