import { S3Client } from "@aws-sdk/client-s3";
import { s3NoticeRecords } from "../../../shared/aws/s3-notice-records.ts";
import { env } from "../env.ts";

export const noticeRecords = s3NoticeRecords(new S3Client(), env("RECORDS_BUCKET").RECORDS_BUCKET);
