import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Outcome } from "../../infra/local/functions/start-functions.ts";
import { openIdentities } from "../../infra/local/identities.ts";
import type { Judge } from "../../infra/local/judge.ts";
import { startMailbox } from "../../infra/local/mailbox.ts";
import { asynchronously } from "../../infra/local/messages/asynchronous.ts";
import { openBuses } from "../../infra/local/messages/bus.ts";
import { compilePattern } from "../../infra/local/messages/event-pattern.ts";
import type { Invoke } from "../../infra/local/messages/event-source-mapping.ts";
import { openJournal } from "../../infra/local/messages/journal.ts";
import { openQueues, type QueuesOptions } from "../../infra/local/messages/queues.ts";
import { startSchedules } from "../../infra/local/messages/schedules.ts";
import { type StreamRecord, startStreamSources, type TableStream } from "../../infra/local/messages/stream-source.ts";
import { openSecrets } from "../../infra/local/secrets.ts";
import { startServiceEndpoint } from "../../infra/local/service-endpoint.ts";
import { type StoredObject, startScanner } from "../../infra/local/stand-ins/scanner.ts";

const place = { account: "000000000000", region: "us-east-1" };
const queueArn = (name: string) => `arn:aws:sqs:${place.region}:${place.account}:${name}`;
const functionArn = (name: string) => `arn:aws:lambda:${place.region}:${place.account}:function:${name}`;
const now = () => new Date();

let directory: string;
let cleanups: (() => unknown)[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "messages-"));
  cleanups = [];
});
afterEach(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
  rmSync(directory, { recursive: true });
});

type SqsEvent = { Records: { messageId: string; body: string; receiptHandle: string; attributes: Record<string, string> }[] };

const queuesWith = (options: Partial<QueuesOptions>) => {
  const queues = openQueues({ directory, ...place, now, invoke: async () => undefined, queues: [], mappings: [], ...options });
  cleanups.push(() => queues.close());
  return queues;
};

const until = (check: () => unknown) => vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 10_000, interval: 5 });

describe("event patterns", () => {
  const event = {
    source: "aws.s3",
    detail: {
      bucket: { name: "intake" },
      object: { key: "a/scan.PDF", size: 300 },
      tags: ["urgent", "mri"],
      note: null,
      empty: [],
    },
  };
  test.each([
    [{ source: ["aws.s3"] }, true],
    [{ source: ["aws.ec2", "aws.s3"], detail: { bucket: { name: ["intake"] } } }, true],
    [{ source: ["aws.s3"], detail: { bucket: { name: ["records"] } } }, false],
    [{ detail: { object: { key: [{ prefix: "a/" }] } } }, true],
    [{ detail: { object: { key: [{ suffix: ".pdf" }] } } }, false],
    [{ detail: { object: { key: [{ suffix: { "equals-ignore-case": ".pdf" } }] } } }, true],
    [{ detail: { object: { key: [{ "equals-ignore-case": "A/SCAN.pdf" }] } } }, true],
    [{ detail: { object: { size: [{ numeric: [">", 0, "<=", 300] }] } } }, true],
    [{ detail: { object: { size: [{ numeric: ["<", 300] }] } } }, false],
    [{ detail: { object: { size: [300] } } }, true],
    [{ detail: { object: { size: ["300"] } } }, false],
    [{ detail: { tags: ["mri"] } }, true],
    [{ detail: { tags: ["ct"] } }, false],
    [{ detail: { note: [null] } }, true],
    [{ detail: { bucket: { name: [{ "anything-but": "intake" }] } } }, false],
    [{ detail: { bucket: { name: [{ "anything-but": ["a", "b"] }] } } }, true],
    [{ detail: { bucket: { name: [{ "anything-but": { prefix: "int" } }] } } }, false],
    [{ detail: { absent: [{ "anything-but": "x" }] } }, false],
    [{ detail: { absent: [{ exists: false }] } }, true],
    [{ detail: { object: { key: [{ exists: true }] } } }, true],
    [{ detail: { object: [{ exists: true }] } }, false],
    [{ nowhere: { at: { all: [{ exists: false }] } } }, true],
  ])("%j matches: %s", (pattern, matches) => {
    expect(compilePattern(pattern)(event)).toBe(matches);
  });

  test.each([
    { source: [{ wildcard: "aws.*" }] },
    { source: [{ prefix: 1 }] },
    { source: [{ numeric: ["!=", 1] }] },
    { source: [{ prefix: "a", suffix: "b" }] },
    { source: "aws.s3" },
    { source: [] },
    { $or: [{ source: ["aws.s3"] }] },
    {},
  ])("%j is refused when it is loaded", (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(/pattern/);
  });
});

test("a journal replays what was appended, drops a torn line, and compacts", () => {
  const path = join(directory, "journal.jsonl");
  const open = () => {
    const state = new Map<string, number>();
    const journal = openJournal<[string, number]>(
      path,
      ([name, value]) => state.set(name, value),
      () => state,
    );
    return { state, journal };
  };
  const first = open();
  for (let value = 0; value <= 9_000; value += 1) first.journal.append(["a", value], ["b", -value]);
  first.journal.close();
  expect(readFileSync(path, "utf8").split("\n").length).toBeLessThan(4_010);
  appendFileSync(path, '["a",99');
  const second = open();
  expect([...second.state]).toEqual([
    ["a", 9_000],
    ["b", -9_000],
  ]);
  second.journal.append(["c", 1]);
  second.journal.close();
  expect(open().state.get("c")).toBe(1);
});

describe("queues", () => {
  test("a function gets SQS's event and what it handled is gone", async () => {
    const events: SqsEvent[] = [];
    const queues = queuesWith({
      queues: [{ QueueName: "work" }],
      mappings: [{ EventSourceArn: queueArn("work"), FunctionName: functionArn("worker"), BatchSize: 2 }],
      invoke: async (name, event) => {
        expect(name).toBe("worker");
        events.push(event as SqsEvent);
      },
    });
    for (const body of ["one", "two", "three"]) {
      queues.get("work").send({ body, messageAttributes: { kind: { DataType: "String", StringValue: "x" } } });
    }
    expect(queues.busy()).toBe(true);
    await until(() => !queues.busy());
    expect(events.map(({ Records }) => Records.map(({ body }) => body))).toEqual([["one", "two"], ["three"]]);
    expect(events[0]?.Records[0]).toMatchObject({
      attributes: { ApproximateReceiveCount: "1", SentTimestamp: expect.stringMatching(/^\d{13}$/) },
      messageAttributes: { kind: { dataType: "String", stringValue: "x" } },
      md5OfBody: "f97c5d29941bfb1b2fdab0874906ab82",
      eventSource: "aws:sqs",
      eventSourceARN: queueArn("work"),
      awsRegion: "us-east-1",
    });
  });

  test("only the reported messages come back, and too many failures lead to the dead letters", async () => {
    const seen: string[] = [];
    const queues = queuesWith({
      queues: [
        { QueueName: "work-dead", MessageRetentionPeriod: 1_209_600 },
        {
          QueueName: "work",
          VisibilityTimeout: 1,
          RedrivePolicy: { deadLetterTargetArn: queueArn("work-dead"), maxReceiveCount: 2 },
        },
      ],
      mappings: [
        {
          EventSourceArn: queueArn("work"),
          FunctionName: "worker",
          BatchSize: 10,
          FunctionResponseTypes: ["ReportBatchItemFailures"],
        },
      ],
      invoke: async (_, event) => {
        const { Records } = event as SqsEvent;
        seen.push(...Records.map(({ body }) => body));
        return {
          batchItemFailures: Records.filter(({ body }) => body === "bad").map(({ messageId }) => ({ itemIdentifier: messageId })),
        };
      },
    });
    const bad = queues.get("work").send({ body: "bad" });
    queues.get("work").send({ body: "good" });
    await until(() => !queues.busy());
    expect(seen).toEqual(["bad", "good", "bad"]);
    const [dead] = queues.get("work-dead").receive(10);
    expect(dead?.message).toMatchObject({ messageId: bad.messageId, body: "bad" });
  });

  test("a failing function keeps its messages, and gets them again when it asks for it", async () => {
    let attempts = 0;
    const queues = queuesWith({
      queues: [{ QueueName: "work", VisibilityTimeout: 600 }],
      mappings: [{ EventSourceArn: queueArn("work"), FunctionName: "worker" }],
      invoke: async (_, event) => {
        attempts += 1;
        if (attempts > 2) return undefined;
        const [record] = (event as SqsEvent).Records;
        queues.get("work").changeVisibility(record?.receiptHandle ?? "", 0);
        throw new Error("not now");
      },
    });
    queues.get("work").send({ body: "one" });
    await until(() => !queues.busy());
    expect(attempts).toBe(3);
  });

  test("an answer that makes no sense fails the batch", async () => {
    const invoke = vi.fn<Invoke>(async () => ({ batchItemFailures: [{ itemIdentifier: "unheard-of" }] }));
    const queues = queuesWith({
      queues: [{ QueueName: "work", VisibilityTimeout: 600 }],
      mappings: [{ EventSourceArn: queueArn("work"), FunctionName: "worker", FunctionResponseTypes: ["ReportBatchItemFailures"] }],
      invoke,
    });
    queues.get("work").send({ body: "one" });
    await until(() => invoke.mock.calls.length === 1);
    await vi.waitFor(() => expect(queues.counts()).toEqual([{ queue: "work", visible: 0, hidden: 1, consumed: true }]));
  });

  test("filters look into a JSON body, and no more run at once than the mapping allows", async () => {
    let running = 0;
    let most = 0;
    const bodies: string[] = [];
    const queues = queuesWith({
      queues: [{ QueueName: "work" }],
      mappings: [
        {
          EventSourceArn: queueArn("work"),
          FunctionName: "worker",
          BatchSize: 1,
          ScalingConfig: { MaximumConcurrency: 2 },
          FilterCriteria: { Filters: [{ Pattern: '{"body":{"kind":["wanted"]}}' }] },
        },
      ],
      invoke: async (_, event) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        bodies.push(...(event as SqsEvent).Records.map(({ body }) => body));
        running -= 1;
      },
    });
    for (let index = 0; index < 8; index += 1) queues.get("work").send({ body: `{"kind":"wanted","index":${index}}` });
    queues.get("work").send({ body: '{"kind":"other"}' });
    queues.get("work").send({ body: "no json" });
    await until(() => !queues.busy());
    expect(bodies).toHaveLength(8);
    expect(most).toBe(2);
  });

  test("a batching window waits for more", async () => {
    const sizes: number[] = [];
    const queues = queuesWith({
      queues: [{ QueueName: "work" }],
      mappings: [{ EventSourceArn: queueArn("work"), FunctionName: "worker", BatchSize: 3, MaximumBatchingWindowInSeconds: 60 }],
      invoke: async (_, event) => {
        sizes.push((event as SqsEvent).Records.length);
      },
    });
    for (const body of ["one", "two"]) queues.get("work").send({ body });
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(sizes).toEqual([]);
    queues.get("work").send({ body: "three" });
    await until(() => sizes.length > 0);
    expect(sizes).toEqual([3]);
  });

  test("what a template asks and this cloud does not know is an error", () => {
    expect(() => queuesWith({ queues: [{ QueueName: "work.fifo", FifoQueue: true }] })).toThrow(/FifoQueue/);
    expect(() => queuesWith({ mappings: [{ EventSourceArn: queueArn("absent"), FunctionName: "worker" }] })).toThrow(/absent/);
    expect(() =>
      queuesWith({
        queues: [{ QueueName: "work", RedrivePolicy: { deadLetterTargetArn: queueArn("absent"), maxReceiveCount: 1 } }],
      }),
    ).toThrow(/absent/);
  });

  test("what was sent survives SIGKILL, and what was in flight is visible again", async () => {
    const module = new URL("../../infra/local/messages/queues.ts", import.meta.url).href;
    const script = `
      import { openQueues } from ${JSON.stringify(module)};
      const queues = openQueues({
        directory: ${JSON.stringify(directory)}, account: "${place.account}", region: "${place.region}", now: () => new Date(),
        invoke: () => new Promise(() => {}),
        queues: [{ QueueName: "work", VisibilityTimeout: 600 }],
        mappings: [{ EventSourceArn: ${JSON.stringify(queueArn("work"))}, FunctionName: "worker", BatchSize: 5 }],
      });
      const send = () => {
        console.log(queues.get("work").send({ body: "x".repeat(2_000) }).messageId);
        setImmediate(send);
      };
      send();
    `;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    const acknowledged: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(line);
      if (acknowledged.length === 200) child.kill("SIGKILL");
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    expect(child.signalCode).toBe("SIGKILL");
    const queues = queuesWith({ queues: [{ QueueName: "work" }] });
    const found = new Set(
      queues
        .get("work")
        .receive(100_000)
        .map(({ message }) => message.messageId),
    );
    expect(acknowledged.filter((messageId) => !found.has(messageId))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThanOrEqual(200);
  });
});

describe("the service endpoint", () => {
  const allowAll: Judge = () => ({ allowed: true });

  const start = async (judge: Judge = allowAll, mailUrl?: string) => {
    const identities = openIdentities(directory);
    const queues = queuesWith({ queues: [{ QueueName: "work" }, { QueueName: "all" }] });
    const buses = openBuses({
      ...place,
      now,
      buses: ["prior-auth-local"],
      queues,
      rules: [
        {
          EventBusName: "prior-auth-local",
          EventPattern: { source: ["prior-authorization"], "detail-type": ["referral.released"] },
          Targets: [{ Id: "Target0", Arn: queueArn("work") }],
        },
        {
          EventBusName: `arn:aws:events:us-east-1:000000000000:event-bus/prior-auth-local`,
          EventPattern: { account: [place.account] },
          Targets: [{ Id: "Target0", Arn: queueArn("all") }],
        },
      ],
    });
    const secrets = await openSecrets({
      directory,
      now,
      secrets: [
        {
          arn: "arn:aws:secretsmanager:us-east-1:000000000000:secret:vendor-abc123",
          properties: {
            Name: "vendor",
            SecretString: '{"current": {"id": "key-1", "secret": "{{resolve:secretsmanager:vendor-key:SecretString}}"} }',
          },
        },
        {
          arn: "arn:aws:secretsmanager:us-east-1:000000000000:secret:vendor-key-abc123",
          properties: { Name: "vendor-key", GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true } },
        },
      ],
    });
    const endpoint = await startServiceEndpoint({
      port: 0,
      ...place,
      now: () => new Date("2031-05-06T07:08:09Z"),
      identities,
      judge,
      handlers: { ...queues.operations, ...buses.operations, ...secrets.operations },
      control: { echo: (body) => ({ body }) },
      ...(mailUrl && { mailUrl }),
    });
    cleanups.push(endpoint.close);
    const { accessKeyId, secretAccessKey, sessionToken } = identities.of("prior-auth-local-relay-outbox");
    const client = {
      endpoint: endpoint.url,
      region: place.region,
      credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
      maxAttempts: 1,
    };
    const headers = {
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20310506/us-east-1/x/aws4_request, SignedHeaders=host, Signature=0`,
      "x-amz-security-token": sessionToken ?? "",
    };
    const sqs = async (operation: string, input: object) => {
      const response = await fetch(`${endpoint.url}/`, {
        method: "POST",
        headers: { ...headers, "x-amz-target": `AmazonSQS.${operation}`, "content-type": "application/x-amz-json-1.0" },
        body: JSON.stringify(input),
      });
      return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> };
    };
    return { endpoint, queues, secrets, client, headers, sqs };
  };

  const entry = (fields: object = {}) => ({
    EventBusName: "prior-auth-local",
    Source: "prior-authorization",
    DetailType: "referral.released",
    Detail: '{"requestId":"PA-1"}',
    ...fields,
  });

  test("PutEvents of the real client reaches the queues of the rules that match, entry by entry", async () => {
    const { client, queues } = await start();
    const events = new EventBridgeClient(client);
    const answer = await events.send(
      new PutEventsCommand({
        Entries: [
          entry({ Time: new Date("2030-01-02T03:04:05Z"), Resources: ["a"] }),
          entry({ DetailType: "document.available" }),
          entry({ Detail: "[]" }),
          entry({ Source: undefined }),
          entry({ Source: "aws.s3" }),
          entry({ EventBusName: "no-such-bus" }),
          entry({ EventBusName: "default" }),
        ],
      }),
    );
    expect(answer.FailedEntryCount).toBe(4);
    expect(answer.Entries?.map(({ ErrorCode, EventId }) => ErrorCode ?? (EventId ? "taken" : "nothing"))).toEqual([
      "taken",
      "taken",
      "MalformedDetail",
      "InvalidArgument",
      "NotAuthorizedForSourceException",
      "ResourceNotFoundException",
      "taken",
    ]);
    const bodies = (queue: string) =>
      queues
        .get(queue)
        .receive(10)
        .map(({ message }) => JSON.parse(message.body) as Record<string, unknown>);
    expect(bodies("work")).toEqual([
      {
        version: "0",
        id: answer.Entries?.[0]?.EventId,
        "detail-type": "referral.released",
        source: "prior-authorization",
        account: place.account,
        time: "2030-01-02T03:04:05Z",
        region: place.region,
        resources: ["a"],
        detail: { requestId: "PA-1" },
      },
    ]);
    expect(bodies("all")).toHaveLength(2);
  });

  test("PutEvents refuses too many and too large entries as a whole", async () => {
    const { client, queues } = await start();
    const events = new EventBridgeClient(client);
    const put = (Entries: object[]) => events.send(new PutEventsCommand({ Entries }));
    await expect(put(Array.from({ length: 11 }, () => entry()))).rejects.toMatchObject({ name: "ValidationException" });
    await expect(put([])).rejects.toMatchObject({ name: "ValidationException" });
    const half = JSON.stringify({ text: "é".repeat(64 * 1024) });
    await expect(put([entry({ Detail: half }), entry({ Detail: half })])).rejects.toMatchObject({ name: "ValidationException" });
    expect(queues.get("all").counts()).toEqual({ visible: 0, hidden: 0 });
  });

  test("GetSecretValue of the real client gives the generated secret, the same after a restart, and both live keys", async () => {
    const { client, secrets } = await start();
    const manager = new SecretsManagerClient(client);
    const get = (input: { VersionStage?: string; SecretId?: string } = {}) =>
      manager.send(new GetSecretValueCommand({ SecretId: "vendor", ...input }));
    const first = await get();
    expect(JSON.parse(first.SecretString ?? "")).toEqual({
      current: { id: "key-1", secret: expect.stringMatching(/^[A-Za-z0-9]{64}$/) },
    });
    expect(first).toMatchObject({ Name: "vendor", VersionStages: ["AWSCURRENT"], CreatedDate: expect.any(Date) });
    secrets.put("vendor", "rotated");
    expect((await get({ SecretId: first.ARN ?? "" })).SecretString).toBe("rotated");
    expect((await get({ VersionStage: "AWSPREVIOUS" })).SecretString).toBe(first.SecretString);
    await expect(get({ SecretId: "other" })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    expect((await start()).secrets.get("vendor")).toBe("rotated");
  });

  test("SQS sends, receives, delays and deletes", async () => {
    const { sqs } = await start();
    const QueueUrl = "https://sqs.us-east-1.amazonaws.com/000000000000/work";
    const sent = await sqs("SendMessage", { QueueUrl, MessageBody: "hello" });
    expect(sent.body).toEqual({ MessageId: expect.any(String), MD5OfMessageBody: "5d41402abc4b2a76b9719d911017c592" });
    const received = await sqs("ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 10 });
    const [message] = received.body.Messages as { ReceiptHandle: string; Body: string }[];
    expect(message?.Body).toBe("hello");
    const { ReceiptHandle } = message ?? {};
    expect((await sqs("ReceiveMessage", { QueueUrl })).body).toEqual({});
    expect((await sqs("ChangeMessageVisibility", { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 })).status).toBe(200);
    const again = await sqs("ReceiveMessage", { QueueUrl });
    const [second] = again.body.Messages as { ReceiptHandle: string; Attributes: object }[];
    expect(second?.Attributes).toMatchObject({ ApproximateReceiveCount: "2" });
    expect((await sqs("GetQueueAttributes", { QueueUrl, AttributeNames: ["All"] })).body).toEqual({
      Attributes: expect.objectContaining({ ApproximateNumberOfMessages: "0", ApproximateNumberOfMessagesNotVisible: "1" }),
    });
    expect((await sqs("DeleteMessage", { QueueUrl, ReceiptHandle: second?.ReceiptHandle })).status).toBe(200);
    expect((await sqs("GetQueueAttributes", { QueueUrl })).body).toMatchObject({
      Attributes: { ApproximateNumberOfMessagesNotVisible: "0" },
    });
    const unknown = await sqs("SendMessage", { QueueUrl: "http://127.0.0.1/0/absent", MessageBody: "x" });
    expect(unknown).toMatchObject({ status: 400, body: { __type: "QueueDoesNotExist" } });
  });

  test("a caller must be known, and be allowed on what it names; unknown operations say so; dates are local", async () => {
    const judged: string[] = [];
    const { client, sqs, endpoint, headers } = await start(({ identity, action, resource }) => {
      judged.push(`${identity.name} ${action} ${resource}`);
      return action === "events:PutEvents" ? { allowed: false, because: "no policy allows it" } : { allowed: true };
    });
    const events = new EventBridgeClient(client);
    await expect(events.send(new PutEventsCommand({ Entries: [entry()] }))).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining("prior-auth-local-relay-outbox"),
    });
    expect(judged).toEqual([
      "prior-auth-local-relay-outbox events:PutEvents arn:aws:events:us-east-1:000000000000:event-bus/prior-auth-local",
    ]);
    const stranger = new EventBridgeClient({ ...client, credentials: { accessKeyId: "ASIASTRANGER", secretAccessKey: "x" } });
    await expect(stranger.send(new PutEventsCommand({ Entries: [entry()] }))).rejects.toMatchObject({
      name: "UnrecognizedClientException",
    });
    const unknown = await sqs("PurgeQueue", {});
    expect(unknown).toMatchObject({ status: 400, body: { __type: "UnknownOperationException" } });
    expect(unknown.headers.get("date")).toBe("Tue, 06 May 2031 07:08:09 GMT");
    const bare = await fetch(endpoint.url, { method: "POST", headers: { ...headers, authorization: "" } });
    expect(await bare.json()).toMatchObject({ __type: "MissingAuthenticationTokenException" });
  });

  test("the control plane answers commands of this machine and no web page", async () => {
    const { endpoint } = await start();
    const post = (name: string, headers: Record<string, string> = {}) =>
      fetch(`${endpoint.url}/_control/${name}`, { method: "POST", headers, body: '{"to":1}' });
    expect(await (await post("echo")).json()).toEqual({ body: { to: 1 } });
    expect((await post("other")).status).toBe(404);
    expect((await post("echo", { origin: "https://example.org" })).status).toBe(403);
    expect((await fetch(`${endpoint.url}/_control/echo`)).status).toBe(403);
  });

  test("mail goes into the mailbox, by the sender's right to send it", async () => {
    const mailbox = await startMailbox({ port: 0 });
    cleanups.push(mailbox.close);
    const { endpoint, headers } = await start(
      ({ resource }) =>
        resource.endsWith("identity/desk@example.org") ? { allowed: true } : { allowed: false, because: "other sender" },
      mailbox.url,
    );
    const send = (FromEmailAddress: string) =>
      fetch(`${endpoint.url}/v2/email/outbound-emails`, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify({
          FromEmailAddress,
          Destination: { ToAddresses: ["provider@example.org"] },
          Content: { Simple: { Subject: { Data: "A notice" }, Body: { Text: { Data: "There is news." } } } },
        }),
      });
    expect((await send("Plan <desk@example.org>")).status).toBe(200);
    expect((await send("other@example.org")).headers.get("x-amzn-errortype")).toBe("AccessDeniedException");
    const store = (await (await fetch(`${mailbox.url}/store`)).json()) as { emails: { subject: string }[] };
    expect(store.emails.map(({ subject }) => subject)).toEqual(["A notice"]);
    expect((await fetch(mailbox.url)).headers.get("content-type")).toContain("text/html");
    await expect(startMailbox({ port: mailbox.port })).rejects.toThrow();
  });
});

describe("stream sources", () => {
  const record = (key: string, sequence: number): StreamRecord => ({
    eventID: String(sequence),
    eventName: "MODIFY",
    dynamodb: {
      Keys: { pk: { S: key }, sk: { S: "REQUEST" } },
      SequenceNumber: String(sequence),
      ApproximateCreationDateTime: 1_800_000_000,
    },
  });

  const memoryStream = (): TableStream & { add(...records: StreamRecord[]): void; waiting: StreamRecord[] } => {
    const waiting: StreamRecord[] = [];
    const listeners = new Set<() => void>();
    return {
      waiting,
      add: (...records) => {
        waiting.push(...records);
        for (const listener of listeners) listener();
      },
      read: async (table, limit) => {
        expect(table).toBe("prior-auth-local");
        const records = waiting.slice(0, limit);
        return { records, acknowledge: async (count = records.length) => void waiting.splice(0, count) };
      },
      onRecord: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
  };

  const startWith = (mapping: object, invoke: (sequences: string[]) => unknown) => {
    const stream = memoryStream();
    const queues = queuesWith({ queues: [{ QueueName: "relay-dead" }] });
    const sources = startStreamSources({
      ...place,
      now,
      stream,
      queues,
      mappings: [
        {
          EventSourceArn: "arn:aws:dynamodb:us-east-1:000000000000:table/prior-auth-local/stream/2026-01-01T00:00:00.000",
          FunctionName: "relay",
          StartingPosition: "TRIM_HORIZON",
          ...mapping,
        },
      ],
      invoke: async (_, event) =>
        invoke((event as { Records: StreamRecord[] }).Records.map((one) => one.dynamodb?.SequenceNumber ?? "")),
    });
    cleanups.push(() => sources.close());
    return { stream, queues, sources };
  };

  test("records that pass the filter arrive in batches, in order", async () => {
    const batches: string[][] = [];
    const { stream, sources } = startWith(
      { BatchSize: 2, FilterCriteria: { Filters: [{ Pattern: '{"dynamodb":{"Keys":{"sk":{"S":["REQUEST"]}}}}' }] } },
      (sequences) => void batches.push(sequences),
    );
    const other = record("a", 4);
    stream.add(record("a", 1), record("b", 2), record("a", 3), {
      ...other,
      dynamodb: { ...other.dynamodb, Keys: { pk: { S: "a" }, sk: { S: "EVENT#1" } } },
    });
    await until(() => !sources.busy());
    expect(batches.flat()).toEqual(["1", "2", "3"]);
    expect(stream.waiting).toEqual([]);
  });

  test("a reported failure is tried again from there, and later records of the key wait for it", async () => {
    const done: string[] = [];
    let failures = 0;
    const { stream, sources } = startWith({ FunctionResponseTypes: ["ReportBatchItemFailures"] }, (sequences) => {
      const bad = failures < 2 ? sequences.indexOf("2") : -1;
      if (bad >= 0) failures += 1;
      done.push(...sequences.slice(0, bad < 0 ? undefined : bad));
      return bad < 0 ? undefined : { batchItemFailures: sequences.slice(bad).map((itemIdentifier) => ({ itemIdentifier })) };
    });
    stream.add(record("a", 1), record("a", 2), record("a", 3));
    await until(() => !sources.busy());
    expect(done).toEqual(["1", "2", "3"]);
  });

  test("a record that never works is isolated, given up, and its whereabouts kept", async () => {
    const done = new Set<string>();
    const { stream, sources, queues } = startWith(
      {
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: 1,
        DestinationConfig: { OnFailure: { Destination: queueArn("relay-dead") } },
      },
      (sequences) => {
        if (sequences.includes("3")) throw new Error("always");
        for (const sequence of sequences) done.add(sequence);
      },
    );
    stream.add(...[1, 2, 3, 4, 5].map((sequence) => record(`key-${sequence}`, sequence)));
    await until(() => !sources.busy());
    expect([...done]).toEqual(["1", "2", "4", "5"]);
    const dead = queues.get("relay-dead").receive(10);
    expect(dead.map(({ message }) => JSON.parse(message.body))).toEqual([
      expect.objectContaining({
        requestContext: expect.objectContaining({ condition: "RetryAttemptsExhausted", functionArn: functionArn("relay") }),
        DDBStreamBatchInfo: expect.objectContaining({ batchSize: 1, startSequenceNumber: "3", endSequenceNumber: "3" }),
      }),
    ]);
    expect(dead[0]?.message.body).not.toContain("key-3");
  });

  test("lanes keep each key's order while one of them fails", async () => {
    const done: string[] = [];
    let failures = 0;
    const { stream, sources } = startWith({ ParallelizationFactor: 4, BatchSize: 1 }, ([sequence = ""]) => {
      if (sequence === "1" && failures++ < 2) throw new Error("not yet");
      done.push(sequence);
    });
    stream.add(...Array.from({ length: 12 }, (_, index) => record(`key-${index % 3}`, index + 1)));
    await until(() => !sources.busy());
    expect(done).toHaveLength(12);
    for (const key of [0, 1, 2]) {
      const ofKey = done.map(Number).filter((sequence) => (sequence - 1) % 3 === key);
      expect(ofKey).toEqual(ofKey.toSorted((one, other) => one - other));
    }
  });

  test("closing while a function fails gives nothing up", async () => {
    let calls = 0;
    const { stream, sources, queues } = startWith(
      { MaximumRetryAttempts: 0, DestinationConfig: { OnFailure: { Destination: queueArn("relay-dead") } } },
      async () => {
        calls += 1;
        await until(() => closing);
        throw new Error("stopping");
      },
    );
    let closing = false;
    stream.add(record("a", 1));
    await until(() => calls === 1);
    const closed = sources.close();
    closing = true;
    await closed;
    expect(stream.waiting).toHaveLength(1);
    expect(queues.get("relay-dead").counts().visible).toBe(0);
  });
});

describe("asynchronous invocations", () => {
  const configuration = {
    FunctionName: "run-timers",
    Qualifier: "$LATEST",
    MaximumRetryAttempts: 0,
    MaximumEventAgeInSeconds: 60,
    DestinationConfig: { OnFailure: { Destination: queueArn("run-timers-dead") } },
  };
  const failed = { ok: false, error: { errorType: "Error", errorMessage: "run-timers failed" } } as const;
  const startWith = (
    outcome: Outcome,
    { maySend, ...changed }: { maySend?: () => boolean; MaximumRetryAttempts?: number; DestinationConfig?: undefined } = {},
  ) => {
    const queues = queuesWith({ queues: [{ QueueName: "run-timers-dead" }] });
    const configurations = [{ ...configuration, ...changed }];
    const invoke = asynchronously({
      ...place,
      now,
      queues,
      configurations,
      invoke: async () => outcome,
      ...(maySend && { maySend }),
    });
    return { invoke, letters: () => queues.get("run-timers-dead").receive(10) };
  };

  test("one that fails goes to the function's destination, with what it was given and how it failed", async () => {
    const { invoke, letters } = startWith(failed);
    await expect(invoke("run-timers", { at: "noon" })).rejects.toThrow("run-timers: Error");
    expect(letters().map(({ message }) => JSON.parse(message.body))).toEqual([
      expect.objectContaining({
        requestContext: expect.objectContaining({
          functionArn: `${functionArn("run-timers")}:$LATEST`,
          condition: "RetriesExhausted",
          approximateInvokeCount: 1,
        }),
        requestPayload: { at: "noon" },
        responsePayload: failed.error,
      }),
    ]);
  });

  test("one that works leaves nothing there", async () => {
    const { invoke, letters } = startWith({ ok: true, payload: "done" });
    expect(await invoke("run-timers", {})).toBe("done");
    expect(letters()).toEqual([]);
  });

  test("one that fails is lost when the function may not send, has no destination, or is not configured", async () => {
    for (const lost of [startWith(failed, { maySend: () => false }), startWith(failed, { DestinationConfig: undefined })]) {
      await expect(lost.invoke("run-timers", {})).rejects.toThrow("run-timers: Error");
      expect(lost.letters()).toEqual([]);
    }
    const { invoke, letters } = startWith(failed);
    await expect(invoke("another", {})).rejects.toThrow("another: Error");
    expect(letters()).toEqual([]);
  });

  test("one that would have to be repeated cannot run here", () => {
    expect(() => startWith(failed, { MaximumRetryAttempts: 2 })).toThrow(/configuration of asynchronous invocations cannot run/);
  });
});

describe("schedules", () => {
  const schedule = (fields: object = {}) => ({
    Name: "run-timers",
    ScheduleExpression: "rate(1 minute)",
    FlexibleTimeWindow: { Mode: "OFF" },
    Target: {
      Arn: functionArn("run-timers"),
      RoleArn: "arn:aws:iam::000000000000:role/start",
      RetryPolicy: { MaximumRetryAttempts: 2 },
    },
    ...fields,
  });
  const start = (invoke: Invoke, schedules: unknown[]) => startSchedules({ directory, ...place, now, invoke, schedules });

  test("all fire once when told to, and the firing is remembered", async () => {
    const inputs: unknown[] = [];
    const schedules = start(
      async (name, event) => {
        inputs.push([name, event]);
        if (name === "bad") throw new Error("fails");
      },
      [
        schedule(),
        schedule({ Name: "bad", Target: { Arn: functionArn("bad"), Input: '{"at":"<aws.scheduler.scheduled-time>"}' } }),
        schedule({ Name: "off", State: "DISABLED" }),
      ],
    );
    expect(await schedules.fireAll()).toEqual([
      { schedule: "run-timers", failed: false },
      { schedule: "bad", failed: true },
    ]);
    expect(inputs).toEqual([
      ["run-timers", expect.objectContaining({ source: "aws.scheduler", "detail-type": "Scheduled Event" })],
      ["bad", { at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) }],
    ]);
    await schedules.close();
    const again = start(async () => undefined, [schedule()]);
    expect(again.lastFirings()).toEqual([{ schedule: "run-timers", firedAt: expect.any(Date) }]);
    await again.close();
  });

  test("they fire by themselves, a missed firing being made good", async () => {
    vi.useFakeTimers();
    try {
      const invoke = vi.fn<Invoke>(async () => undefined);
      const first = start(invoke, [schedule()]);
      await vi.advanceTimersByTimeAsync(59_000);
      expect(invoke).toHaveBeenCalledTimes(0);
      await vi.advanceTimersByTimeAsync(121_000);
      expect(invoke).toHaveBeenCalledTimes(3);
      await first.close();
      vi.setSystemTime(Date.now() + 3_600_000);
      const second = start(invoke, [schedule()]);
      await vi.advanceTimersByTimeAsync(1);
      expect(invoke).toHaveBeenCalledTimes(4);
      await second.close();
    } finally {
      vi.useRealTimers();
    }
  });

  test("an expression that does not run here is an error", () => {
    expect(() => start(async () => undefined, [schedule({ ScheduleExpression: "cron(0 8 * * ? *)" })])).toThrow(/only rates/);
    expect(() => start(async () => undefined, [schedule({ ScheduleExpression: "rate(0 minutes)" })])).toThrow(/only rates/);
  });
});

describe("the scan stand-in", () => {
  const eicar = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].join("");
  const stored = (key: string, bucket = "intake"): StoredObject => ({
    bucket,
    key,
    size: 3,
    etag: "e",
    versionId: `v-${key}`,
    sequencer: "00",
    reason: "PostObject",
  });
  const start = (contents: Record<string, string[]>) => {
    const events: { source: string; detail: Record<string, unknown> }[] = [];
    const scanner = startScanner({
      directory,
      ...place,
      buses: { emit: (event) => void events.push(event) },
      announced: ["intake"],
      plans: [{ ProtectedResource: { S3Bucket: { BucketName: "intake" } }, Role: "arn", Actions: {} }],
      read: async function* ({ key }) {
        const chunks = contents[key];
        if (!chunks) throw new Error("gone");
        for (const chunk of chunks) yield Buffer.from(chunk, "latin1");
      },
    });
    const status = (event: { detail: Record<string, unknown> } | undefined) =>
      (event?.detail.scanResultDetails as { scanResultStatus: string } | undefined)?.scanResultStatus;
    return { events, scanner, status };
  };

  test("verdict and arrival alternate, and both name the version", async () => {
    const { events, scanner } = start({ a: ["x"], b: ["x"] });
    for (const key of ["a", "b"]) {
      await scanner.announceObject(stored(key));
      await until(() => !scanner.busy());
    }
    expect(events.map(({ source }) => source)).toEqual(["aws.guardduty", "aws.s3", "aws.s3", "aws.guardduty"]);
    expect(events[0]?.detail.s3ObjectDetails).toMatchObject({ bucketName: "intake", objectKey: "a", versionId: "v-a" });
    expect(events[1]?.detail.object).toMatchObject({ key: "a", "version-id": "v-a" });
    await scanner.close();
  });

  test("the threat is found wherever it lies", async () => {
    const padding = "y".repeat(100);
    const contents: Record<string, string[]> = {
      clean: [padding, eicar.slice(0, 40), padding, eicar.slice(40)],
      one: [...eicar],
      tail: [padding + eicar],
    };
    for (const cut of [1, 33, 67]) contents[`cut-${cut}`] = [padding + eicar.slice(0, cut), eicar.slice(cut) + padding];
    const { events, scanner, status } = start(contents);
    for (const key of [...Object.keys(contents), "gone"]) await scanner.announceObject(stored(key));
    await until(() => !scanner.busy());
    const verdictOf = (key: string) =>
      status(
        events.find(
          ({ source, detail }) => source === "aws.guardduty" && (detail.s3ObjectDetails as { objectKey: string }).objectKey === key,
        ),
      );
    expect(Object.keys(contents).map((key) => [key, verdictOf(key)])).toEqual([
      ["clean", "NO_THREATS_FOUND"],
      ...Object.keys(contents)
        .slice(1)
        .map((key) => [key, "THREATS_FOUND"]),
    ]);
    expect(verdictOf("gone")).toBe("FAILED");
    await scanner.close();
  });

  test("an object of another bucket is neither announced nor scanned", async () => {
    const { events, scanner } = start({});
    await scanner.announceObject(stored("a", "records"));
    await until(() => !scanner.busy());
    expect(events).toEqual([]);
    await scanner.close();
  });

  test("what was not told before the end is told at the next start", async () => {
    appendJournal(directory, { pending: { id: 7, object: stored("a"), verdictFirst: false } });
    const { events, scanner } = start({ a: ["x"] });
    await until(() => !scanner.busy());
    expect(events.map(({ source }) => source)).toEqual(["aws.s3", "aws.guardduty"]);
    await scanner.close();
    const again = start({ a: ["x"] });
    await until(() => !again.scanner.busy());
    expect(again.events).toEqual([]);
    await again.scanner.close();
  });

  const appendJournal = (home: string, entry: object) => {
    const journal = openJournal<object>(
      join(home, "messages", "scanner.jsonl"),
      () => {},
      () => [],
    );
    journal.append(entry);
    journal.close();
  };
});
