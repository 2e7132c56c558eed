import { dynamoAuthorizations } from "../../../shared/aws/dynamo-authorizations.ts";
import { env } from "../env.ts";
import { dynamo } from "./dynamo.ts";

export const authorizations = dynamoAuthorizations(dynamo, env("TABLE_NAME").TABLE_NAME);
