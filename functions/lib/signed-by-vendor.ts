import { ok, type Result, refuse } from "../../shared/domain/result.ts";
import { isSignedBy } from "../../shared/vendor/signature.ts";
import { clock } from "./deps/clock.ts";
import { vendorKeys } from "./deps/vendor-keys.ts";

type Message = { readonly headers: Readonly<Record<string, string | undefined>>; readonly raw: Buffer };

/** Is the raw body signed with one of the vendor's live keys, within five minutes of now? */
export async function signedByVendor({ headers, raw }: Message): Promise<Result<null>> {
  const { "x-timestamp": timestamp = "", "x-signature": signature = "", "x-key-id": keyId = "" } = headers;
  const secret = await vendorKeys.find(keyId);
  return secret !== undefined && isSignedBy(secret, { timestamp, signature }, raw, clock.now())
    ? ok(null)
    : refuse("vendor-signature-invalid", "Sign timestamp, dot and raw body with a live key: X-Timestamp, X-Key-Id, X-Signature.");
}
