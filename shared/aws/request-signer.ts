import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto";
import type { DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";

type RequestSigner = Extract<DynamoDBClientConfig["signer"], { sign: unknown }>;
type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };

/**
 * Signature Version 4 for calls that post to "/", as DynamoDB's do, with credentials that stay as they are. The signatures are those
 * of the SDK's own signer, which is made anew for every call and takes a quarter of its time.
 */
export function requestSigner(
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  region: string,
  service: string,
): RequestSigner {
  let known: { readonly day: string; readonly key: KeyObject } | undefined;
  const keyOf = (day: string) => {
    if (known?.day !== day) {
      const key = [day, region, service, "aws4_request"].reduce(hmac, Buffer.from(`AWS4${secretAccessKey}`));
      // From bytes, Node would make a key anew for every signature.
      known = { day, key: createSecretKey(key) };
    }
    return known.key;
  };

  return {
    async sign(request, { signingDate = new Date() } = {}) {
      const { body, method, path } = request;
      const time = new Date(signingDate).toISOString().replace(/\.\d+|[-:]/g, "");
      const payload = hash("sha256", body ?? "", "hex");
      const headers: Record<string, string> = {
        ...request.headers,
        "x-amz-date": time,
        "x-amz-content-sha256": payload,
        ...(sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken }),
      };
      const names = Object.keys(headers)
        .map((name) => name.toLowerCase())
        .filter((name) => !unsigned.has(name))
        .sort();
      const canonical = `${method}\n${path}\n\n${names.map((name) => `${name}:${headers[name]?.trim().replace(/\s+/g, " ")}\n`).join("")}\n${names.join(";")}\n${payload}`;
      const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
      const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash("sha256", canonical, "hex")}`;
      const signature = hmac(keyOf(time.slice(0, 8)), text).toString("hex");
      headers.authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
      request.headers = headers;
      return request;
    },
  };
}

const hmac = (key: Buffer | KeyObject, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** What others may change on the way, and the signature of an attempt before. */
const unsigned: ReadonlySet<string> = new Set(["authorization", "connection", "expect", "user-agent", "x-amzn-trace-id"]);
