import { dynamoClients } from "../../../shared/aws/dynamo-clients.ts";
import { env } from "../env.ts";
import { dynamo } from "./dynamo.ts";

export const clients = dynamoClients(dynamo, env("TABLE_NAME").TABLE_NAME);
