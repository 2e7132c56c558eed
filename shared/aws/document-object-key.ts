import type { Document } from "../domain/document.ts";

/** The same key in both buckets; nothing personal in it. */
export const documentObjectKey = ({ requestId, id }: Pick<Document, "requestId" | "id">): string => `${requestId}/${id}`;
