import { vendorSubmission } from "../../shared/api/parse.ts";
import { ok } from "../../shared/domain/result.ts";
import type { VendorEvent } from "../../shared/domain/vendor-event.ts";
import { recordVendorEvent } from "../../shared/use-cases/record-vendor-event.ts";
import { clock } from "../lib/deps/clock.ts";
import { directory } from "../lib/deps/directory.ts";
import { ids } from "../lib/deps/ids.ts";
import { members } from "../lib/deps/members.ts";
import { policies } from "../lib/deps/policies.ts";
import { policy } from "../lib/deps/policy.ts";
import { requests } from "../lib/deps/requests.ts";
import { restores } from "../lib/deps/restores.ts";
import { endpoint } from "../lib/endpoint.ts";
import { signedByVendor } from "../lib/signed-by-vendor.ts";

export const handler = endpoint(
  "recordVendorEvent",
  async (call) => {
    const signed = await signedByVendor(call);
    if (!signed.ok) return signed;
    const { requestId, submission, ...event } = call.body;
    const heard = await recordVendorEvent(
      { requests, directory, members, restores, ids, clock, policies },
      {
        vendor: policy.imagingVendor.name,
        event: { ...event, occurredAt: new Date(event.occurredAt).toISOString() } as VendorEvent,
        ...(requestId ? { requestId } : {}),
        ...(submission ? { submission: vendorSubmission(submission) } : {}),
      },
    );
    return heard.ok ? ok({ status: heard.value.replayed ? 200 : 202, body: heard.value }) : heard;
  },
  { subject: signedByVendor },
);
