import type { Context } from "aws-lambda";
import { type ReconcileCursor, reconcile } from "../../shared/use-cases/reconcile.ts";
import { bus } from "../lib/deps/bus.ts";
import { clock } from "../lib/deps/clock.ts";
import { documents } from "../lib/deps/documents.ts";
import { inventory } from "../lib/deps/inventory.ts";
import { outbox } from "../lib/deps/outbox.ts";
import { policies } from "../lib/deps/policies.ts";
import { requests } from "../lib/deps/requests.ts";
import { restores } from "../lib/deps/restores.ts";
import { jobByHand } from "../lib/job.ts";
import { errorFacts, log } from "../lib/telemetry.ts";

/** Enough for one more page. */
const reserveMilliseconds = 120_000;

type Order = { readonly restoredTo: string; readonly cursor?: ReconcileCursor };

/** Once after a restore, called again with `next` as its `cursor` until there is none: docs/runbooks/restore.md. */
export const handler = jobByHand("reconcile-restore", async ({ restoredTo, cursor }: Order, context: Context) => {
  const moment = new Date(restoredTo);
  if (!(moment.getTime() <= Date.now())) throw new RangeError("restoredTo is not a moment of the past");
  const reconciled = await reconcile(
    { requests, documents, inventory, restores, outbox, bus, clock, policies },
    { restoredTo: moment.toISOString(), ...(cursor ? { cursor } : {}) },
    () => context.getRemainingTimeInMillis() > reserveMilliseconds,
    (requestId, error) => log("restore failed", { requestId, ...errorFacts(error) }),
  );
  for (const { kind, requestId, documentId, noticeId } of reconciled.findings)
    log("restore finding", { finding: kind, requestId, documentId, noticeId });
  return { count: reconciled.requests, answer: reconciled };
});
