import type { Actor } from "../domain/events.ts";
import { may, type Principal } from "../domain/principal.ts";
import type { Request } from "../domain/request.ts";
import { ok, type Result, refuse } from "../domain/result.ts";
import type { Change, Context } from "../domain/transition.ts";
import type { Clock, Policies, Requests } from "../ports.ts";

/** Beyond this many lost races something is wrong, and the caller is told to come again. */
const attempts = 25;

export type ChangeDeps = {
  readonly requests: Pick<Requests, "find" | "save">;
  readonly clock: Clock;
  readonly policies: Pick<Policies, "of">;
};

/**
 * Load, decide, save: again from the start whenever somebody else was first. A decision that changes nothing is not saved. It is
 * judged by the version of the rules that judged the request at its receipt, whichever is in force now.
 *
 * @param load must read anew each time
 * @param decide pure; called once per attempt
 */
export async function change(
  { requests, clock, policies }: ChangeDeps,
  load: () => Promise<Result<Request>>,
  actor: Actor,
  decide: (request: Request, context: Context) => Result<Change> | Promise<Result<Change>>,
): Promise<Result<Request>> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const loaded = await load();
    if (!loaded.ok) return loaded;
    const policy = await policies.of(loaded.value.policyVersion, loaded.value.receivedAt);
    const decided = await decide(loaded.value, { now: later(clock.now(), loaded.value.updatedAt), actor, policy });
    if (!decided.ok) return decided;
    if (decided.value.request === loaded.value) return ok(loaded.value);
    if (await requests.save(decided.value, loaded.value.version)) return ok(decided.value.request);
    await jitter(attempt);
  }
  return refuse("busy-try-again", "Too many changes to this request at once: try again in a moment.");
}

/** A request's times never run backwards, whichever machine's clock is behind. */
const later = (now: string, before: string) => (now > before ? now : before);

/** Waits a random while, longer after each lost race, so that rivals spread out. */
const jitter = (attempt: number) => new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(200, 5 * 2 ** attempt)));

export function actorOf(principal: Principal): Actor {
  if (may(principal, "intake:write")) return { type: "clerk", id: principal.subject };
  if (may(principal, "reviews:write")) return { type: "reviewer", id: principal.subject };
  return { type: "provider", id: principal.subject };
}
