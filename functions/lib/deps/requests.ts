import { dynamoRequests } from "../../../shared/aws/dynamo-requests.ts";
import { measured } from "../business-metrics.ts";
import { env } from "../env.ts";
import { dynamo } from "./dynamo.ts";
import { sealedMember } from "./member-key.ts";

export const requests = measured(dynamoRequests(dynamo, env("TABLE_NAME").TABLE_NAME, sealedMember));
