import { type AttributeValue, type DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import type { Instant } from "../domain/calendar.ts";
import type { Watch } from "../ports.ts";
import { shards, type TimeLine, timeLines } from "./keys.ts";
import { type TimeKey, timeKeyFrom } from "./time-key.ts";

/** Per shard; what is read costs the same however much is stored. */
const countLimit = 100;

/** How far behind the desk is, from a few keys at the head of each shard: no item is read. */
export function dynamoWatch(dynamo: DynamoDBClient, table: string): Watch {
  /** Sort keys at the head of one line, all shards together, up to `until`. */
  const head = async (
    index: "outbox" | "timers",
    line: "outbox" | TimeLine,
    limit: number,
    until?: Instant,
  ): Promise<readonly string[]> => {
    const sort = `${index}Sort`;
    const values = (shard: number): Record<string, AttributeValue> => ({
      ":key": { S: `${line}#${shard}` },
      // Sort keys go on behind the time: this is above all that is due by then.
      ...(until === undefined ? {} : { ":until": { S: `${until}~` } }),
    });
    const answers = await Promise.all(
      shards.map((shard) =>
        dynamo.send(
          new QueryCommand({
            TableName: table,
            IndexName: index,
            KeyConditionExpression: `${index}Key = :key${until === undefined ? "" : ` AND ${sort} <= :until`}`,
            ExpressionAttributeValues: values(shard),
            ProjectionExpression: sort,
            Limit: limit,
          }),
        ),
      ),
    );
    return answers.flatMap(({ Items = [] }) => Items.map((item) => item[sort]?.S ?? "")).sort();
  };

  return {
    async standing(now) {
      const [oldestPending] = await head("outbox", "outbox", 1);
      // Past their wake-up: few, unless the timers are late.
      const late = (await head("timers", timeLines.fires, countLimit, now)).map(timeKeyFrom);
      const [nextTimer] = late.length > 0 ? late : (await head("timers", timeLines.fires, 1)).map(timeKeyFrom);
      const overdue = (await head("timers", timeLines.clock, countLimit)).map(timeKeyFrom);
      const silent = (await head("timers", timeLines.silence, countLimit)).map(timeKeyFrom);
      const unverified = await head("timers", timeLines.verdict, countLimit, now);
      const open = [...late, ...overdue, ...silent];
      const waking = [nextTimer, overdue[0], silent[0]].flatMap((key) => key?.at ?? []).sort();
      return {
        oldestPendingAt: oldestPending && timeKeyFrom(oldestPending).at,
        nextTimerAt: waking[0],
        overdueRequests: open.filter((key) => isPast(key.dueAt ?? whenOverdue(key, overdue), now)).length,
        silentReferrals: open.filter((key) => isPast(key.silentFrom ?? whenSilent(key, silent), now)).length,
        unverifiedDocuments: unverified.length,
      };
    },
  };
}

const isPast = (time: Instant | null, now: Instant): boolean => time !== null && time <= now;

/** Keys from before requests woke by themselves: they began with the very time by which they are counted. */
const whenOverdue = (key: TimeKey, overdue: readonly TimeKey[]) => (overdue.includes(key) ? key.at : null);
const whenSilent = (key: TimeKey, silent: readonly TimeKey[]) => (silent.includes(key) ? key.at : null);
