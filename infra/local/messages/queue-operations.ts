import { AwsRefusal, type Input, type Operation, type Operations, textIn } from "../operation.ts";
import type { MessageAttribute, Queue } from "./queue.ts";
import { attributesOf, md5 } from "./queue-consumer.ts";

type Access = { find(name: string): Queue | undefined; account: string; region: string };

/** SQS's operations as `client-sqs` calls them (JSON 1.0, queue named by the last segment of its URL). */
export const queueOperations = ({ find, account, region }: Access): Operations => {
  const nameIn = (input: Input) => textIn(input, "QueueUrl").split("/").at(-1) ?? "";
  const queueIn = (input: Input): Queue => {
    const queue = find(nameIn(input));
    if (!queue) throw new AwsRefusal("QueueDoesNotExist", "The specified queue does not exist.");
    return queue;
  };
  const on = (name: string, run: (queue: Queue, input: Input) => unknown): Operation => ({
    action: `sqs:${name}`,
    resources: (input) => [`arn:aws:sqs:${region}:${account}:${nameIn(input)}`],
    run: (input) => run(queueIn(input), input),
  });

  return {
    "AmazonSQS.SendMessage": on("SendMessage", (queue, input) => {
      const delaySeconds = optionalNumber(input, "DelaySeconds", 900);
      const message = queue.send({
        body: textIn(input, "MessageBody"),
        messageAttributes: (input.MessageAttributes ?? {}) as Record<string, MessageAttribute>,
        ...(delaySeconds !== undefined && { delaySeconds }),
      });
      return { MessageId: message.messageId, MD5OfMessageBody: md5(message.body) };
    }),

    "AmazonSQS.ReceiveMessage": on("ReceiveMessage", (queue, input) => {
      const received = queue.receive(
        optionalNumber(input, "MaxNumberOfMessages", 10) ?? 1,
        optionalNumber(input, "VisibilityTimeout", 43_200),
      );
      if (received.length === 0) return {};
      return {
        Messages: received.map((one) => ({
          MessageId: one.message.messageId,
          ReceiptHandle: one.receiptHandle,
          Body: one.message.body,
          MD5OfBody: md5(one.message.body),
          Attributes: attributesOf(one),
          MessageAttributes: one.message.messageAttributes,
        })),
      };
    }),

    "AmazonSQS.DeleteMessage": on("DeleteMessage", (queue, input) => {
      queue.remove(textIn(input, "ReceiptHandle"));
      return {};
    }),

    "AmazonSQS.ChangeMessageVisibility": on("ChangeMessageVisibility", (queue, input) => {
      const seconds = optionalNumber(input, "VisibilityTimeout", 43_200);
      if (seconds === undefined) throw new AwsRefusal("MissingParameter", "VisibilityTimeout is required");
      queue.changeVisibility(textIn(input, "ReceiptHandle"), seconds);
      return {};
    }),

    "AmazonSQS.GetQueueAttributes": on("GetQueueAttributes", (queue) => {
      const { visible, hidden } = queue.counts();
      return {
        Attributes: {
          QueueArn: queue.arn,
          ApproximateNumberOfMessages: String(visible),
          ApproximateNumberOfMessagesNotVisible: String(hidden),
          VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
        },
      };
    }),
  };
};

const optionalNumber = (input: Input, field: string, most: number): number | undefined => {
  const value = input[field];
  if (value === undefined) return undefined;
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > most) {
    throw new AwsRefusal("InvalidParameterValue", `${field} must be a whole number up to ${most}`);
  }
  return value as number;
};
