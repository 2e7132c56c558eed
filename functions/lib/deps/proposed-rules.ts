import { S3Client } from "@aws-sdk/client-s3";
import { s3ProposedRules } from "../../../shared/aws/s3-proposed-rules.ts";
import { env } from "../env.ts";

export const proposedRules = s3ProposedRules(new S3Client(), env("POLICY_BUCKET").POLICY_BUCKET);
