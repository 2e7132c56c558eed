import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { type Benefit, type BenefitKey, lookAtOf, type Share, untouched } from "../domain/benefit.ts";
import type { Benefits } from "../ports.ts";
import { benefitKey, shardOf, shards, timeLines } from "./keys.ts";

const schemaVersion = 1;

/** @param memberKey seals a member id: no member id stands in a key */
export function dynamoBenefits(dynamo: DynamoDBClient, table: string, memberKey: (memberId: string) => string): Benefits {
  return {
    keyOf: (memberId, benefit, from) => ({ member: memberKey(memberId), benefit, from }),

    async find(key) {
      const { Item } = await dynamo.send(new GetItemCommand({ TableName: table, Key: benefitKey(key), ConsistentRead: true }));
      if (!Item) return untouched(key);
      if (Number(Item.schemaVersion?.N) !== schemaVersion || Item.content?.S === undefined)
        throw new Error("a benefit that this code cannot read");
      return { ...key, version: Number(Item.version?.N), shares: JSON.parse(Item.content.S) as readonly Share[] };
    },

    async save(benefit) {
      const lookAt = lookAtOf(benefit);
      const indexed = lookAt ? ", timersKey = :key, timersSort = :sort" : " REMOVE timersKey, timersSort";
      try {
        await dynamo.send(
          new UpdateItemCommand({
            TableName: table,
            Key: benefitKey(benefit),
            UpdateExpression: `SET #version = :version, schemaVersion = :schemaVersion, content = :content${indexed}`,
            ConditionExpression: benefit.version === 1 ? "attribute_not_exists(pk)" : "#version = :expected",
            ExpressionAttributeNames: { "#version": "version" },
            ExpressionAttributeValues: { ...valuesOf(benefit), ...(lookAt ? placeOf(benefit, lookAt) : {}) },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },

    async due(now, limit) {
      const found = await Promise.all(
        shards.map((shard) =>
          dynamo.send(
            new QueryCommand({
              TableName: table,
              IndexName: "timers",
              KeyConditionExpression: "timersKey = :key AND timersSort <= :now",
              // The sort key goes on behind the time: this is above all that is due now.
              ExpressionAttributeValues: { ":key": { S: `${timeLines.benefits}#${shard}` }, ":now": { S: `${now}~` } },
              Limit: limit,
            }),
          ),
        ),
      );
      return found.flatMap(({ Items = [] }) => Items).map(keyFrom);
    },

    async putOff(key, until) {
      const place = placeOf(key, until);
      await dynamo.send(
        new UpdateItemCommand({
          TableName: table,
          Key: benefitKey(key),
          UpdateExpression: "SET timersSort = :sort",
          // One that was settled meanwhile stays out of the index.
          ConditionExpression: "timersKey = :key AND timersSort < :sort",
          ExpressionAttributeValues: place,
        }),
      );
    },
  };
}

const placeOf = (key: BenefitKey, lookAt: string) => ({
  ":key": { S: `${timeLines.benefits}#${shardOf(key.member)}` },
  ":sort": { S: `${lookAt}#${key.benefit}` },
});

const valuesOf = ({ version, shares }: Benefit) => ({
  ":version": { N: String(version) },
  ":schemaVersion": { N: String(schemaVersion) },
  ":content": { S: JSON.stringify(shares) },
  ...(version === 1 ? {} : { ":expected": { N: String(version - 1) } }),
});

function keyFrom({ pk, sk }: Record<string, AttributeValue>): BenefitKey {
  const [, benefit = "", from = ""] = sk?.S?.split("#") ?? [];
  return { member: pk?.S?.slice("BENEFIT#".length) ?? "", benefit, from };
}
