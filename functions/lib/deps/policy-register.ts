import { dynamoPolicyRegister } from "../../../shared/aws/dynamo-policy-register.ts";
import { env } from "../env.ts";
import { dynamo } from "./dynamo.ts";

export const policyRegister = dynamoPolicyRegister(dynamo, env("TABLE_NAME").TABLE_NAME);
