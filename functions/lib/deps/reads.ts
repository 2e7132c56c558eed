import { batchedReads } from "../../../shared/aws/batched-reads.ts";
import { env } from "../env.ts";
import { dynamo } from "./dynamo.ts";

export const read = batchedReads(dynamo, env("TABLE_NAME").TABLE_NAME);
