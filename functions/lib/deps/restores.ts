import { dynamoRestores } from "../../../shared/aws/dynamo-restores.ts";
import { env } from "../env.ts";
import { dynamo } from "./dynamo.ts";
import { read } from "./reads.ts";

export const restores = dynamoRestores(dynamo, env("TABLE_NAME").TABLE_NAME, read);
