import { dynamoPolicies } from "../../../shared/aws/dynamo-policies.ts";
import { env } from "../env.ts";
import { errorFacts, log } from "../telemetry.ts";
import { dynamo } from "./dynamo.ts";
import { policy as builtIn } from "./policy.ts";
import { read } from "./reads.ts";

/**
 * The plan's rules by time. Who judges something new asks `policies.at(receivedAt)`, who answers a question `policies.at(clock.now())`,
 * and who changes a request `policies.of(request.policyVersion, request.receivedAt)`.
 *
 * A function that calls `at` has TABLE_NAME and POLICY_OVERRIDES in its row, and the grants BatchGetItem and GetItem; one that calls
 * `of` alone needs TABLE_NAME and GetItem. Where the stage has no overrides, `at` answers what is built in and asks nobody.
 * Settings, vendors and clocks do not vary by version: for them alone `policy` is enough.
 */
export const policies = dynamoPolicies(dynamo, env("TABLE_NAME").TABLE_NAME, {
  read,
  builtIn,
  overrides: process.env.POLICY_OVERRIDES === "true",
  unread: (error) => log("rules register unread", errorFacts(error)),
});
