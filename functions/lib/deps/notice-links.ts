import { noticeLinks as s3NoticeLinks } from "../../../shared/aws/s3-notice-links.ts";
import { env } from "../env.ts";
import { signer } from "./signer.ts";

export const noticeLinks = s3NoticeLinks(signer, env("RECORDS_BUCKET").RECORDS_BUCKET);
