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

/** Several changes of one request in a batch are one relay: it reads what they all left behind. */
export const handler = (event: DynamoDBStreamEvent, context: Context) => {
  const relays = new Map<string | undefined, Promise<void>>();
  const relayOnce = (record: DynamoDBRecord) => {
    const key = record.dynamodb?.Keys?.pk?.S;
    const running = relays.get(key) ?? relay(record);
    relays.set(key, running);
    return running;
  };
  return processPartialResponse(event, relayOnce, new BatchProcessor(EventType.DynamoDBStreams), {
    context,
    throwOnFullBatchFailure: false,
  });
};
