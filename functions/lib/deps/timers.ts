import { dynamoTimers } from "../../../shared/aws/dynamo-timers.ts";
import { env } from "../env.ts";
import { dynamo } from "./dynamo.ts";

export const timers = dynamoTimers(dynamo, env("TABLE_NAME").TABLE_NAME);
