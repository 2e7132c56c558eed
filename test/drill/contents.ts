import { type AttributeValue, ScanCommand } from "@aws-sdk/client-dynamodb";
import { ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3";
import { openIdentities } from "../../infra/local/identities.ts";
import type { PocketCloud } from "../../infra/local/pocket-cloud.ts";
import { documentFrom } from "../../shared/aws/dynamo-documents.ts";
import { pendingEvents, requestFrom } from "../../shared/aws/stored-request.ts";
import type { Document } from "../../shared/domain/document.ts";
import type { RequestEvent } from "../../shared/domain/events.ts";
import type { Request } from "../../shared/domain/request.ts";
import { tableName, tableOf } from "../table-of.ts";

/** All that a desk holds. */
export type Contents = {
  readonly requests: ReadonlyMap<string, Request>;
  readonly documents: readonly Document[];
  /** By request, in order. */
  readonly histories: ReadonlyMap<string, readonly RequestEvent[]>;
  readonly pending: number;
  /** Keys of the versions in the records. */
  readonly records: readonly string[];
};

export async function contentsOf(cloud: Pick<PocketCloud, "directory" | "port" | "endpoints" | "assembly">): Promise<Contents> {
  const items = await allItems(cloud);
  const of = (sort: RegExp) => items.filter(({ sk }) => sort.test(sk?.S ?? ""));
  const requestItems = of(/^REQUEST$/);
  const events = of(/^EVENT#/).map((item) => JSON.parse(item.content?.S ?? "") as RequestEvent);
  return {
    requests: new Map(requestItems.map(requestFrom).map((request) => [request.id, request])),
    documents: of(/^REQUEST#DOCUMENT#/).map(documentFrom),
    histories: Map.groupBy(
      events.toSorted((one, other) => one.sequence - other.sequence),
      ({ requestId }) => requestId,
    ),
    pending: requestItems.flatMap(pendingEvents).length,
    records: await recordsOf(cloud),
  };
}

async function allItems(cloud: Pick<PocketCloud, "directory" | "port">): Promise<Record<string, AttributeValue>[]> {
  const dynamo = tableOf(cloud);
  const items: Record<string, AttributeValue>[] = [];
  let start: Record<string, AttributeValue> | undefined;
  do {
    const page = await dynamo.send(
      new ScanCommand({ TableName: tableName, ConsistentRead: true, ...(start ? { ExclusiveStartKey: start } : {}) }),
    );
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start);
  dynamo.destroy();
  return items;
}

async function recordsOf({ directory, endpoints }: Pick<PocketCloud, "directory" | "endpoints">): Promise<string[]> {
  const credentials = openIdentities(directory).of("developer");
  const s3 = new S3Client({ endpoint: endpoints.objectStore, region: "us-east-1", credentials, forcePathStyle: true });
  const keys: string[] = [];
  let KeyMarker: string | undefined;
  let VersionIdMarker: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectVersionsCommand({ Bucket: `${tableName}-records-000000000000-us-east-1`, KeyMarker, VersionIdMarker }),
    );
    keys.push(...(page.Versions ?? []).flatMap(({ Key }) => Key ?? []));
    KeyMarker = page.NextKeyMarker;
    VersionIdMarker = page.NextVersionIdMarker;
  } while (KeyMarker);
  s3.destroy();
  return keys;
}
