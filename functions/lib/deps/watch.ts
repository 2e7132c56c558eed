import { dynamoWatch } from "../../../shared/aws/dynamo-watch.ts";
import { env } from "../env.ts";
import { dynamo } from "./dynamo.ts";

export const watch = dynamoWatch(dynamo, env("TABLE_NAME").TABLE_NAME);
