import { dynamoDocuments } from "../../../shared/aws/dynamo-documents.ts";
import { env } from "../env.ts";
import { dynamo } from "./dynamo.ts";

export const documents = dynamoDocuments(dynamo, env("TABLE_NAME").TABLE_NAME);
