import { checkDocument } from "../../shared/use-cases/verify-document.ts";
import { consumer } from "../lib/consumer.ts";
import { verifyDeps } from "../lib/deps/verify-deps.ts";

type ObjectCreated = { readonly object: { readonly key: string; readonly "version-id": string } };

export const handler = consumer<ObjectCreated>("check-document", async ({ detail: { object } }) => {
  const { status } = await checkDocument(verifyDeps, { key: object.key, versionId: object["version-id"] });
  return status;
});
