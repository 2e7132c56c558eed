import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Document } from "../domain/document.ts";
import { verdictOverdueFrom } from "../domain/watch.ts";
import type { Documents } from "../ports.ts";
import { documentKey, shardOf, timeLines } from "./keys.ts";

const schemaVersion = 1;

/** @throws on an item that no version of this code has written */
export function documentFrom(item: Readonly<Record<string, AttributeValue>>): Document {
  if (Number(item.schemaVersion?.N) !== schemaVersion || item.content?.S === undefined)
    throw new Error("a document that this code cannot read");
  return JSON.parse(item.content.S) as Document;
}

/**
 * While its upload is awaited the document stands in the timers by itself, so that its request need not change for it; while it is
 * verified, where what waits too long is counted.
 */
function attributesOf(document: Document): Record<string, AttributeValue> {
  return {
    schemaVersion: { N: String(schemaVersion) },
    version: { N: String(document.version) },
    content: { S: JSON.stringify(document) },
    ...placeInTime(document),
  };
}

function placeInTime(document: Document): Record<string, AttributeValue> {
  const awaited = document.status === "awaiting-upload";
  const at = awaited ? document.awaitedUntil : verdictOverdueFrom(document);
  if (at === null) return {};
  return {
    timersKey: { S: `${awaited ? timeLines.fires : timeLines.verdict}#${shardOf(document.requestId)}` },
    timersSort: { S: `${at}#${document.requestId}#${document.id}` },
  };
}

export function dynamoDocuments(dynamo: DynamoDBClient, table: string): Documents {
  return {
    async find(requestId, id) {
      const { Item } = await dynamo.send(
        new GetItemCommand({ TableName: table, Key: documentKey(requestId, id), ConsistentRead: true }),
      );
      return Item && documentFrom(Item);
    },

    create: (document) =>
      unlessBeaten(
        dynamo.send(
          new PutItemCommand({
            TableName: table,
            Item: { ...documentKey(document.requestId, document.id), ...attributesOf(document) },
            ConditionExpression: "attribute_not_exists(pk)",
          }),
        ),
      ),

    save(document) {
      const attributes = attributesOf(document);
      const stands = attributes.timersKey !== undefined;
      return unlessBeaten(
        dynamo.send(
          new UpdateItemCommand({
            TableName: table,
            Key: documentKey(document.requestId, document.id),
            UpdateExpression: `SET #version = :version, content = :content, schemaVersion = :schemaVersion${stands ? ", timersKey = :timersKey, timersSort = :timersSort REMOVE timerAttempts" : " REMOVE timersKey, timersSort, timerAttempts"}`,
            ConditionExpression: "#version = :expected",
            ExpressionAttributeNames: { "#version": "version" },
            ExpressionAttributeValues: {
              ":expected": { N: String(document.version - 1) },
              ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`:${name}`, value])),
            },
          }),
        ),
      );
    },
  };
}

async function unlessBeaten(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
