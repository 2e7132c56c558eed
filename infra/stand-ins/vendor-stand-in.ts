import { setTimeout as pause } from "node:timers/promises";
import { ConditionalCheckFailedException, DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import {
  failuresBefore,
  knownFrom,
  reactToReferral,
  reactToUpdate,
  referral,
  update,
} from "../local/stand-ins/vendor-behaviour.ts";
import { type Callback, type Case, newCase, withReaction } from "../local/stand-ins/vendor-cases.ts";
import { refuseSignature, signVendorRequest, type VendorKey } from "../local/stand-ins/vendor-signature.ts";

/**
 * The imaging vendor's stand-in as a function, for stages that have no vendor: called by the plan over HTTP, it opens a case and
 * answers; woken by its own table's stream, it calls back. How it decides is what the pocket cloud's stand-in does, by the last digit
 * of the member's id. It keeps line numbers and dates for a week, and nobody's name.
 */

type HttpEvent = {
  readonly rawPath: string;
  readonly requestContext: { readonly http: { readonly method: string } };
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded: boolean;
};
type StreamEvent = { readonly Records: readonly { readonly dynamodb?: { readonly Keys?: { readonly pk?: { S?: string } } } }[] };
type Answer = { readonly statusCode: number; readonly headers?: Record<string, string>; readonly body: string };

const { TABLE_NAME, VENDOR_SECRET, API_URL } = process.env;
const dynamo = new DynamoDBClient();
const secrets = new SecretsManagerClient();

/** Milliseconds between two events of a case. */
const delay = 500;
const weekSeconds = 7 * 86_400;
const keysFreshFor = 60_000;
const patience = 10_000;

export const handler = async (event: HttpEvent | StreamEvent): Promise<Answer | undefined> => {
  if (!("Records" in event)) return answer(event);
  const requestIds = event.Records.flatMap(({ dynamodb }) => dynamodb?.Keys?.pk?.S ?? []);
  for (const requestId of new Set(requestIds)) await callBack(requestId);
  return undefined;
};

const answer = async (event: HttpEvent): Promise<Answer> => {
  const bytes = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  const route = `${event.requestContext.http.method} ${event.rawPath}`;
  const [, updated] = /^POST \/referrals\/([^/]+)\/updates$/.exec(route) ?? [];
  if (route !== "POST /referrals" && updated === undefined) return reply(404, { message: "Not found" });
  const refused = refuseSignature(event.headers, bytes, await keys(), new Date());
  if (refused) return reply(401, { message: `Not signed by the plan: ${refused}` });
  const key = event.headers["idempotency-key"] ?? "";
  const body = jsonIn(bytes);
  return updated === undefined ? refer(body, key) : amend(decodeURIComponent(updated), body, key);
};

/** Failures that were promised, of this warm instance: the plan tries again within seconds. */
const failed = new Map<string, number>();

const refer = async (body: unknown, key: string): Promise<Answer> => {
  const parsed = referral.safeParse(body);
  if (!parsed.success || !key.startsWith(`${parsed.data.requestId}.`)) return unreadable;
  const { requestId, member, lines } = parsed.data;
  const before = await load(requestId);
  if (before?.case.key === key) return reply(202, { caseId: before.case.caseId });

  const digit = member.id.slice(-1);
  const failures = failed.get(key) ?? 0;
  if (failures < failuresBefore(digit)) {
    failed.set(key, failures + 1);
    return reply(503, { message: "Try again later" });
  }
  const now = new Date();
  const opened = withReaction(
    newCase({ requestId, key, lines, known: knownFrom(parsed.data) }),
    reactToReferral(digit, lines, now),
    now,
    delay,
  );
  // Lost to the same referral, delivered twice at once: the case is the other one's.
  if (!(await save(requestId, opened, before?.version ?? 0))) return refer(body, key);
  return reply(202, { caseId: opened.caseId });
};

const amend = async (requestId: string, body: unknown, key: string): Promise<Answer> => {
  const parsed = update.safeParse(body);
  if (!parsed.success || parsed.data.requestId !== requestId || !key.startsWith(`${requestId}.`)) return unreadable;
  const stored = await load(requestId);
  if (!stored) return reply(404, { message: "There is no such case" });
  const before = stored.case;
  if (before.updates.includes(key)) return reply(202, { caseId: before.caseId });
  const asked = before.callbacks.some(({ event, status }) => event.type === "information-requested" && status === "delivered");
  const now = new Date();
  const reaction = reactToUpdate({ ...before, asked }, parsed.data, now);
  const after = withReaction({ ...before, updates: [...before.updates, key], known: reaction.known }, reaction, now, delay);
  return (await save(requestId, after, stored.version)) ? reply(202, { caseId: before.caseId }) : amend(requestId, body, key);
};

/** Sends what the case has due, one event after another. Throws when the plan is not reached, so that the stream delivers again. */
const callBack = async (requestId: string): Promise<void> => {
  for (;;) {
    const stored = await load(requestId);
    const index = stored?.case.callbacks.findIndex(({ status }) => status === "due") ?? -1;
    const callback = stored?.case.callbacks[index];
    if (!stored || !callback) return;
    const wait = Math.min(callback.dueAt - Date.now(), patience);
    if (wait > 0) await pause(wait);
    const status = await send(stored.case, callback);
    const settled: Callback = { ...callback, status: status < 300 ? "delivered" : "refused", answered: status };
    // An update that came meanwhile wins; then the same event goes out once more, which the plan recognises.
    await save(requestId, { ...stored.case, callbacks: stored.case.callbacks.with(index, settled) }, stored.version);
  }
};

/** @returns the plan's status, once it is a final one */
const send = async ({ caseId, requestId }: Case, { event }: Callback): Promise<number> => {
  const [key] = await keys();
  if (!key) throw new Error("There is no key to sign with");
  const body = JSON.stringify({ ...event, caseId, requestId });
  const { status } = await fetch(`${API_URL}/v1/vendor-events`, {
    method: "POST",
    headers: { "content-type": "application/json", ...signVendorRequest(key.secret, key.id, Math.floor(Date.now() / 1000), body) },
    body,
    redirect: "manual",
    signal: AbortSignal.timeout(patience),
  });
  const final = (status >= 200 && status < 300) || (status >= 400 && status < 500 && status !== 408 && status !== 429);
  if (!final) throw new Error(`The plan answered ${status}`);
  return status;
};

type Stored = { readonly case: Case; readonly version: number };

const load = async (requestId: string): Promise<Stored | undefined> => {
  const { Item } = await dynamo.send(
    new GetItemCommand({ TableName: TABLE_NAME, Key: { pk: { S: requestId } }, ConsistentRead: true }),
  );
  if (!Item?.case?.S || !Item.version?.N) return undefined;
  return { case: JSON.parse(Item.case.S) as Case, version: Number(Item.version.N) };
};

/** @returns whether the version was still what the caller had seen */
const save = async (requestId: string, changed: Case, version: number): Promise<boolean> => {
  try {
    await dynamo.send(
      new PutItemCommand({
        TableName: TABLE_NAME,
        Item: {
          pk: { S: requestId },
          case: { S: JSON.stringify(changed) },
          version: { N: String(version + 1) },
          expires: { N: String(Math.floor(Date.now() / 1000) + weekSeconds) },
        },
        ConditionExpression: version === 0 ? "attribute_not_exists(pk)" : "version = :seen",
        ...(version > 0 && { ExpressionAttributeValues: { ":seen": { N: String(version) } } }),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};

let read: { keys: VendorKey[]; until: number } | undefined;

const keys = async (): Promise<readonly VendorKey[]> => {
  if (read && read.until > performance.now()) return read.keys;
  const { SecretString = "{}" } = await secrets.send(new GetSecretValueCommand({ SecretId: VENDOR_SECRET }));
  const { current, previous } = JSON.parse(SecretString) as { current?: VendorKey; previous?: VendorKey };
  read = { keys: [current, previous].filter((key) => key !== undefined), until: performance.now() + keysFreshFor };
  return read.keys;
};

const reply = (statusCode: number, body: object): Answer => ({
  statusCode,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

const unreadable = reply(400, { message: "The request is not what was agreed" });

const jsonIn = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
};
