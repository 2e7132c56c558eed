import { dynamoOutbox } from "../../../shared/aws/dynamo-outbox.ts";
import { env } from "../env.ts";
import { dynamo } from "./dynamo.ts";

export const outbox = dynamoOutbox(dynamo, env("TABLE_NAME").TABLE_NAME);
