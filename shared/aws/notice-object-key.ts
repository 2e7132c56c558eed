import type { NoticeId, RequestId } from "../domain/identifiers.ts";

/** Apart from documents, so that who writes letters can write nothing else; nothing personal in it. */
export const noticeObjectKey = (requestId: RequestId, id: NoticeId): string => `notices/${requestId}/${id}.pdf`;
