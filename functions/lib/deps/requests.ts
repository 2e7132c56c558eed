import { dynamoRequests } from "../../../shared/aws/dynamo-requests.ts";
import { memberKey } from "../../../shared/sealing/ids.ts";
import { measured } from "../business-metrics.ts";
import { env } from "../env.ts";
import { dynamo } from "./dynamo.ts";

/** Only what creates requests or searches by member is told the salt, so it is asked for when a member is. */
let keyOf: ((memberId: string) => string) | undefined;
const sealed = (memberId: string): string => {
  keyOf ??= memberKey(env("SALT").SALT);
  return keyOf(memberId);
};

export const requests = measured(dynamoRequests(dynamo, env("TABLE_NAME").TABLE_NAME, sealed));
