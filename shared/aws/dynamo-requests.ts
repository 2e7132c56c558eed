import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { RequestEvent } from "../domain/events.ts";
import type { RequestId } from "../domain/identifiers.ts";
import type { Request } from "../domain/request.ts";
import type { Change } from "../domain/transition.ts";
import type { Page, Requests } from "../ports.ts";
import { documentFrom } from "./dynamo-documents.ts";
import { shards } from "./keys.ts";
import {
  contentLimit,
  indexAttributes,
  outboxAttributes,
  pendingEvents,
  requestFrom,
  requestKey,
  schemaVersion,
} from "./stored-request.ts";

/** A request that would outgrow its item: the domain's limits make it rare, the edge answers `request-too-large`. */
export class RequestTooLarge extends Error {
  override readonly name = "RequestTooLarge";
}

/** @param memberKey seals a member id for the index by member: no member id stands in a key */
export function dynamoRequests(dynamo: DynamoDBClient, table: string, memberKey: (memberId: string) => string): Requests {
  const read = async (id: RequestId) =>
    (await dynamo.send(new GetItemCommand({ TableName: table, Key: requestKey(id), ConsistentRead: true }))).Item;

  const query = async (
    index: string,
    name: string,
    key: string,
    { limit, after, from, descending }: QueryOptions,
  ): Promise<Page<RequestId>> => {
    const answer = await dynamo.send(
      new QueryCommand({
        TableName: table,
        IndexName: index,
        KeyConditionExpression: after ? "#k = :k AND #s < :s" : from ? "#k = :k AND #s >= :s" : "#k = :k",
        ExpressionAttributeNames: { "#k": `${name}Key`, ...(after || from ? { "#s": `${name}Sort` } : {}) },
        ExpressionAttributeValues: { ":k": { S: key }, ...(after || from ? { ":s": { S: after ?? from ?? "" } } : {}) },
        ScanIndexForward: !descending,
        Limit: limit,
      }),
    );
    const items = answer.Items ?? [];
    const last = items.at(-1)?.[`${name}Sort`]?.S;
    const more = answer.LastEvaluatedKey !== undefined && last !== undefined;
    return { items: items.map((item) => item.pk?.S?.slice("REQUEST#".length) as RequestId), ...(more ? { next: last } : {}) };
  };

  return {
    async find(id) {
      const item = await read(id);
      return item && requestFrom(item);
    },

    async findWithDocuments(id) {
      const answer = await dynamo.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: "pk = :pk AND begins_with(sk, :sk)",
          ExpressionAttributeValues: { ":pk": requestKey(id).pk, ":sk": { S: "REQUEST" } },
          ConsistentRead: true,
        }),
      );
      const [item, ...documents] = answer.Items ?? [];
      if (item?.sk?.S !== "REQUEST") return undefined;
      return { request: requestFrom(item), documents: documents.map(documentFrom) };
    },

    async findMany(ids) {
      const found: Request[] = [];
      let keys = ids.map(requestKey);
      while (keys.length > 0) {
        const answer = await dynamo.send(
          new BatchGetItemCommand({ RequestItems: { [table]: { Keys: keys, ConsistentRead: true } } }),
        );
        found.push(...(answer.Responses?.[table] ?? []).map(requestFrom));
        keys = (answer.UnprocessedKeys?.[table]?.Keys ?? []) as typeof keys;
      }
      return found;
    },

    async create(change, fingerprint) {
      const { request } = change;
      try {
        await dynamo.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              ...requestKey(request.id),
              ...attributes(change).set,
              ...strings(outboxAttributes(request.id, change.events)),
              memberKey: { S: memberKey(request.submission.member.id) },
              memberSort: { S: `${request.receivedAt}#${request.id}` },
              fingerprint: { S: fingerprint },
              outbox: {
                M: Object.fromEntries(change.events.map((event) => [String(event.sequence), { S: JSON.stringify(event) }])),
              },
            },
            ConditionExpression: "attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          }),
        );
        return undefined;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const item = error.Item ?? (await read(request.id));
        if (!item) throw error;
        return { existing: requestFrom(item), fingerprint: item.fingerprint?.S ?? "" };
      }
    },

    async fingerprintOf(id) {
      const item = await read(id);
      return item && { existing: requestFrom(item), fingerprint: item.fingerprint?.S ?? "" };
    },

    async save(change, expectedVersion) {
      const { set, remove } = attributes(change);
      const entries = change.events.map((event, index) => ({ name: `#e${index}`, value: `:e${index}`, event }));
      const waiting = entries.length > 0 ? outboxAttributes(change.request.id, change.events) : undefined;
      const sets = Object.keys(set).map((name) => `#${name} = :${name}`);
      const values: Record<string, AttributeValue> = { ":expected": { N: String(expectedVersion) } };
      const names: Record<string, string> = {};
      for (const [name, value] of Object.entries(set)) {
        names[`#${name}`] = name;
        values[`:${name}`] = value;
      }
      for (const name of remove) names[`#${name}`] = name;
      for (const { name, value, event } of entries) {
        names[name] = String(event.sequence);
        values[value] = { S: JSON.stringify(event) };
        sets.push(`outbox.${name} = ${value}`);
      }
      if (waiting) {
        values[":outboxKey"] = { S: waiting.outboxKey };
        values[":outboxSort"] = { S: waiting.outboxSort };
        // An older entry keeps its place: the sweep goes by the oldest.
        sets.push("outboxKey = :outboxKey", "outboxSort = if_not_exists(outboxSort, :outboxSort)");
      }
      try {
        await dynamo.send(
          new UpdateItemCommand({
            TableName: table,
            Key: requestKey(change.request.id),
            UpdateExpression: `SET ${sets.join(", ")}${remove.length > 0 ? ` REMOVE ${remove.map((name) => `#${name}`).join(", ")}` : ""}`,
            ConditionExpression: "#version = :expected",
            ExpressionAttributeNames: names,
            ExpressionAttributeValues: values,
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },

    ofOrganization: (organization, { updatedSince, limit, after }) =>
      pageSince(updatedSince, () =>
        query("by-organization", "organization", organization, { limit, after, from: updatedSince, descending: true }),
      ),

    ofMember: (memberId, { limit, after }) => query("by-member", "member", memberKey(memberId), { limit, after, descending: true }),

    async inQueue(queue, { limit, after = "" }) {
      const found = await Promise.all(
        shards.map((shard) =>
          dynamo.send(
            new QueryCommand({
              TableName: table,
              IndexName: "worklist",
              KeyConditionExpression: "worklistKey = :key AND worklistSort > :after",
              // Nothing sorts before a space: an empty key is not allowed.
              ExpressionAttributeValues: { ":key": { S: `${queue}#${shard}` }, ":after": { S: after || " " } },
              Limit: limit,
            }),
          ),
        ),
      );
      const waiting = found
        .flatMap(({ Items = [] }) => Items)
        .map((item) => ({ place: item.worklistSort?.S ?? "", id: item.pk?.S?.slice("REQUEST#".length) as RequestId }))
        .sort((a, b) => (a.place < b.place ? -1 : 1));
      const page = waiting.slice(0, limit);
      const more = waiting.length > limit || found.some(({ LastEvaluatedKey }) => LastEvaluatedKey !== undefined);
      const last = page.at(-1)?.place;
      return { items: page.map(({ id }) => id), ...(more && last !== undefined ? { next: last } : {}) };
    },

    async history(id) {
      // The outbox first: what leaves it between the two reads stands in the history by then.
      const item = await read(id);
      if (!item) return [];
      const events = new Map(pendingEvents(item).map((event) => [event.sequence, event]));
      let start: Record<string, AttributeValue> | undefined;
      do {
        const answer = await dynamo.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: "pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues: { ":pk": requestKey(id).pk, ":sk": { S: "EVENT#" } },
            ConsistentRead: true,
            ...(start ? { ExclusiveStartKey: start } : {}),
          }),
        );
        for (const stored of answer.Items ?? []) {
          const event = JSON.parse(stored.content?.S ?? "") as RequestEvent;
          events.set(event.sequence, event);
        }
        start = answer.LastEvaluatedKey;
      } while (start);
      return [...events.values()].sort((a, b) => a.sequence - b.sequence);
    },
  };
}

type QueryOptions = { limit: number; after?: string | undefined; from?: string | undefined; descending: boolean };

/** A page that goes on below `updatedSince` ends there. */
async function pageSince(since: string | undefined, next: () => Promise<Page<RequestId>>): Promise<Page<RequestId>> {
  const page = await next();
  return since !== undefined && page.next !== undefined && page.next < since ? { items: page.items } : page;
}

const strings = (values: Readonly<Record<string, string>>): Record<string, AttributeValue> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { S: value }]));

function attributes({ request, events }: Change): { set: Record<string, AttributeValue>; remove: readonly string[] } {
  const content = JSON.stringify(request);
  if (Buffer.byteLength(content) > contentLimit(events)) throw new RequestTooLarge();
  const indexed = Object.entries(indexAttributes(request));
  return {
    set: {
      schemaVersion: { N: String(schemaVersion) },
      version: { N: String(request.version) },
      lastSequence: { N: String(request.lastSequence) },
      content: { S: content },
      ...strings(Object.fromEntries(indexed.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))),
    },
    // A change gives a timer that kept failing all its attempts again.
    remove: [...indexed.flatMap(([name, value]) => (value === undefined ? [name] : [])), "timerAttempts"],
  };
}
