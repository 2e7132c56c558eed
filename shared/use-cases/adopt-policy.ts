import { dayOf } from "../domain/calendar.ts";
import type { Policy } from "../policy/policy.ts";
import { type Hindrance, hindranceOf, proposedRules, versionTaken } from "../policy/proposed.ts";
import type { RulesBundle } from "../policy/rules-bundle.ts";
import type { AdoptedVersion, Clock, KeptVersion, PolicyRegister, ProposedRules } from "../ports.ts";

export type AdoptDeps = {
  readonly proposals: ProposedRules;
  readonly register: PolicyRegister;
  readonly clock: Clock;
  /** For the plan's time zone. */
  readonly policy: Policy;
  /** The rules that were deployed with the code. */
  readonly builtIn: RulesBundle;
};

export type AdoptionRefusal = /** No rules, or with errors in them. */ "broken" | "too-large" | Hindrance["reason"];

export type Adoption =
  | { readonly outcome: "adopted" | "adopted-before" }
  | {
      readonly outcome: "refused";
      readonly reason: AdoptionRefusal;
      /** Where in the rules, if that can be said: paths of names and numbers, and ids of rules. */
      readonly places: readonly string[];
    };

/** More lost races than there are adoptions at once: something is wrong, and the queue comes again. */
const attempts = 50;

/**
 * Takes a proposed version into the register, from when on it judges what is received from its first day on. Broken rules change
 * nothing: what was in force stays so. A repeat, and one that was cut off anywhere, ends as the first would have.
 *
 * The rules that are built in come into the register before the first that are proposed, so that requests that they have judged find
 * them when other code is deployed.
 */
export async function adoptPolicy(deps: AdoptDeps, proposal: KeptVersion): Promise<Adoption> {
  const bytes = await deps.proposals.read(proposal);
  if (!bytes) return refused("too-large");
  const rules = proposedRules(bytes);
  if ("broken" in rules) return refused("broken", rules.broken);

  const { register, builtIn } = deps;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const { adopted, revision } = await register.read();
    const hindrance = hindranceOf(rules, builtIn, adopted, dayOf(deps.clock.now(), deps.policy.plan.timeZone));
    if (hindrance) return refused(hindrance.reason, [hindrance.place]);
    if (adopted.some(({ version }) => version === rules.version)) return { outcome: "adopted-before" };
    const notKept = await register.keep(rules);
    if (notKept) return refused(notKept, notKept === versionTaken.reason ? [versionTaken.place] : []);
    const isFirst = !adopted.some(({ version }) => version === builtIn.version) && rules.version !== builtIn.version;
    const before = isFirst && (await register.keep(builtIn)) === undefined ? [...adopted, entry(builtIn)] : adopted;
    if (await register.save([...before, entry(rules)], revision)) return { outcome: "adopted" };
  }
  throw new Error("the register of rules changes faster than it can be written");
}

const refused = (reason: AdoptionRefusal, places: readonly string[] = []): Adoption => ({ outcome: "refused", reason, places });

const entry = ({ version, effectiveFrom, digest }: RulesBundle): AdoptedVersion => ({ version, effectiveFrom, digest });
