import { S3Client } from "@aws-sdk/client-s3";
import { s3Verification } from "../../../shared/aws/s3-verification.ts";
import { env } from "../env.ts";

const { INTAKE_BUCKET, RECORDS_BUCKET } = env("INTAKE_BUCKET", "RECORDS_BUCKET");

export const verification = s3Verification(new S3Client(), INTAKE_BUCKET, RECORDS_BUCKET);
