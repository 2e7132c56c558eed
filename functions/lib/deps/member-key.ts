import { memberKey } from "../../../shared/sealing/ids.ts";
import { env } from "../env.ts";

/** Only what creates requests, judges them or searches by member is told the salt, so it is asked for when a member is. */
let keyOf: ((memberId: string) => string) | undefined;

export const sealedMember = (memberId: string): string => {
  keyOf ??= memberKey(env("SALT").SALT);
  return keyOf(memberId);
};
