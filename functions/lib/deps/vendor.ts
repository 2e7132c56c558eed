import { httpVendor } from "../../../shared/vendor/http-vendor.ts";
import { env } from "../env.ts";
import { clock } from "./clock.ts";
import { vendorKeys } from "./vendor-keys.ts";

export const vendor = httpVendor({ url: env("VENDOR_URL").VENDOR_URL, clock, key: vendorKeys.current });
