import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Outcome } from "../functions/start-functions.ts";
import { nameOf } from "./arn.ts";
import type { Invoke } from "./event-source-mapping.ts";
import { readProperties, wholeNumber, withoutEffect } from "./properties.ts";
import type { Queues } from "./queues.ts";

const properties = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.literal("$LATEST"),
  // Lambda repeats after minutes; a function that asks for that does not run here.
  MaximumRetryAttempts: wholeNumber.min(0).max(0),
  // An event never waits here for longer than a moment.
  MaximumEventAgeInSeconds: withoutEffect,
  DestinationConfig: z.strictObject({ OnFailure: z.strictObject({ Destination: z.string() }) }).optional(),
});

export type AsynchronousOptions = {
  account: string;
  region: string;
  now: () => Date;
  invoke: (functionName: string, event: unknown) => Promise<Outcome>;
  /** Resolved properties of every `AWS::Lambda::EventInvokeConfig`. */
  configurations: unknown[];
  /** Where `OnFailure` destinations are. */
  queues: Pick<Queues, "get">;
  /** Whether the function's role may send to the queue that its failures go to. What it may not is lost, as with Lambda. */
  maySend?: (functionName: string, queueArn: string) => boolean;
  report?: (problem: string) => void;
};

/**
 * Invokes as Lambda does when nobody waits for the answer: what fails goes to the function's on-failure destination, by the
 * function's own right. It rejects all the same, for whoever started the function here and wants to know.
 */
export const asynchronously = (options: AsynchronousOptions): Invoke => {
  const { account, region, now, invoke, configurations, queues, maySend = () => true, report = () => {} } = options;
  const destinations = new Map(
    configurations
      .map((resolved) => readProperties("configuration of asynchronous invocations", properties, resolved))
      .flatMap(({ FunctionName, DestinationConfig }) =>
        DestinationConfig ? [[nameOf(FunctionName), queues.get(DestinationConfig.OnFailure.Destination)] as const] : [],
      ),
  );

  return async (functionName, event) => {
    const outcome = await invoke(functionName, event);
    if (outcome.ok) return outcome.payload;
    const deadLetters = destinations.get(functionName);
    if (deadLetters && !maySend(functionName, deadLetters.arn))
      report(`AccessDenied: ${functionName} may not send to ${deadLetters.name}`);
    else
      deadLetters?.send({
        body: JSON.stringify({
          version: "1.0",
          timestamp: now().toISOString(),
          requestContext: {
            requestId: randomUUID(),
            functionArn: `arn:aws:lambda:${region}:${account}:function:${functionName}:$LATEST`,
            condition: "RetriesExhausted",
            approximateInvokeCount: 1,
          },
          requestPayload: event,
          responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
          responsePayload: outcome.error,
        }),
      });
    throw new Error(`${functionName}: ${outcome.error.errorType}`);
  };
};
