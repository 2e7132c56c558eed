import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Context, SQSEvent, SQSRecord } from "aws-lambda";
import { log } from "./telemetry.ts";

/** An event as the bus put it into the queue, and how often the queue has delivered it. */
export type Delivered<Detail> = { readonly type: string; readonly detail: Detail; readonly deliveries: number };

/**
 * A queue's consumer as a Lambda: each message is an EventBridge event; one that fails is delivered again, the others are not.
 * Nothing of a message is logged but the names of what happened.
 */
export function consumer<Detail>(name: string, consume: (event: Delivered<Detail>) => Promise<string>) {
  const one = async (record: SQSRecord) => {
    try {
      const event = JSON.parse(record.body) as { "detail-type": string; detail: Detail };
      const outcome = await consume({
        type: event["detail-type"],
        detail: event.detail,
        deliveries: Number(record.attributes.ApproximateReceiveCount),
      });
      log.consumed({ consumer: name, outcome });
    } catch (error) {
      log.failed(name, error, { messageId: record.messageId });
      throw error;
    }
  };
  return (event: SQSEvent, context: Context) =>
    processPartialResponse(event, one, new BatchProcessor(EventType.SQS), { context, throwOnFullBatchFailure: false });
}
