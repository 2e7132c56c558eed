import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Identities, openIdentities } from "../../infra/local/identities.ts";
import type { Call, Verdict } from "../../infra/local/judge.ts";
import { startTable, type Table, type TableDefinition } from "../../infra/local/table/start-table.ts";

const name = "prior-auth-test";
const arn = `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`;

const string = (AttributeName: string) => ({ AttributeName, AttributeType: "S" });
const keys = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: "HASH" },
  { AttributeName: range, KeyType: "RANGE" },
];
const properties = {
  TableName: name,
  KeySchema: keys("pk", "sk"),
  AttributeDefinitions: ["pk", "sk", "memberKey", "memberSort", "timersKey", "timersSort"].map(string),
  GlobalSecondaryIndexes: [
    { IndexName: "by-member", KeySchema: keys("memberKey", "memberSort"), Projection: { ProjectionType: "KEYS_ONLY" } },
    {
      IndexName: "timers",
      KeySchema: keys("timersKey", "timersSort"),
      Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["note"] },
    },
  ],
  BillingMode: "PAY_PER_REQUEST",
  StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" },
  Replicas: [{ Region: "us-east-1" }],
};
const definition: TableDefinition = { name, properties };

let directory: string;
let identities: Identities;
let judged: Call[];
let verdict: Verdict;
let clock: () => Date;
let table: Table;
let client: DynamoDBClient;

const clientOf = (url: string, role = "prior-auth-local-submit-request"): DynamoDBClient => {
  const { accessKeyId, secretAccessKey, sessionToken } = identities.of(role);
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  return new DynamoDBClient({ endpoint: url, region: "us-east-1", credentials, maxAttempts: 1 });
};

const start = async (tables: TableDefinition[] = [definition]): Promise<void> => {
  table = await startTable({
    port: 0,
    directory,
    tables,
    identities,
    judge: (call) => {
      judged.push(call);
      return verdict;
    },
    now: () => clock(),
  });
  client = clientOf(table.url);
};

const restart = async (tables?: TableDefinition[]): Promise<void> => {
  client.destroy();
  await table.close();
  await start(tables);
};

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "table-"));
  identities = openIdentities(directory);
  judged = [];
  verdict = { allowed: true };
  clock = () => new Date();
  await start();
});

afterEach(async () => {
  client.destroy();
  await table.close();
  rmSync(directory, { recursive: true, force: true });
});

const key = (id = "a") => ({ pk: { S: `REQUEST#${id}` }, sk: { S: "REQUEST" } });
const put = (item: Record<string, AttributeValue>) => client.send(new PutItemCommand({ TableName: name, Item: item }));
const get = async (id = "a") =>
  (await client.send(new GetItemCommand({ TableName: name, Key: key(id), ConsistentRead: true }))).Item;
const set = (expression: string, values: Record<string, AttributeValue>, id = "a") =>
  client.send(
    new UpdateItemCommand({ TableName: name, Key: key(id), UpdateExpression: expression, ExpressionAttributeValues: values }),
  );
const refusal = (of: Promise<unknown>) =>
  of.then(
    () => expect.fail("was not refused"),
    (error: Error) => ({ name: error.name, message: error.message }),
  );
const invalid = (message: string) => ({ name: "ValidationException", message });

describe("who may ask", () => {
  it("an unknown access key is refused", async () => {
    const stranger = new DynamoDBClient({
      endpoint: table.url,
      region: "us-east-1",
      maxAttempts: 1,
      credentials: { accessKeyId: "ASIAAAAAAAAAAAAAAAAA", secretAccessKey: "secret", sessionToken: "token" },
    });
    expect(await refusal(stranger.send(new GetItemCommand({ TableName: name, Key: key() })))).toEqual({
      name: "UnrecognizedClientException",
      message: "The security token included in the request is invalid.",
    });
  });

  it("a known access key with another secret, or another session token, is refused", async () => {
    const { accessKeyId, secretAccessKey, sessionToken = "" } = identities.of("developer");
    const send = (credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string }) =>
      refusal(
        new DynamoDBClient({ endpoint: table.url, region: "us-east-1", maxAttempts: 1, credentials }).send(
          new GetItemCommand({ TableName: name, Key: key() }),
        ),
      );
    expect(await send({ accessKeyId, secretAccessKey: `${secretAccessKey}x`, sessionToken })).toMatchObject({
      name: "InvalidSignatureException",
      message: expect.stringContaining("does not match the signature you provided"),
    });
    expect(await send({ accessKeyId, secretAccessKey, sessionToken: "other" })).toMatchObject({
      name: "UnrecognizedClientException",
    });
  });

  it("a request without a signature, or with a body that is not the signed one, is refused", async () => {
    const unsigned = await fetch(table.url, {
      method: "POST",
      headers: { "x-amz-target": "DynamoDB_20120810.GetItem" },
      body: "{}",
    });
    expect(unsigned.status).toBe(400);
    expect(await unsigned.json()).toMatchObject({ __type: "com.amazon.coral.service#MissingAuthenticationTokenException" });

    client.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { body: Uint8Array; headers: Record<string, string> };
        request.body = Buffer.concat([request.body, Buffer.from(" ")]);
        request.headers["content-length"] = String(request.body.length);
        return next(args);
      },
      { step: "finalizeRequest", priority: "low" },
    );
    expect(await refusal(put(key()))).toMatchObject({ name: "InvalidSignatureException" });
  });

  it("the judge is asked about the table, the index, and each table of a batch, and what it refuses is refused", async () => {
    await client.send(
      new QueryCommand({
        TableName: name,
        IndexName: "by-member",
        KeyConditionExpression: "memberKey = :m",
        ExpressionAttributeValues: { ":m": { S: "m" } },
      }),
    );
    await client.send(new BatchGetItemCommand({ RequestItems: { [name]: { Keys: [key()] } } }));
    expect(judged.map(({ identity, action, resource }) => [identity.name, action, resource])).toEqual([
      ["prior-auth-local-submit-request", "dynamodb:Query", `${arn}/index/by-member`],
      ["prior-auth-local-submit-request", "dynamodb:BatchGetItem", arn],
    ]);

    verdict = { allowed: false, because: "no identity-based policy allows the dynamodb:PutItem action" };
    expect(await refusal(put(key()))).toEqual({
      name: "AccessDeniedException",
      message: `User: arn:aws:sts::000000000000:assumed-role/prior-auth-local-submit-request/local is not authorized to perform: dynamodb:PutItem on resource: ${arn} because no identity-based policy allows the dynamodb:PutItem action`,
    });
    verdict = { allowed: true };
    expect(await get()).toBeUndefined();
  });

  it("the judge hears which partitions a call names: all of a batch, and of an index those of the index", async () => {
    const heard = async (call: () => Promise<unknown>) => {
      judged = [];
      await call();
      return judged.map(({ leadingKeys }) => leadingKeys);
    };
    const query = (more: object, attribute: string, value: string) =>
      client.send(
        new QueryCommand({
          TableName: name,
          KeyConditionExpression: "#k = :v",
          ExpressionAttributeNames: { "#k": attribute },
          ExpressionAttributeValues: { ":v": { S: value } },
          ...more,
        }),
      );
    const batch = { [name]: { Keys: [key("a"), key("b")] } };
    const requests = [{ PutRequest: { Item: key("c") } }, { DeleteRequest: { Key: key("d") } }];
    expect(await heard(() => get("a"))).toEqual([["REQUEST#a"]]);
    expect(await heard(() => put(key("b")))).toEqual([["REQUEST#b"]]);
    expect(await heard(() => client.send(new BatchGetItemCommand({ RequestItems: batch })))).toEqual([["REQUEST#a", "REQUEST#b"]]);
    expect(await heard(() => client.send(new BatchWriteItemCommand({ RequestItems: { [name]: requests } })))).toEqual([
      ["REQUEST#d", "REQUEST#c"],
    ]);
    expect(await heard(() => query({}, "pk", "REQUEST#a"))).toEqual([["REQUEST#a"]]);
    expect(await heard(() => query({ IndexName: "by-member" }, "memberKey", "m"))).toEqual([["m"]]);
    expect(await heard(() => client.send(new ScanCommand({ TableName: name })))).toEqual([undefined]);
  });

  it("local time is the Date of an answer, and a client with another clock corrects itself by it", async () => {
    clock = () => new Date(Date.now() + 73 * 3_600_000);
    expect(await refusal(put(key()))).toMatchObject({
      name: "InvalidSignatureException",
      message: expect.stringMatching(/^Signature expired: /),
    });
    await put(key());
    const answer = await fetch(table.url, { method: "POST" });
    expect(Math.abs(Date.parse(answer.headers.get("date") ?? "") - clock().getTime())).toBeLessThan(60_000);
    await answer.body?.cancel();
  });
});

describe("what DynamoDB refuses", () => {
  const emptyKey = "The AttributeValue for a key attribute cannot contain an empty string value.";

  it("an empty table key, wherever it is given", async () => {
    const Key = { ...key(), sk: { S: "" } };
    const message = invalid(`One or more parameter values are not valid. ${emptyKey} Key: sk`);
    expect(await refusal(put(Key))).toEqual(message);
    expect(await refusal(client.send(new GetItemCommand({ TableName: name, Key })))).toEqual(message);
    expect(await refusal(client.send(new DeleteItemCommand({ TableName: name, Key })))).toEqual(message);
    expect(await refusal(client.send(new UpdateItemCommand({ TableName: name, Key })))).toEqual(message);
    expect(await refusal(client.send(new BatchGetItemCommand({ RequestItems: { [name]: { Keys: [Key] } } })))).toEqual(message);
    expect(
      await refusal(client.send(new BatchWriteItemCommand({ RequestItems: { [name]: [{ PutRequest: { Item: Key } }] } }))),
    ).toEqual(message);
    expect(
      await refusal(
        client.send(
          new QueryCommand({
            TableName: name,
            KeyConditionExpression: "pk = :p and begins_with(sk, :s)",
            ExpressionAttributeValues: { ":p": { S: "REQUEST#a" }, ":s": { S: "" } },
          }),
        ),
      ),
    ).toEqual(message);
  });

  it("an empty index key, put or set", async () => {
    const item = { ...key(), memberKey: { S: "" }, memberSort: { S: "1" } };
    const message = invalid(
      `One or more parameter values are not valid. A value specified for a secondary index key is not supported. ${emptyKey} IndexName: by-member, IndexKey: memberKey`,
    );
    expect(await refusal(put(item))).toEqual(message);
    expect(
      await refusal(
        client.send(
          new BatchWriteItemCommand({
            RequestItems: { [name]: [{ PutRequest: { Item: key("b") } }, { PutRequest: { Item: item } }] },
          }),
        ),
      ),
    ).toEqual(message);
    expect(await refusal(set("SET memberKey = :m", { ":m": { S: "" } }))).toEqual(
      invalid(
        `One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. ${emptyKey}`,
      ),
    );
    expect(await get("a")).toBeUndefined();
    expect(await get("b")).toBeUndefined();
  });

  it("an index key of another type, put, set or computed", async () => {
    const message = invalid(
      "One or more parameter values were invalid: Type mismatch for Index Key memberKey Expected: S Actual: N IndexName: by-member",
    );
    expect(await refusal(put({ ...key(), memberKey: { N: "1" } }))).toEqual(message);
    expect(await refusal(set("SET memberKey = :m", { ":m": { N: "1" } }))).toEqual(message);
    await put({ ...key(), version: { N: "1" } });
    expect(await refusal(set("SET memberKey = version + :m", { ":m": { N: "1" } }))).toMatchObject({ name: "ValidationException" });
    expect(
      await refusal(
        client.send(
          new UpdateItemCommand({
            TableName: name,
            Key: key(),
            UpdateExpression: "SET memberKey = version",
          }),
        ),
      ),
    ).toMatchObject({ name: "ValidationException" });
    expect(await get()).toEqual({ ...key(), version: { N: "1" } });
  });

  it("an item beyond 400 KB in bytes, not in characters", async () => {
    const room = 400 * 1024 - Buffer.byteLength("pkREQUEST#askREQUESTtext");
    await put({ ...key(), text: { S: "x".repeat(room) } });
    expect(await refusal(put({ ...key("b"), text: { S: `é${"x".repeat(room - 1)}` } }))).toEqual(
      invalid("Item size has exceeded the maximum allowed size"),
    );
    expect(await refusal(set("SET b = :b", { ":b": { S: "" } }))).toEqual(
      invalid("Item size to update has exceeded the maximum allowed size"),
    );
  });

  it("transactions, administration and what does not exist, clearly", async () => {
    expect(
      await refusal(client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: name, Item: key() } }] }))),
    ).toEqual(invalid("TransactWriteItems is not supported by the local table: save one item by one conditional write."));
    expect(
      await refusal(client.send(new CreateTableCommand({ TableName: "other", KeySchema: [], AttributeDefinitions: [] }))),
    ).toMatchObject({ name: "ValidationException" });
    expect(await refusal(client.send(new DescribeTableCommand({ TableName: "other" })))).toEqual({
      name: "ResourceNotFoundException",
      message: "Requested resource not found: Table: other not found",
    });
    client.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers["x-amz-target"] = "DynamoDB_20120810.Guess";
        return next(args);
      },
      { step: "build", priority: "low" },
    );
    expect(await refusal(put(key()))).toMatchObject({ name: "UnknownOperationException" });
  });
});

describe("conditional writes", () => {
  it("show the item that failed the condition when asked to", async () => {
    const item = { ...key(), version: { N: "3" } };
    await put(item);
    const conditions = { ConditionExpression: "attribute_not_exists(pk)", ReturnValuesOnConditionCheckFailure: "ALL_OLD" } as const;
    for (const command of [
      new PutItemCommand({ TableName: name, Item: key(), ...conditions }),
      new UpdateItemCommand({ TableName: name, Key: key(), ...conditions }),
      new DeleteItemCommand({ TableName: name, Key: key(), ...conditions }),
    ]) {
      const error = await client.send(command as PutItemCommand).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ConditionalCheckFailedException);
      expect((error as ConditionalCheckFailedException).Item).toEqual(item);
    }
  });

  it("show nothing otherwise, nor when there was no item", async () => {
    const update = (more: object) =>
      client
        .send(new UpdateItemCommand({ TableName: name, Key: key(), ConditionExpression: "attribute_exists(pk)", ...more }))
        .catch((thrown: unknown) => thrown);
    const missing = await update({ ReturnValuesOnConditionCheckFailure: "ALL_OLD" });
    expect(missing).toBeInstanceOf(ConditionalCheckFailedException);
    expect((missing as ConditionalCheckFailedException).Item).toBeUndefined();
    await put(key());
    const silent = await update({ ConditionExpression: "attribute_not_exists(pk)" });
    expect((silent as ConditionalCheckFailedException).Item).toBeUndefined();
  });

  it("of one item take turns: of 50 at once with the same version one wins, and 50 increments count to 50", async () => {
    await put({ ...key(), version: { N: "1" } });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, () =>
        client.send(
          new UpdateItemCommand({
            TableName: name,
            Key: key(),
            UpdateExpression: "SET version = :next",
            ConditionExpression: "version = :seen",
            ExpressionAttributeValues: { ":next": { N: "2" }, ":seen": { N: "1" } },
          }),
        ),
      ),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await Promise.all(Array.from({ length: 50 }, () => set("ADD sold :one", { ":one": { N: "1" } })));
    expect(await get()).toEqual({ ...key(), version: { N: "2" }, sold: { N: "50" } });

    const { records } = await table.stream.read(name, 1000);
    expect(records.map(({ dynamodb }) => dynamodb.NewImage?.sold?.N ?? "0")).toEqual([
      "0",
      "0",
      ...Array.from({ length: 50 }, (_, sold) => String(sold + 1)),
    ]);
  });
});

describe("indexes", () => {
  it("follow the item: sparse, in order, and without what it leaves", async () => {
    const timer = (id: string, due: string) => ({
      ...key(id),
      timersKey: { S: "timers#1" },
      timersSort: { S: due },
      note: { S: id },
    });
    for (const [id, due] of [
      ["a", "2026-03"],
      ["b", "2026-01"],
      ["c", "2026-02"],
    ] as const)
      await put(timer(id, due));
    await put(key("d"));
    const due = async () =>
      (
        await client.send(
          new QueryCommand({
            TableName: name,
            IndexName: "timers",
            KeyConditionExpression: "timersKey = :k and timersSort <= :now",
            ExpressionAttributeValues: { ":k": { S: "timers#1" }, ":now": { S: "2026-02" } },
          }),
        )
      ).Items?.map(({ pk, note }) => [pk?.S, note?.S]);
    expect(await due()).toEqual([
      ["REQUEST#b", "b"],
      ["REQUEST#c", "c"],
    ]);
    await client.send(new UpdateItemCommand({ TableName: name, Key: key("b"), UpdateExpression: "REMOVE timersKey" }));
    await set("SET timersSort = :s", { ":s": { S: "2026-04" } }, "c");
    await set("SET timersSort = :s", { ":s": { S: "2026-01" } }, "a");
    expect(await due()).toEqual([["REQUEST#a", "a"]]);
    await client.send(new DeleteItemCommand({ TableName: name, Key: key("a") }));
    expect(await due()).toEqual([]);
    await restart();
    expect(await due()).toEqual([]);
    expect((await client.send(new ScanCommand({ TableName: name }))).Count).toBe(3);
  });
});

describe("the stream", () => {
  it("tells of each change once, with both images, and of nothing that stayed the same", async () => {
    clock = () => new Date("2026-11-22T06:00:00.900Z");
    client.config.systemClockOffset = clock().getTime() - Date.now();
    let calls = 0;
    const stop = table.stream.onRecord(() => calls++);
    await put({ ...key(), tags: { SS: ["x", "y"] } });
    await put({ ...key(), tags: { SS: ["y", "x"] } });
    await set("SET version = :v", { ":v": { N: "1" } });
    await set("SET version = :v", { ":v": { N: "1.0" } });
    await client.send(new DeleteItemCommand({ TableName: name, Key: key() }));
    await client.send(new DeleteItemCommand({ TableName: name, Key: key() }));
    stop();
    await put(key("b"));
    expect(calls).toBe(3);

    const { records, acknowledge } = await table.stream.read(name, 10);
    expect(records.map(({ eventName, dynamodb }) => [eventName, dynamodb.OldImage, dynamodb.NewImage])).toEqual([
      ["INSERT", undefined, { ...key(), tags: { SS: ["x", "y"] } }],
      ["MODIFY", { ...key(), tags: { SS: ["y", "x"] } }, { ...key(), tags: { SS: ["y", "x"] }, version: { N: "1" } }],
      ["REMOVE", { ...key(), tags: { SS: ["y", "x"] }, version: { N: "1" } }, undefined],
      ["INSERT", undefined, key("b")],
    ]);
    expect(records[0]).toMatchObject({
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventSource: "aws:dynamodb",
      eventSourceARN: `${arn}/stream/local`,
      dynamodb: {
        Keys: key(),
        ApproximateCreationDateTime: Date.parse("2026-11-22T06:00:00Z") / 1000,
        StreamViewType: "NEW_AND_OLD_IMAGES",
      },
    });
    const sequences = records.map(({ dynamodb }) => dynamodb.SequenceNumber);
    expect(sequences).toEqual([...new Set(sequences)].sort());
    await acknowledge();
    expect((await table.stream.read(name, 10)).records).toEqual([]);
  });

  it("delivers again what was not acknowledged, over a restart, and counts on after it", async () => {
    for (const id of ["a", "b", "c"]) await put(key(id));
    const first = await table.stream.read(name, 2);
    expect(first.records).toHaveLength(2);
    await first.acknowledge(1);
    const before = (await table.stream.read(name, 10)).records;
    expect(before.map(({ dynamodb }) => dynamodb.Keys)).toEqual([key("b"), key("c")]);

    await restart();
    const again = await table.stream.read(name, 10);
    expect(again.records).toEqual(before);
    await again.acknowledge();
    await restart();
    await put(key("d"));
    const after = (await table.stream.read(name, 10)).records;
    expect(after.map(({ dynamodb }) => dynamodb.Keys)).toEqual([key("d")]);
    expect((after[0]?.dynamodb.SequenceNumber ?? "") > (before[1]?.dynamodb.SequenceNumber ?? "")).toBe(true);
  });

  it("of a keys-only table carries keys alone, and a table without one has none to read", async () => {
    const { StreamSpecification, ...silent } = properties;
    const keysOnly = { ...silent, StreamSpecification: { StreamViewType: "KEYS_ONLY" } };
    await restart([definition, { name: "keys-only", properties: keysOnly }, { name: "silent", properties: silent }]);
    const Item = { ...key(), text: { S: "x" } };
    for (const TableName of ["keys-only", "silent"]) await client.send(new PutItemCommand({ TableName, Item }));
    const { records } = await table.stream.read("keys-only", 10);
    expect(records.map(({ dynamodb }) => dynamodb)).toEqual([
      {
        ApproximateCreationDateTime: expect.any(Number),
        Keys: key(),
        SequenceNumber: expect.any(String),
        SizeBytes: Buffer.byteLength("pkREQUEST#askREQUEST"),
        StreamViewType: "KEYS_ONLY",
      },
    ]);
    await expect(table.stream.read("silent", 10)).rejects.toThrow("The table silent has no stream");
  });
});

describe("capacity units", () => {
  const measure = async (of: Promise<unknown>) => {
    await of.catch(() => undefined);
    const { operations } = table.units.read();
    table.units.reset();
    return operations.map(({ table, indexes, items }) => ({ table, indexes, items }));
  };
  const text = (kilobytes: number) => ({ S: "x".repeat(kilobytes * 1024) });

  beforeEach(() => table.units.reset());

  it("of the table: the larger image in steps of 1 KB, at least one", async () => {
    expect(await measure(put({ ...key(), text: text(0.5) }))).toEqual([{ table: 1, indexes: {}, items: 1 }]);
    expect(await measure(put({ ...key(), text: text(3) }))).toEqual([{ table: 4, indexes: {}, items: 1 }]);
    expect(await measure(set("SET title = :s", { ":s": { S: "short" } }))).toEqual([{ table: 4, indexes: {}, items: 1 }]);
    expect(await measure(put(key()))).toEqual([{ table: 4, indexes: {}, items: 1 }]);
    expect(await measure(client.send(new DeleteItemCommand({ TableName: name, Key: key() })))).toEqual([
      { table: 1, indexes: {}, items: 1 },
    ]);
    expect(await measure(client.send(new DeleteItemCommand({ TableName: name, Key: key() })))).toEqual([
      { table: 1, indexes: {}, items: 1 },
    ]);
  });

  it("of a size counted byte by byte: names, numbers, sets, lists and maps with their overhead", async () => {
    // pk + REQUEST#a, sk + REQUEST: 11 + 9. n: 1 + (1 + 2 digits/2). m: 1 + 3 + (1 + 1 + 1). l: 1 + 3 + (1 + 2) + (1 + 1). s: 1 + 3. b: 1 + 2.
    const counted = 11 + 9 + 3 + 7 + 9 + 4 + 3;
    const item = (filler: number) => ({
      ...key(),
      m: { M: { y: { BOOL: true } } },
      l: { L: [{ S: "é" }, { NULL: true as const }] },
      s: { SS: ["a", "bc"] },
      b: { B: Buffer.from([1, 2]) },
      f: { S: "x".repeat(filler) },
    });
    const room = 1024 - counted - 1;
    const remove = async () => {
      await client.send(new DeleteItemCommand({ TableName: name, Key: key() }));
      table.units.reset();
    };
    expect(await measure(put({ ...item(room), n: { N: "12" } }))).toEqual([{ table: 1, indexes: {}, items: 1 }]);
    expect(await measure(put({ ...item(room + 1), n: { N: "12" } }))).toEqual([{ table: 2, indexes: {}, items: 1 }]);
    await remove();
    for (const [number, bytes] of [
      ["0", 1],
      ["7", 2],
      ["120", 3],
      ["-12", 3],
      ["0.05", 2],
      ["12345", 4],
      ["1000000", 2],
    ] as const) {
      expect(await measure(put({ ...item(room + 2 - bytes), n: { N: number } }))).toEqual([{ table: 1, indexes: {}, items: 1 }]);
      await remove();
      expect(await measure(put({ ...item(room + 3 - bytes), n: { N: number } }))).toEqual([{ table: 2, indexes: {}, items: 1 }]);
      await remove();
    }
  });

  it("of each index: one to enter, to change or to leave, two to move, none when its entry stays", async () => {
    const member = { memberKey: { S: "m" }, memberSort: { S: "1" } };
    expect(await measure(put(key()))).toEqual([{ table: 1, indexes: {}, items: 1 }]);
    expect(await measure(put({ ...key(), memberKey: { S: "m" } }))).toEqual([{ table: 1, indexes: {}, items: 1 }]);
    expect(await measure(put({ ...key(), ...member }))).toEqual([{ table: 1, indexes: { "by-member": 1 }, items: 1 }]);
    expect(await measure(set("SET title = :t", { ":t": text(2) }))).toEqual([{ table: 3, indexes: {}, items: 1 }]);
    expect(await measure(set("SET memberSort = :s", { ":s": { S: "2" } }))).toEqual([
      { table: 3, indexes: { "by-member": 2 }, items: 1 },
    ]);

    const enter = { ":k": { S: "timers#1" }, ":s": { S: "2026" }, ":n": text(1.5) };
    expect(await measure(set("SET timersKey = :k, timersSort = :s, note = :n", enter))).toEqual([
      { table: 4, indexes: { timers: 2 }, items: 1 },
    ]);
    expect(await measure(set("SET note = :n", { ":n": { S: "short" } }))).toEqual([{ table: 4, indexes: { timers: 2 }, items: 1 }]);
    expect(await measure(set("SET note = :n", { ":n": text(1.5) }))).toEqual([{ table: 4, indexes: { timers: 2 }, items: 1 }]);
    expect(await measure(set("SET timersSort = :s", { ":s": { S: "2027" } }))).toEqual([
      { table: 4, indexes: { timers: 4 }, items: 1 },
    ]);
    expect(
      await measure(client.send(new UpdateItemCommand({ TableName: name, Key: key(), UpdateExpression: "REMOVE memberKey" }))),
    ).toEqual([{ table: 4, indexes: { "by-member": 1 }, items: 1 }]);
    expect(await measure(client.send(new DeleteItemCommand({ TableName: name, Key: key() })))).toEqual([
      { table: 4, indexes: { timers: 2 }, items: 1 },
    ]);
  });

  it("of a failed condition: the larger of what is there and what was asked for, none of an index", async () => {
    await put({ ...key(), text: text(1.5) });
    table.units.reset();
    const condition = { TableName: name, ConditionExpression: "attribute_not_exists(pk)" };
    const asked = (Item: Record<string, AttributeValue>) => measure(client.send(new PutItemCommand({ ...condition, Item })));
    expect(await asked(key())).toEqual([{ table: 2, indexes: {}, items: 0 }]);
    expect(await asked({ ...key(), text: text(3), memberKey: { S: "m" }, memberSort: { S: "1" } })).toEqual([
      { table: 4, indexes: {}, items: 0 },
    ]);
    const grown = { Key: key(), UpdateExpression: "SET note = :n", ExpressionAttributeValues: { ":n": text(2) } };
    expect(await measure(client.send(new UpdateItemCommand({ ...condition, ...grown })))).toEqual([
      { table: 4, indexes: {}, items: 0 },
    ]);
    expect(await measure(client.send(new DeleteItemCommand({ ...condition, Key: key() })))).toEqual([
      { table: 2, indexes: {}, items: 0 },
    ]);
    expect(await measure(put({ ...key(), sk: { S: "" } }))).toEqual([]);
    expect(await get()).toEqual({ ...key(), text: text(1.5) });
  });

  it("of reads: steps of 4 KB, half unless consistent, a query by its sum, a batch by its items", async () => {
    const items = Array.from({ length: 10 }, (_, at) => ({ pk: { S: "p" }, sk: { S: String(at) }, text: text(1) }));
    for (const item of items) await put({ ...item, memberKey: { S: "m" }, memberSort: item.sk });
    table.units.reset();
    const one = { TableName: name, Key: { pk: { S: "p" }, sk: { S: "0" } } };
    expect(await measure(client.send(new GetItemCommand(one)))).toEqual([{ table: 0.5, indexes: {}, items: 1 }]);
    expect(await measure(client.send(new GetItemCommand({ ...one, ConsistentRead: true })))).toEqual([
      { table: 1, indexes: {}, items: 1 },
    ]);
    expect(await measure(client.send(new GetItemCommand({ TableName: name, Key: key() })))).toEqual([
      { table: 0.5, indexes: {}, items: 0 },
    ]);
    expect(
      await measure(
        client.send(
          new BatchGetItemCommand({
            RequestItems: { [name]: { ConsistentRead: true, Keys: [one.Key, key(), { pk: { S: "p" }, sk: { S: "1" } }] } },
          }),
        ),
      ),
    ).toEqual([{ table: 3, indexes: {}, items: 2 }]);

    // ten items of a little more than 1 KB: 10.4 KB, three blocks
    const all = { TableName: name, KeyConditionExpression: "pk = :p", ExpressionAttributeValues: { ":p": { S: "p" } } };
    expect(await measure(client.send(new QueryCommand({ ...all, ConsistentRead: true })))).toEqual([
      { table: 3, indexes: {}, items: 10 },
    ]);
    expect(await measure(client.send(new QueryCommand({ ...all, Limit: 3 })))).toEqual([{ table: 0.5, indexes: {}, items: 3 }]);
    expect(await measure(client.send(new QueryCommand({ ...all, Limit: 4 })))).toEqual([{ table: 1, indexes: {}, items: 4 }]);
    const filtered = {
      FilterExpression: "memberKey = :none",
      ExpressionAttributeValues: { ":p": { S: "p" }, ":none": { S: "none" } },
    };
    expect(await measure(client.send(new QueryCommand({ ...all, ...filtered })))).toEqual([{ table: 1.5, indexes: {}, items: 10 }]);
    const index = {
      IndexName: "by-member",
      KeyConditionExpression: "memberKey = :p",
      ExpressionAttributeValues: { ":p": { S: "m" } },
    };
    expect(await measure(client.send(new QueryCommand({ TableName: name, ...index })))).toEqual([
      { table: 0, indexes: { "by-member": 0.5 }, items: 10 },
    ]);
    expect(await measure(client.send(new ScanCommand({ TableName: name })))).toEqual([{ table: 1.5, indexes: {}, items: 10 }]);
  });

  it("are named by caller and action, and answered to a caller who asks", async () => {
    const item = { ...key(), memberKey: { S: "m" }, memberSort: { S: "1" } };
    const write = await client.send(new PutItemCommand({ TableName: name, Item: item, ReturnConsumedCapacity: "INDEXES" }));
    expect(write.ConsumedCapacity).toEqual({
      TableName: name,
      CapacityUnits: 2,
      Table: { CapacityUnits: 1 },
      GlobalSecondaryIndexes: { "by-member": { CapacityUnits: 1 } },
    });
    const batch = new BatchWriteItemCommand({
      RequestItems: { [name]: [{ DeleteRequest: { Key: key() } }, { PutRequest: { Item: key("b") } }] },
      ReturnConsumedCapacity: "TOTAL",
    });
    expect((await client.send(batch)).ConsumedCapacity).toEqual([{ TableName: name, CapacityUnits: 3 }]);
    expect(table.units.read().operations).toEqual([
      {
        identity: "prior-auth-local-submit-request",
        action: "dynamodb:PutItem",
        tableName: name,
        table: 1,
        indexes: { "by-member": 1 },
        items: 1,
      },
      {
        identity: "prior-auth-local-submit-request",
        action: "dynamodb:BatchWriteItem",
        tableName: name,
        table: 2,
        indexes: { "by-member": 1 },
        items: 2,
      },
    ]);
  });
});

describe("a restart", () => {
  it("with other keys or indexes is refused and names them", async () => {
    await table.close();
    const [byMember, timers] = properties.GlobalSecondaryIndexes;
    const changed = { ...properties, GlobalSecondaryIndexes: [{ ...byMember, Projection: { ProjectionType: "ALL" } }, timers] };
    await expect(start([{ name, properties: changed }])).rejects.toThrow(
      `The table ${name} kept in ${join(directory, "table")} differs from the template in index by-member: start with --fresh`,
    );
    await start();
  });

  it("on data that a running table holds is refused", async () => {
    await expect(start()).rejects.toThrow(/cannot be opened \(is another process using it\?\)/);
    await put(key());
  });

  it("loses nothing that was asked before it: closing answers what is in flight", async () => {
    expect(table.busy()).toBe(false);
    const writing = put(key());
    while (!table.busy()) await setImmediate();
    await table.close();
    await writing;
    expect(table.busy()).toBe(false);
    await start();
    expect(await get()).toEqual(key());
  });

  it("after SIGKILL finds each acknowledged write, its index entries and its stream record", async () => {
    await table.close();
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL("table-process.ts", import.meta.url)), directory, JSON.stringify([definition])],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const [url] = (await once(createInterface(child.stdout), "line")) as [string];
    const remote = clientOf(url, "developer");
    const acknowledged = new Set<string>();
    const exit = once(child, "exit");
    const writer = async (lane: number) => {
      for (let at = 0; ; at++) {
        const id = `${lane}-${at}`;
        const Item = { ...key(id), memberKey: { S: "m" }, memberSort: { S: id } };
        await remote.send(new PutItemCommand({ TableName: name, Item }));
        acknowledged.add(id);
        if (acknowledged.size === 100) child.kill("SIGKILL");
      }
    };
    await Promise.allSettled([0, 1, 2, 3].map(writer));
    await exit;
    remote.destroy();
    expect(acknowledged.size).toBeGreaterThanOrEqual(100);

    await start();
    const { Items: entries = [] } = await client.send(
      new QueryCommand({
        TableName: name,
        IndexName: "by-member",
        KeyConditionExpression: "memberKey = :m",
        ExpressionAttributeValues: { ":m": { S: "m" } },
      }),
    );
    const { Items: items = [] } = await client.send(new ScanCommand({ TableName: name }));
    const { records } = await table.stream.read(name, 1000);
    const ids = (of: (AttributeValue | undefined)[]) => of.map((pk) => pk?.S?.replace("REQUEST#", "")).sort();
    const kept = ids(items.map(({ pk }) => pk));
    expect(kept).toEqual(expect.arrayContaining([...acknowledged]));
    expect(ids(entries.map(({ pk }) => pk))).toEqual(kept);
    expect(records.map(({ dynamodb }) => dynamodb.Keys.pk?.S?.replace("REQUEST#", "")).sort()).toEqual(kept);
  });
});

describe("a snapshot", () => {
  it("is a table of its own: whole at its moment, with its indexes, without its stream", async () => {
    const count = 300;
    const written: number[] = [];
    const writing = (async () => {
      for (let number = 0; number < count; number++) {
        await put({ ...key(String(number)), memberKey: { S: "m" }, memberSort: { S: String(number).padStart(3, "0") } });
        written.push(number);
      }
    })();
    while (written.length < 20) await setImmediate();
    const [before, elsewhere] = [written.length, mkdtempSync(join(tmpdir(), "snapshot-"))];
    await table.snapshot(elsewhere);
    await writing;

    const tables = [definition];
    const taken = await startTable({
      port: 0,
      directory: elsewhere,
      tables,
      identities,
      judge: () => ({ allowed: true }),
      now: clock,
    });
    const reader = clientOf(taken.url);
    const found = (await reader.send(new ScanCommand({ TableName: name }))).Items ?? [];
    const indexed = (await reader.send(new ScanCommand({ TableName: name, IndexName: "by-member" }))).Items ?? [];
    expect(found.length).toBeGreaterThanOrEqual(before);
    expect(found.length).toBeLessThan(count);
    expect(indexed).toHaveLength(found.length);
    // One write after the other: what is in it has no gap.
    expect(indexed.map((item) => Number(item.memberSort?.S))).toEqual(found.map((_item, index) => index));
    expect((await taken.stream.read(name, 10)).records).toEqual([]);
    expect((await table.stream.read(name, 10)).records).toHaveLength(10);
    reader.destroy();
    await taken.close();
    rmSync(elsewhere, { recursive: true, force: true });
  });
});

it("takes at least 500 simple writes per second of processor time, the client's own included", async () => {
  const writes = 2000;
  await put(key());
  const before = process.cpuUsage();
  const lane = async (at: number) => {
    for (let write = 0; write < writes / 8; write++) {
      const id = `${at}-${write}`;
      await put({ ...key(id), memberKey: { S: "m" }, memberSort: { S: id } });
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, at) => lane(at)));
  const { user, system } = process.cpuUsage(before);
  const rate = writes / ((user + system) / 1_000_000);
  console.log(`${Math.round(rate)} PutItem per second of processor time`);
  expect(rate).toBeGreaterThan(500);
});
