import type { OperationId } from "../../shared/api/operations.ts";
import { callerOf, type Principal } from "../../shared/domain/principal.ts";
import { ok, type Result, refuse } from "../../shared/domain/result.ts";
import type { Page } from "../../shared/ports.ts";
import { cursors } from "./deps/cursors.ts";
import type { Reply } from "./reply.ts";

/** A page whose cursor is sealed to operation, caller and query: another's, or one that was bent, is `invalid-cursor`. */
export async function paged<Item>(
  operation: OperationId,
  principal: Principal,
  query: unknown,
  cursor: string | undefined,
  read: (after: { after?: string }) => Promise<Result<Page<Item>>>,
): Promise<Result<Reply>> {
  const context = [operation, callerOf(principal), query];
  const after = cursor === undefined ? undefined : cursors.open(cursor, context);
  if (cursor !== undefined && after === undefined)
    return refuse("invalid-cursor", "Start again without a cursor: this one is not for you, or not for this query.");
  const page = await read(after === undefined ? {} : { after });
  if (!page.ok) return page;
  const { items, next } = page.value;
  return ok({ body: { items, nextCursor: next === undefined ? null : cursors.seal(next, context) } });
}
