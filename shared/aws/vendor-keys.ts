import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as z from "zod/mini";

const keySchema = z.object({ id: z.string(), secret: z.string() });
const secretSchema = z.object({ current: keySchema, previous: z.optional(keySchema) });
export type VendorKeySet = z.infer<typeof secretSchema>;

/** How long a warm function uses what it read, in milliseconds: a changed key is known everywhere after that. */
const freshFor = 300_000;

/** The keys shared with the vendor; two may live at once, so that one can be changed without a gap. */
export function vendorKeys(client: SecretsManagerClient, secretId: string) {
  let read: { keys: Promise<VendorKeySet>; until: number } | undefined;
  const fetch = async () =>
    z.parse(secretSchema, JSON.parse((await client.send(new GetSecretValueCommand({ SecretId: secretId }))).SecretString ?? ""));
  const keys = async (): Promise<VendorKeySet> => {
    if (!read || read.until <= performance.now()) read = { keys: fetch(), until: performance.now() + freshFor };
    try {
      return await read.keys;
    } catch (error) {
      read = undefined;
      throw error;
    }
  };
  return {
    current: async () => (await keys()).current,
    /** The secret of one key, if it is live. An unknown id is looked up anew, at most every ten seconds: it may be brand-new. */
    async find(keyId: string): Promise<string | undefined> {
      const known = (set: VendorKeySet) => [set.current, set.previous].find((key) => key?.id === keyId)?.secret;
      const found = known(await keys());
      if (found !== undefined || !read || read.until - performance.now() > freshFor - 10_000) return found;
      read = undefined;
      return known(await keys());
    },
  };
}
