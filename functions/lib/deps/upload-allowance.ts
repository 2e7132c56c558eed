import { dynamoUploadAllowance } from "../../../shared/aws/dynamo-upload-allowance.ts";
import { env } from "../env.ts";
import { dynamo } from "./dynamo.ts";

export const uploadAllowance = dynamoUploadAllowance(dynamo, env("TABLE_NAME").TABLE_NAME);
