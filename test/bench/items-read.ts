import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { openIdentities } from "../../infra/local/identities.ts";
import { openEngine } from "../../infra/local/table/engine.ts";
import { startTable } from "../../infra/local/table/start-table.ts";
import { dynamoOutbox } from "../../shared/aws/dynamo-outbox.ts";
import { dynamoQueues } from "../../shared/aws/dynamo-queues.ts";
import { dynamoRequests } from "../../shared/aws/dynamo-requests.ts";
import { dynamoTimers } from "../../shared/aws/dynamo-timers.ts";
import { dynamoWatch } from "../../shared/aws/dynamo-watch.ts";
import { indexAttributes, outboxAttributes, requestKey } from "../../shared/aws/stored-request.ts";
import { memberKey, saltedIds } from "../../shared/sealing/ids.ts";
import { aChange, at, hoursAfter } from "../builders.ts";
import type { Row } from "./row.ts";
import type { Workspace } from "./workspace.ts";

const few = 1_000;
const many = 100_000;
/** Of these, wherever they stand among the others, it is time. */
const due = 40;
const limit = 25;

/**
 * What a query of the jobs reads, with a hundred times as many requests stored: once with the same few of them due, and once with all
 * of them due, which a page at a time must bear. The requests are the domain's; stored is what the indexes need of them.
 */
export async function itemsRead(workspace: Workspace): Promise<Row[]> {
  const small = await readsWith(workspace, few);
  const large = await readsWith(workspace, many);
  return Object.entries(large).map(([query, items]) => ({
    name: `items read by ${query}, ${many} stored over ${few}`,
    value: items / (small[query] ?? Number.NaN),
    goal: 1,
    unit: "ratio",
  }));
}

async function readsWith({ directory, assembly }: Workspace, stored: number): Promise<Record<string, number>> {
  const data = mkdtempSync(join(directory, "stored-"));
  const tables = assembly.resources("AWS::DynamoDB::GlobalTable").map(({ ref: name, properties }) => ({ name, properties }));
  const name = tables[0]?.name ?? "";
  const loaded = performance.now();
  await load(join(data, "table"), tables, name, stored);
  if (process.env.BENCH_DETAIL) console.error(`${stored} stored in ${((performance.now() - loaded) / 1000).toFixed(1)} s`);

  const identities = openIdentities(data);
  const table = await startTable({
    port: 0,
    directory: data,
    tables,
    identities,
    judge: () => ({ allowed: true }),
    now: () => new Date(),
  });
  const dynamo = new DynamoDBClient({ endpoint: table.url, region: "us-east-1", credentials: identities.of("developer") });
  const timers = dynamoTimers(dynamo, name);
  const watch = dynamoWatch(dynamo, name);
  const outbox = dynamoOutbox(dynamo, name);
  const requests = dynamoRequests(dynamo, name, memberKey("a salt"));
  const queues = dynamoQueues(dynamo, name);
  const read = async (query: () => Promise<readonly unknown[]>, atLeast: number): Promise<number> => {
    table.units.reset();
    const found = await query();
    if (found.length < atLeast) throw new Error(`${found.length} of ${atLeast} were found`);
    return table.units.read().operations.reduce((sum, { items }) => sum + items, 0);
  };
  try {
    return {
      "the timers, 40 due": await read(() => timers.due(whenDue, limit), due),
      "the timers, all due": await read(() => timers.due(longAfter, limit), limit),
      "the gauges, 40 late": await read(async () => [await watch.standing(whenDue)], 1),
      "the worklist, 40 waiting": await read(async () => (await requests.inQueue("intake", { limit })).items, limit),
      "the supervisor's view, 40 waiting": await read(async () => (await queues.head("intake")).places, due),
      "the outbox, 40 waiting": await read(() => outbox.waiting(whenWaiting, limit), due),
      "the outbox, all waiting": await read(() => outbox.waiting(longAfter, limit), limit),
    };
  } finally {
    dynamo.destroy();
    await table.close();
  }
}

const firstReceived = hoursAfter(0);
const laterReceived = hoursAfter(24 * 30);
const longAfter = hoursAfter(24 * 365);
const wakeOf = (receivedAt: string) => indexAttributes(aChange({}, {}, at(receivedAt)).request).timersSort?.split("#")[0] ?? "";
const whenDue = wakeOf(firstReceived);
const whenWaiting = hoursAfter(1);

/** Into the engine itself: over HTTP it would take minutes. */
async function load(path: string, tables: Parameters<typeof openEngine>[1], table: string, count: number): Promise<void> {
  const engine = await openEngine(path, tables, () => new Date());
  const ids = saltedIds("benchmark");
  const [first, later] = [firstReceived, laterReceived].map((receivedAt) => aChange({}, {}, at(receivedAt)));
  if (!first || !later) throw new Error("nothing to store");
  const batchSize = 25;
  try {
    for (let start = 0; start < count; start += batchSize) {
      const puts = Array.from({ length: Math.min(batchSize, count - start) }, (_, offset) => {
        const number = start + offset;
        const { request, events } = number < due ? first : later;
        const id = ids.request("caller", "submitRequest", String(number));
        const { timersKey, timersSort, worklistKey, worklistSort } = indexAttributes({ ...request, id });
        // Only those few wait for a person.
        const waits = number < due ? { worklistKey, worklistSort } : {};
        const attributes = Object.entries({ timersKey, timersSort, ...waits, ...outboxAttributes(id, events) });
        const item = {
          ...requestKey(id),
          ...Object.fromEntries(attributes.flatMap(([name, value]) => (value ? [[name, { S: value }]] : []))),
        };
        return { PutRequest: { Item: item } };
      });
      const { outcome } = await engine.execute(
        "BatchWriteItem",
        engine.validate("BatchWriteItem", { RequestItems: { [table]: puts } }),
      );
      if ("refused" in outcome) throw new Error(JSON.stringify(outcome.refused));
    }
  } finally {
    await engine.close();
  }
}
