import { randomUUID } from "node:crypto";
import { AwsRefusal } from "../operation.ts";
import { openJournal } from "./journal.ts";

export type MessageAttribute = { DataType: string; StringValue?: string; BinaryValue?: string };

export type Message = {
  messageId: string;
  body: string;
  messageAttributes: Record<string, MessageAttribute>;
  /** Local time, in milliseconds. */
  sentAt: number;
  firstReceivedAt?: number;
  receiveCount: number;
};

export type Received = { message: Message; receiptHandle: string };

export type Queue = {
  readonly name: string;
  readonly arn: string;
  readonly visibilityTimeoutSeconds: number;
  /** The message is stored when this returns. */
  send(message: {
    body: string;
    messageAttributes?: Record<string, MessageAttribute>;
    delaySeconds?: number;
    messageId?: string;
  }): Message;
  /** Up to `limit` visible messages, oldest first; what was received too often moves to the dead-letter queue instead. */
  receive(limit: number, visibilitySeconds?: number): Received[];
  /** Quietly does nothing for the handle of an earlier receive, as SQS may. */
  remove(receiptHandle: string): void;
  changeVisibility(receiptHandle: string, seconds: number): void;
  counts(): { visible: number; hidden: number };
  /** When the next hidden message comes back, in real milliseconds. */
  nextVisibleAt(): number | undefined;
  /** Called whenever there may be more to receive, or sooner than thought. */
  onChange(listener: () => void): void;
  close(): void;
};

export type QueueSettings = {
  name: string;
  arn: string;
  visibilityTimeoutSeconds: number;
  delaySeconds: number;
  maximumMessageSize: number;
  redrive?: { maxReceiveCount: number; deadLetterQueue: () => Queue };
  /** The journal's file. */
  path: string;
  /** The local clock: what a message says about its times. Visibility runs on real time. */
  now: () => Date;
};

type Entry = { put: Message } | { received: string; at: number } | { gone: string };

/**
 * A standard queue that survives the process: messages and their receive counts are journaled, visibility is not, so a
 * message in flight when the process died is visible again at once. Messages are kept until they are handled: the
 * retention period would only lose work on a laptop that slept for a week.
 */
export const openQueue = (settings: QueueSettings): Queue => {
  const { name, arn, redrive, now } = settings;
  const messages = new Map<string, Message>();
  const hiddenUntil = new Map<string, number>();
  const listeners: (() => void)[] = [];
  let closed = false;

  const apply = (entry: Entry) => {
    if ("put" in entry) messages.set(entry.put.messageId, { ...entry.put });
    else if ("gone" in entry) {
      messages.delete(entry.gone);
      hiddenUntil.delete(entry.gone);
    } else {
      const message = messages.get(entry.received);
      if (!message) return;
      message.receiveCount += 1;
      message.firstReceivedAt ??= entry.at;
    }
  };
  const journal = openJournal<Entry>(settings.path, apply, () => [...messages.values()].map((message) => ({ put: message })));
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const isVisible = (message: Message) => (hiddenUntil.get(message.messageId) ?? 0) <= Date.now();
  const inFlight = (receiptHandle: string): Message | undefined => {
    const [messageId = "", receiveCount] = Buffer.from(receiptHandle, "base64url").toString().split("#");
    const message = messages.get(messageId);
    return message && String(message.receiveCount) === receiveCount ? message : undefined;
  };

  return {
    name,
    arn,
    visibilityTimeoutSeconds: settings.visibilityTimeoutSeconds,

    send: ({ body, messageAttributes = {}, delaySeconds = settings.delaySeconds, messageId = randomUUID() }) => {
      if (closed) throw new AwsRefusal("ServiceUnavailable", "The queue is closing", 503);
      if (body === "") throw new AwsRefusal("MissingParameter", "The request must contain the parameter MessageBody.");
      if (Buffer.byteLength(body) > settings.maximumMessageSize) {
        throw new AwsRefusal(
          "InvalidParameterValue",
          `One or more parameters are invalid. Reason: Message must be shorter than ${settings.maximumMessageSize} bytes.`,
        );
      }
      const message: Message = { messageId, body, messageAttributes, sentAt: now().getTime(), receiveCount: 0 };
      if (delaySeconds > 0) hiddenUntil.set(messageId, Date.now() + delaySeconds * 1000);
      journal.append({ put: message });
      changed();
      return message;
    },

    receive: (limit, visibilitySeconds = settings.visibilityTimeoutSeconds) => {
      if (closed) return [];
      const received: Received[] = [];
      for (const message of messages.values()) {
        if (received.length === limit) break;
        if (!isVisible(message)) continue;
        const { messageId } = message;
        if (redrive && message.receiveCount >= redrive.maxReceiveCount) {
          // Stored there before it leaves here: a crash between the two repeats the move, under the same id.
          redrive
            .deadLetterQueue()
            .send({ body: message.body, messageAttributes: message.messageAttributes, messageId, delaySeconds: 0 });
          journal.append({ gone: messageId });
          continue;
        }
        hiddenUntil.set(messageId, Date.now() + visibilitySeconds * 1000);
        journal.append({ received: messageId, at: now().getTime() });
        received.push({
          message: { ...message },
          receiptHandle: Buffer.from(`${messageId}#${message.receiveCount}`).toString("base64url"),
        });
      }
      return received;
    },

    remove: (receiptHandle) => {
      const message = closed ? undefined : inFlight(receiptHandle);
      if (message) journal.append({ gone: message.messageId });
    },

    changeVisibility: (receiptHandle, seconds) => {
      const message = inFlight(receiptHandle);
      if (!message || isVisible(message)) throw new AwsRefusal("MessageNotInflight", "The message is not in flight.");
      hiddenUntil.set(message.messageId, Date.now() + seconds * 1000);
      changed();
    },

    counts: () => {
      const visible = [...messages.values()].filter(isVisible).length;
      return { visible, hidden: messages.size - visible };
    },

    nextVisibleAt: () => {
      let next: number | undefined;
      for (const at of hiddenUntil.values()) if (at > Date.now() && at < (next ?? Number.POSITIVE_INFINITY)) next = at;
      return next;
    },

    onChange: (listener) => {
      listeners.push(listener);
    },

    close: () => {
      if (closed) return;
      closed = true;
      journal.close();
    },
  };
};
