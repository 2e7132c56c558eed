import type { Clock, Vendor, VendorReply } from "../ports.ts";
import { vendorSignature } from "./signature.ts";

type Options = {
  readonly url: string;
  readonly clock: Clock;
  readonly key: () => Promise<{ id: string; secret: string }>;
  /** Attempts within one delivery; the queue delivers again later. */
  readonly attempts?: number;
};

const timeoutMilliseconds = 5_000;

/** The vendor over HTTP: signed, in bounded time and size, without following redirects. No public wire format exists; this is ours. */
export function httpVendor({ url, clock, key, attempts = 4 }: Options): Vendor {
  const send = async (path: string, idempotencyKey: string, message: unknown): Promise<VendorReply> => {
    const body = JSON.stringify(message);
    for (let attempt = 1; ; attempt += 1) {
      const reply = await once(path, idempotencyKey, body);
      if (reply.taken || reply.permanent || attempt === attempts) return reply;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 200 * 2 ** attempt));
    }
  };

  const once = async (path: string, idempotencyKey: string, body: string): Promise<VendorReply> => {
    const { id, secret } = await key();
    const timestamp = String(Math.floor(Date.parse(clock.now()) / 1000));
    try {
      const response = await fetch(`${url}${path}`, {
        method: "POST",
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMilliseconds),
        headers: {
          "content-type": "application/json",
          "idempotency-key": idempotencyKey,
          "x-timestamp": timestamp,
          "x-key-id": id,
          "x-signature": vendorSignature(secret, timestamp, body),
        },
        body,
      });
      const { status } = response;
      // The case's id comes with the vendor's signed acknowledgement; what stands here is nobody's word.
      await response.body?.cancel();
      if (status >= 200 && status < 300) return { taken: true };
      // A refused signature may mean that a key was changed a moment ago: a later delivery reads the keys anew.
      const permanent = status >= 300 && status < 500 && ![401, 403, 408, 425, 429].includes(status);
      return { taken: false, permanent, reason: `the vendor answered ${status}` };
    } catch {
      return { taken: false, permanent: false, reason: "the vendor did not answer" };
    }
  };

  return {
    refer: (idempotencyKey, referral) => send("/referrals", idempotencyKey, referral),
    update: (idempotencyKey, requestId, news) => send(`/referrals/${requestId}/updates`, idempotencyKey, news),
  };
}
