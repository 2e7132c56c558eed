import { randomUUID } from "node:crypto";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, test } from "vitest";
import { dynamoUploadAllowance } from "../../shared/aws/dynamo-upload-allowance.ts";
import { policy } from "../../shared/policy/policy.ts";
import { aSubmission } from "../builders.ts";
import { plainText } from "../files.ts";
import { tableName, tableOf } from "../table-of.ts";
import { caller, cloud } from "./client.ts";
import { memberEndingIn } from "./imaging-desk.ts";
import { expectProblem } from "./problems.ts";
import { enroll } from "./roster.ts";
import { described } from "./upload.ts";

const dynamo = tableOf(cloud);
const allowance = dynamoUploadAllowance(dynamo, tableName);
const limits = policy.plan.uploadsPerOrganizationPerHour;
const someone = () => ({ organization: `org-${randomUUID()}`, subject: "desk" });
const inTheHour = "2026-11-23T15:10:00.000Z";

describe("what an organization may send within an hour", () => {
  test("is far above what an office sends, and above 200 documents a minute", () => {
    expect(limits.documents).toBeGreaterThan(200 * 60);
  });

  test("is counted exactly, however many ask at once", async () => {
    const caller = someone();
    const take = () => allowance.take(caller, 1_000, { documents: 10, bytes: 1e9 }, inTheHour);
    const answers = await Promise.all(Array.from({ length: 25 }, take));
    expect(answers.filter(Boolean)).toHaveLength(10);
  });

  test("ends by bytes too, and what is small enough still goes in", async () => {
    const caller = someone();
    const take = (bytes: number) => allowance.take(caller, bytes, { documents: 10, bytes: 10_000 }, inTheHour);
    expect([await take(9_000), await take(1_001), await take(1_000), await take(1)]).toEqual([true, false, true, false]);
  });

  test("begins anew with the next hour, and a clock that is a little behind does not begin the last one again", async () => {
    const caller = someone();
    const take = (now: string) => allowance.take(caller, 1, { documents: 2, bytes: 1e9 }, now);
    expect([await take("2026-11-23T15:59:59.999Z"), await take("2026-11-23T15:59:59.999Z")]).toEqual([true, true]);
    expect(await take("2026-11-23T15:59:59.999Z")).toBe(false);
    expect(await take("2026-11-23T16:00:00.000Z")).toBe(true);
    expect(await take("2026-11-23T15:59:59.999Z")).toBe(true);
    expect(await take("2026-11-23T16:00:00.001Z")).toBe(false);
  });

  test("is each organization's own, and each person's who has none", async () => {
    const one = { documents: 1, bytes: 1e9 };
    for (const who of [
      someone(),
      someone(),
      { organization: null, subject: randomUUID() },
      { organization: null, subject: randomUUID() },
    ])
      expect([await allowance.take(who, 1, one, inTheHour), await allowance.take(who, 1, one, inTheHour)]).toEqual([true, false]);
  });

  test("once it is used up, a registration is refused until the hour is over; reading and submitting go on", async () => {
    const { npi, organization } = await enroll();
    const provider = await caller({ role: "provider", organization });
    const submission = aSubmission({
      member: memberEndingIn("7"),
      requestingProvider: { ...aSubmission().requestingProvider, npi: npi as never },
    });
    const { body: request } = await provider.submit(submission);
    const documents = `/v1/requests/${request.id}/documents`;

    // An hour that does not end while the test runs, whatever the local clock says.
    const used = { hour: { S: "2999-01-01T00" }, documents: { N: String(limits.documents - 1) }, bytes: { N: "0" } };
    const Item = { pk: { S: `ORGANIZATION#${organization}` }, sk: { S: "UPLOADS" }, ...used };
    await dynamo.send(new PutItemCommand({ TableName: tableName, Item }));

    const last = await provider.post(documents, described(plainText("The last one of the hour.\n")));
    expect(last.status, last.text).toBe(201);
    const refused = await provider.post(documents, described(plainText("One too many.\n")));
    expectProblem(refused, "too-many-uploads");
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(3_600);

    const { body: after } = await provider.get(`/v1/requests/${request.id}`);
    expect(after.documents.map(({ id }: { id: string }) => id)).toEqual([last.body.id]);
    expect((await provider.submit(submission)).status).not.toBe(429);
  });
});
