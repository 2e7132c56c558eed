import { dynamoQueues } from "../../../shared/aws/dynamo-queues.ts";
import { env } from "../env.ts";
import { dynamo } from "./dynamo.ts";

export const queues = dynamoQueues(dynamo, env("TABLE_NAME").TABLE_NAME);
