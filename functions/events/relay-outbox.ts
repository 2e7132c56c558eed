import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Context, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import type { RequestId } from "../../shared/domain/identifiers.ts";
import { relayOutbox } from "../../shared/use-cases/relay-outbox.ts";
import { bus } from "../lib/deps/bus.ts";
import { outbox } from "../lib/deps/outbox.ts";
import { relayFailed } from "../lib/relay-failure.ts";
import { log } from "../lib/telemetry.ts";

/** The stream only says that a request has changed; what there is to relay is read from the request itself. */
async function relay(record: DynamoDBRecord): Promise<void> {
  const id = record.dynamodb?.Keys?.pk?.S?.slice("REQUEST#".length) as RequestId;
  try {
    const published = await relayOutbox({ outbox, bus }, id);
    if (published > 0) log("events published", { relay: "relay-outbox", requestId: id, published });
  } catch (error) {
    relayFailed("relay-outbox", id, error);
    throw error;
  }
}

export const handler = (event: DynamoDBStreamEvent, context: Context) =>
  processPartialResponse(event, relay, new BatchProcessor(EventType.DynamoDBStreams), { context, throwOnFullBatchFailure: false });
