import { possibleNow } from "../../shared/api/possible-now.ts";
import { type ProblemName, problems } from "../../shared/api/problems.ts";
import type { Refusal } from "../../shared/domain/result.ts";
import { noContent } from "./security-headers.ts";

export type Reply = {
  readonly status?: number;
  readonly body?: unknown;
  /** The body as JSON, where it had to be written already. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type HttpResponse = { statusCode: number; headers: Record<string, string>; body: string; isBase64Encoded?: boolean };

export const json = (status: number, { body, text, headers }: Reply): HttpResponse => ({
  statusCode: status,
  headers: { "content-type": "application/json", "cache-control": "no-store", "content-security-policy": noContent, ...headers },
  body: text ?? (body === undefined ? "" : JSON.stringify(body)),
});

/** RFC 9457. The detail says what to do; values that were sent are never repeated. */
export function problem(refusal: Omit<Refusal, "problem"> & { readonly problem: ProblemName }, traceId: string): HttpResponse {
  const { status, title } = problems[refusal.problem];
  const { requestStatus, errors } = refusal;
  return {
    statusCode: status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      "content-security-policy": noContent,
      ...(refusal.retryAfter !== undefined || status === 503 ? { "retry-after": String(refusal.retryAfter ?? 1) } : {}),
    },
    body: JSON.stringify({
      type: `/problems/${refusal.problem}`,
      title,
      status,
      detail: refusal.detail,
      traceId,
      ...(errors ? { errors } : {}),
      // 409: the state stands in the way.
      ...(requestStatus && status === 409 ? { requestStatus, possible: possibleNow[requestStatus] } : {}),
    }),
  };
}
