import { recordScan } from "../../shared/use-cases/verify-document.ts";
import { consumer } from "../lib/consumer.ts";
import { verifyDeps } from "../lib/deps/verify-deps.ts";

type ScanResult = {
  readonly s3ObjectDetails: { readonly objectKey: string; readonly versionId: string };
  readonly scanResultDetails: { readonly scanResultStatus: string };
};

export const handler = consumer<ScanResult>("record-scan", async ({ detail }) => {
  const { objectKey, versionId } = detail.s3ObjectDetails;
  const { status } = await recordScan(verifyDeps, { key: objectKey, versionId }, detail.scanResultDetails.scanResultStatus);
  return status;
});
