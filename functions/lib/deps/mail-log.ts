import { dynamoMailLog } from "../../../shared/aws/dynamo-mail-log.ts";
import { env } from "../env.ts";
import { dynamo } from "./dynamo.ts";

export const mailLog = dynamoMailLog(dynamo, env("TABLE_NAME").TABLE_NAME);
