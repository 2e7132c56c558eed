import { S3Client } from "@aws-sdk/client-s3";
import { inventory as everything } from "../../../shared/aws/inventory.ts";
import { env } from "../env.ts";
import { dynamo } from "./dynamo.ts";

const { TABLE_NAME: table, INTAKE_BUCKET: intake, RECORDS_BUCKET: records } = env("TABLE_NAME", "INTAKE_BUCKET", "RECORDS_BUCKET");

export const inventory = everything(dynamo, new S3Client(), { table, intake, records });
