import type { MiddlewareObj } from "@middy/core";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { OperationId } from "../../shared/api/operations.ts";
import type { ProblemName } from "../../shared/api/problems.ts";
import type { TraceId } from "./log-catalogue.ts";
import { problem } from "./reply.ts";
import { errorFacts, log } from "./telemetry.ts";

/** The one place where an exception becomes an answer. Its message is neither told nor logged: it may quote what was sent. */
export function problemDetails(operation: OperationId): MiddlewareObj<APIGatewayProxyEventV2> {
  return {
    onError: (request) => {
      const { error, event } = request;
      const traceId = event.requestContext.requestId as TraceId;
      const [name, detail] = explained(error);
      if (name !== "request-too-large") log("request failed", { operation, traceId, ...errorFacts(error) });
      request.response = problem({ problem: name, detail }, traceId);
    },
  };
}

function explained(error: unknown): [ProblemName, string] {
  if (error instanceof Error && error.name === "RequestTooLarge")
    return ["request-too-large", "The request cannot take more: withdraw it and submit it in parts, or leave texts to documents."];
  if (mayPass(error)) return ["temporarily-unavailable", "Try again in a moment, with the same Idempotency-Key."];
  return ["internal-error", "Try again; if it stays, tell us the traceId."];
}

/** Throttled, timed out or out of service, after the client's own retries. A call that AWS finds wrong is a bug of ours. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, $retryable, $fault } = error as Error & { $retryable?: unknown; $fault?: string };
  return $retryable !== undefined || $fault === "server" || /Throttl|ThroughputExceeded|RequestLimit|Timeout|ECONN/.test(name);
}
