import { dynamoDirectory } from "../../../shared/aws/dynamo-directory.ts";
import { env } from "../env.ts";
import { dynamo } from "./dynamo.ts";

export const directory = dynamoDirectory(dynamo, env("TABLE_NAME").TABLE_NAME);
