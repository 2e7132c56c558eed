import { dynamoDecisionLedger } from "../../../shared/aws/dynamo-decision-ledger.ts";
import { env } from "../env.ts";
import { dynamo } from "./dynamo.ts";

export const ledger = dynamoDecisionLedger(dynamo, env("TABLE_NAME").TABLE_NAME);
