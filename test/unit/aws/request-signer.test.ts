import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { expect, test } from "vitest";
import { requestSigner } from "../../../shared/aws/request-signer.ts";

type HttpRequest = Parameters<ReturnType<typeof requestSigner>["sign"]>[0];

/** As the SDK's own signer wants it. */
class Sha256 {
  readonly #hash;
  constructor(secret?: unknown) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as Buffer);
  }
  update(data: unknown): void {
    this.#hash.update(data as string);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

const permanent = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const temporary = { ...permanent, sessionToken: "a token / with = signs" };
const theirs = (credentials: typeof permanent) =>
  new SignatureV4({ credentials, region: "us-east-1", service: "dynamodb", sha256: Sha256, uriEscapePath: true });

const call = (
  headers: Record<string, string> = {},
  body: HttpRequest["body"] = '{"TableName":"t","Key":{"pk":{"S":"é"}}}',
): HttpRequest => ({
  method: "POST",
  protocol: "https:",
  hostname: "dynamodb.us-east-1.amazonaws.com",
  path: "/",
  headers: {
    host: "dynamodb.us-east-1.amazonaws.com",
    "content-type": "application/x-amz-json-1.0",
    "content-length": "40",
    "x-amz-target": "DynamoDB_20120810.GetItem",
    "x-amz-user-agent": "aws-sdk-js/3",
    "user-agent": "aws-sdk-js/3",
    "amz-sdk-request": "attempt=1;  max=4",
    "x-amzn-trace-id": "Root=1-a-b",
    ...headers,
  },
  body,
});

test.each([
  ["permanent credentials", permanent, call()],
  ["temporary credentials", temporary, call()],
  ["bytes", temporary, call({}, Buffer.from('{"TableName":"t"}'))],
  ["no body", temporary, call({}, undefined)],
])("signs as the SDK does: %s", async (_, credentials, request) => {
  const signingDate = new Date("2026-11-22T08:00:00.123Z");
  const expected = await theirs(credentials).sign(structuredClone(request), { signingDate });
  const signed = await requestSigner(credentials, "us-east-1", "dynamodb").sign(structuredClone(request), { signingDate });
  expect(signed.headers).toEqual(expected.headers);
});

test("signs each attempt anew, and with another key on another day", async () => {
  const ours = requestSigner(temporary, "us-east-1", "dynamodb");
  for (const signingDate of ["2026-11-22T23:59:59Z", "2026-11-23T00:00:00Z", "2026-11-22T23:59:59Z"].map(
    (time) => new Date(time),
  )) {
    const again = await ours.sign(await ours.sign(call(), { signingDate: new Date(0) }), { signingDate });
    expect(again.headers).toEqual((await theirs(temporary).sign(call(), { signingDate })).headers);
  }
});
