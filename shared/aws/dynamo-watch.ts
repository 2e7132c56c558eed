import { type AttributeValue, type DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import type { Instant } from "../domain/calendar.ts";
import type { Watch } from "../ports.ts";
import { shards, type TimeLine, timeLines } from "./keys.ts";

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
      const [nextTimer] = await head("timers", timeLines.fires, 1);
      const overdue = await head("timers", timeLines.clock, countLimit, now);
      const silent = await head("timers", timeLines.silence, countLimit, now);
      const unverified = await head("timers", timeLines.verdict, countLimit, now);
      const silentAndOverdue = silent.filter((key) => (partsOf(key).dueAt ?? "~") <= now);
      return {
        oldestPendingAt: oldestPending && partsOf(oldestPending).at,
        nextTimerAt: nextTimer && partsOf(nextTimer).at,
        overdueRequests: overdue.length + silentAndOverdue.length,
        silentReferrals: silent.length,
        unverifiedDocuments: unverified.length,
      };
    },
  };
}

/** `<at>#<requestId>#<dueAt>`, the last for referrals only. */
function partsOf(key: string): { at: Instant; dueAt: Instant | undefined } {
  const [at = "", , dueAt] = key.split("#");
  return { at, dueAt };
}
