import { uploadForms as s3UploadForms } from "../../../shared/aws/s3-document-links.ts";
import { env } from "../env.ts";
import { signer } from "./signer.ts";

export const uploadForms = s3UploadForms(signer, env("INTAKE_BUCKET").INTAKE_BUCKET);
