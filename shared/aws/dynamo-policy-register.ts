import { gzipSync } from "node:zlib";
import { ConditionalCheckFailedException, type DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { PolicyRegister } from "../ports.ts";
import { type ItemKey, rulesKey, rulesRegisterKey } from "./keys.ts";
import { rulesSchema } from "./stored-rules.ts";

/** An item ends at 400 KB; what comes near it would be read too slowly to be waited for. */
const mostBytes = 300_000;

/** Adopted rules: one item for each version, compressed, and the register of them all. */
export function dynamoPolicyRegister(dynamo: DynamoDBClient, table: string): PolicyRegister {
  const read = async (Key: ItemKey) =>
    (await dynamo.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))).Item;

  return {
    async read() {
      const item = await read(rulesRegisterKey);
      const adopted = (item?.adopted?.L ?? []).map(({ M }) => ({
        version: M?.version?.S ?? "",
        effectiveFrom: M?.effectiveFrom?.S ?? "",
        digest: M?.digest?.S ?? "",
      }));
      return { adopted, revision: Number(item?.revision?.N ?? 0) };
    },

    async keep({ version, effectiveFrom, text, digest }) {
      const rules = gzipSync(text);
      if (rules.byteLength > mostBytes) return "too-large";
      const facts = {
        effectiveFrom: { S: effectiveFrom },
        digest: { S: digest },
        rules: { B: rules },
        schemaVersion: { N: rulesSchema },
      };
      const put = new PutItemCommand({
        TableName: table,
        Item: { ...rulesKey(version), ...facts },
        ConditionExpression: "attribute_not_exists(pk)",
      });
      if (await written(dynamo.send(put))) return undefined;
      return (await read(rulesKey(version)))?.digest?.S === digest ? undefined : "version-taken";
    },

    save(adopted, revision) {
      const entries = adopted.map((one) => ({
        M: { version: { S: one.version }, effectiveFrom: { S: one.effectiveFrom }, digest: { S: one.digest } },
      }));
      const item = { adopted: { L: entries }, revision: { N: String(revision + 1) }, schemaVersion: { N: "1" } };
      return written(
        dynamo.send(
          new PutItemCommand({
            TableName: table,
            Item: { ...rulesRegisterKey, ...item },
            ...(revision === 0
              ? { ConditionExpression: "attribute_not_exists(pk)" }
              : { ConditionExpression: "revision = :seen", ExpressionAttributeValues: { ":seen": { N: String(revision) } } }),
          }),
        ),
      );
    },
  };
}

const written = async (sent: Promise<unknown>): Promise<boolean> => {
  try {
    await sent;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};
