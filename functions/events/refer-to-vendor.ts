import type { RequestEvent } from "../../shared/domain/events.ts";
import { referToVendor } from "../../shared/use-cases/refer-to-vendor.ts";
import { consumer } from "../lib/consumer.ts";
import { clock } from "../lib/deps/clock.ts";
import { policies } from "../lib/deps/policies.ts";
import { requests } from "../lib/deps/requests.ts";
import { vendor } from "../lib/deps/vendor.ts";
import { env } from "../lib/env.ts";

const { API_URL: apiUrl, MAX_RECEIVE_COUNT } = env("API_URL", "MAX_RECEIVE_COUNT");

export const handler = consumer<RequestEvent>("refer-to-vendor", ({ detail: { requestId, sequence, epoch, type }, deliveries }) =>
  referToVendor(
    { requests, vendor, clock, policies, apiUrl },
    { requestId, sequence, ...(epoch ? { epoch } : {}), type, lastChance: deliveries >= Number(MAX_RECEIVE_COUNT) },
  ),
);
