import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";

/** What AWS said no to; `code` is its own word for why. */
export class AwsRefusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };

/**
 * One action of a service: by its target and a JSON body, in the older way, as a form whose answer is XML, or by its path, which may
 * take its time. For the few actions that the command line needs of services whose clients are not installed.
 */
export type Action =
  | { readonly service: string; readonly target: string; readonly input: object }
  | { readonly service: string; readonly version: string; readonly form: Readonly<Record<string, string>> }
  | { readonly service: string; readonly path: string; readonly input: object; readonly seconds: number };

/** Calls the way an account is called. A service can be put elsewhere by `AWS_ENDPOINT_URL_<SERVICE>`, as with any AWS tool. */
export const caller =
  (region: string, credentials: Credentials, environment: NodeJS.ProcessEnv = process.env) =>
  async (action: Action): Promise<string> => {
    const { service } = action;
    const given = environment[`AWS_ENDPOINT_URL_${service.toUpperCase().replaceAll("-", "_")}`];
    const host = given ?? `https://${service}.${region}.${region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com"}`;
    const [path, seconds] = "path" in action ? [action.path, action.seconds] : ["/", 15];
    const url = new URL(path, host);
    const [type, body, more] =
      "target" in action
        ? ["application/x-amz-json-1.1", JSON.stringify(action.input), { "x-amz-target": action.target }]
        : "path" in action
          ? ["application/json", JSON.stringify(action.input), {}]
          : [
              "application/x-www-form-urlencoded; charset=utf-8",
              new URLSearchParams({ ...action.form, Version: action.version }).toString(),
              {},
            ];
    const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
    const { headers } = await signer.sign({
      method: "POST",
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port && { port: Number(url.port) }),
      path: url.pathname,
      headers: { host: url.host, "content-type": type, ...more },
      body,
    });
    const answer = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(seconds * 1_000) });
    const text = await answer.text();
    if (!answer.ok) throw refusalIn(text, answer.status);
    return text;
  };

const refusalIn = (text: string, status: number): AwsRefusal => {
  const code = /<Code>([^<]*)/.exec(text)?.[1] ?? /"__type"\s*:\s*"(?:[^"#]*#)?([^":]*)/.exec(text)?.[1] ?? `HTTP ${status}`;
  const message = /<Message>([^<]*)/.exec(text)?.[1] ?? /"[Mm]essage"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? "";
  return new AwsRefusal(code, message);
};

type Source = string | ArrayBuffer | ArrayBufferView;

/** Node's SHA-256 in the shape that the signer asks for. */
class Sha256 {
  readonly #hash: Hash | Hmac;
  constructor(secret?: Source) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytes(secret));
  }
  update(data: Source): void {
    this.#hash.update(bytes(data));
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    throw new Error("made for one use");
  }
}

const bytes = (source: Source): Uint8Array => {
  if (typeof source === "string") return Buffer.from(source);
  return ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source);
};
