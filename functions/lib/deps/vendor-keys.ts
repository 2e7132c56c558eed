import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { vendorKeys as secretVendorKeys } from "../../../shared/aws/vendor-keys.ts";
import { env } from "../env.ts";

export const vendorKeys = secretVendorKeys(new SecretsManagerClient(), env("VENDOR_SECRET").VENDOR_SECRET);
