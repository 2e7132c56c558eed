import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Context, SQSEvent, SQSRecord } from "aws-lambda";
import type { Consumer, MessageId, Outcome } from "./log-catalogue.ts";
import { errorFacts, log } from "./telemetry.ts";

/** An event as the bus put it into the queue, and how often the queue has delivered it. */
export type Delivered<Detail> = { readonly type: string; readonly detail: Detail; readonly deliveries: number };

/**
 * A queue's consumer as a Lambda: each message is an EventBridge event; one that fails is delivered again, the others are not.
 * Nothing of a message is logged but the names of what happened.
 */
export function consumer<Detail>(name: Consumer, consume: (event: Delivered<Detail>) => Promise<Outcome>) {
  const one = async (record: SQSRecord) => {
    try {
      const event = JSON.parse(record.body) as { "detail-type": string; detail: Detail };
      const outcome = await consume({
        type: event["detail-type"],
        detail: event.detail,
        deliveries: Number(record.attributes.ApproximateReceiveCount),
      });
      log("event consumed", { consumer: name, outcome });
    } catch (error) {
      log("event failed", { consumer: name, messageId: record.messageId as MessageId, ...errorFacts(error) });
      throw error;
    }
  };
  return (event: SQSEvent, context: Context) =>
    processPartialResponse(event, one, new BatchProcessor(EventType.SQS), { context, throwOnFullBatchFailure: false });
}
