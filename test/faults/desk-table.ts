import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AttributeValue, DynamoDBClient, GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { loadAssembly } from "../../infra/local/assembly.ts";
import { openIdentities } from "../../infra/local/identities.ts";
import { startTable } from "../../infra/local/table/start-table.ts";
import { dynamoDocuments } from "../../shared/aws/dynamo-documents.ts";
import { dynamoOutbox } from "../../shared/aws/dynamo-outbox.ts";
import { dynamoPolicyRegister } from "../../shared/aws/dynamo-policy-register.ts";
import { dynamoRequests } from "../../shared/aws/dynamo-requests.ts";
import { dynamoRestores } from "../../shared/aws/dynamo-restores.ts";
import { dynamoTimers } from "../../shared/aws/dynamo-timers.ts";
import { requestKey } from "../../shared/aws/stored-request.ts";
import type { RequestId } from "../../shared/domain/identifiers.ts";
import { memberKey } from "../../shared/sealing/ids.ts";
import { synthesized } from "../own-cloud.ts";

export type DeskTable = Awaited<ReturnType<typeof openDeskTable>>;

/** The table of the template alone, and the desk's own adapters on it: for faults between them that no HTTP client can make. */
export async function openDeskTable() {
  const { directory: from, assembly } = await synthesized();
  const tables = loadAssembly(assembly, { apiUrl: "http://127.0.0.1:1", account: "000000000000", region: "us-east-1" })
    .resources("AWS::DynamoDB::GlobalTable")
    .map(({ ref: name, properties }) => ({ name, properties }));
  rmSync(from, { recursive: true, force: true });
  const name = tables[0]?.name ?? "";

  const directory = mkdtempSync(join(tmpdir(), "desk-table-"));
  const identities = openIdentities(directory);
  const judge = () => ({ allowed: true }) as const;
  const table = await startTable({ port: 0, directory, tables, identities, judge, now: () => new Date() });
  const dynamo = new DynamoDBClient({ endpoint: table.url, region: "us-east-1", credentials: identities.of("developer") });

  return {
    requests: dynamoRequests(dynamo, name, memberKey("a salt")),
    documents: dynamoDocuments(dynamo, name),
    outbox: dynamoOutbox(dynamo, name),
    timers: dynamoTimers(dynamo, name),
    restores: dynamoRestores(dynamo, name),
    register: dynamoPolicyRegister(dynamo, name),
    /** For an adapter of one's own. */
    dynamo,
    name,
    /** The request's item, attribute by attribute. */
    item: async (id: RequestId): Promise<Record<string, AttributeValue>> =>
      (await dynamo.send(new GetItemCommand({ TableName: name, Key: requestKey(id), ConsistentRead: true }))).Item ?? {},
    /** Every event that stands in the history by itself, by its key's order. */
    recorded: async (id: RequestId): Promise<readonly string[]> => {
      const answer = await dynamo.send(
        new QueryCommand({
          TableName: name,
          KeyConditionExpression: "pk = :pk AND begins_with(sk, :event)",
          ExpressionAttributeValues: { ":pk": requestKey(id).pk, ":event": { S: "EVENT#" } },
        }),
      );
      return (answer.Items ?? []).map((stored) => stored.content?.S ?? "");
    },
    close: async () => {
      dynamo.destroy();
      await table.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
