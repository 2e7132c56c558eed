import { type AttributeValue, type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { dayOf } from "../domain/calendar.ts";
import { inForceOn, type RulesVersion } from "../policy/policies.ts";
import { type Policy, policyWith } from "../policy/policy.ts";
import type { Policies } from "../ports.ts";
import type { ReadItem } from "./batched-reads.ts";
import { type ItemKey, rulesKey, rulesRegisterKey } from "./keys.ts";
import { rulesSchema } from "./stored-rules.ts";

/** How long a warm function may go on with the register it read, in milliseconds of the process's own clock. */
const freshFor = 60_000;
/**
 * How long it may go on with it where the register cannot be read again, in milliseconds: what was adopted meanwhile waits, and
 * nobody goes without an answer.
 */
const keptFor = 3_600_000;
/** Versions that one process keeps: those of the requests that are open now. */
const mostKept = 4;

/**
 * The rules that are built in, and those that the table has besides. A submission asks for the register together with what else it
 * reads at its start; rules are read once in a process's life, for a version never changes. While only the built-in version is in
 * force, or a request names it, no rules are read at all.
 *
 * @param read together with what else a call reads at its start
 * @param unread hears why the register could not be read, whenever the last one answers for it
 * @param overrides whether the stage knows other rules than those built in; without it `at` asks nobody
 */
export function dynamoPolicies(
  dynamo: DynamoDBClient,
  table: string,
  { read, builtIn, overrides, unread }: { read: ReadItem; builtIn: Policy; overrides: boolean; unread: (error: unknown) => void },
): Policies {
  let register: { adopted: readonly RulesVersion[]; readAt: number } | undefined;
  const kept = new Map<string, Policy>();

  const readAlone = async (Key: ItemKey) =>
    (await dynamo.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))).Item;

  const adopted = async (readItem: ReadItem): Promise<readonly RulesVersion[]> => {
    const now = performance.now();
    const last = register;
    if (last && now < last.readAt + freshFor) return last.adopted;
    try {
      const versions = adoptedIn(await readItem(rulesRegisterKey));
      register = { adopted: versions, readAt: now };
      return versions;
    } catch (error) {
      if (!last || now >= last.readAt + keptFor) throw error;
      unread(error);
      return last.adopted;
    }
  };

  const known = async (version: string): Promise<Policy | undefined> => {
    if (version === builtIn.version) return builtIn;
    const before = kept.get(version);
    const policy = before ?? policyIn(await readAlone(rulesKey(version)));
    if (!policy) return undefined;
    // The one that was not asked for the longest goes first.
    kept.delete(version);
    kept.set(version, policy);
    for (const [oldest] of kept) if (kept.size > mostKept) kept.delete(oldest);
    return policy;
  };

  const inForceAt = async (receivedAt: string, readItem: ReadItem): Promise<Policy> => {
    const versions = await adopted(readItem);
    if (versions.every(({ version }) => version === builtIn.version)) return builtIn;
    const { version } = inForceOn(dayOf(receivedAt, builtIn.plan.timeZone), versions, builtIn);
    const policy = await known(version);
    if (!policy) throw new Error("the register names rules that are not there");
    return policy;
  };

  return {
    at: async (receivedAt) => (overrides ? inForceAt(receivedAt, read) : builtIn),
    // Not by the batch: functions that only change requests have no need of it.
    of: async (version, receivedAt) => (await known(version)) ?? (await inForceAt(receivedAt, readAlone)),
  };
}

type Item = Record<string, AttributeValue>;

const adoptedIn = (item: Item | undefined): readonly RulesVersion[] =>
  (item?.adopted?.L ?? []).map(({ M }) => ({ version: M?.version?.S ?? "", effectiveFrom: M?.effectiveFrom?.S ?? "" }));

function policyIn(item: Item | undefined): Policy | undefined {
  if (!item?.rules?.B) return undefined;
  const schema = item.schemaVersion?.N;
  if (schema !== rulesSchema) throw new Error(`rules of the schema ${schema}, and only ${rulesSchema} is known here`);
  // Loading it takes milliseconds of a start, and a start with the rules that are built in needs none of it.
  const { gunzipSync } = process.getBuiltinModule("node:zlib");
  return policyWith(JSON.parse(gunzipSync(item.rules.B).toString("utf8")));
}
