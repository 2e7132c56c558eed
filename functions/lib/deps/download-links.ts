import { downloadLinks as s3DownloadLinks } from "../../../shared/aws/s3-document-links.ts";
import { env } from "../env.ts";
import { signer } from "./signer.ts";

export const downloadLinks = s3DownloadLinks(signer, env("RECORDS_BUCKET").RECORDS_BUCKET);
