import type { MiddlewareObj } from "@middy/core";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { ProblemName } from "../../shared/api/problems.ts";
import { problem } from "./reply.ts";
import { log } from "./telemetry.ts";

/** The one place where an exception becomes an answer. Its message is neither told nor logged: it may quote what was sent. */
export function problemDetails(operation: string): MiddlewareObj<APIGatewayProxyEventV2> {
  return {
    onError: (request) => {
      const { error, event } = request;
      const traceId = event.requestContext.requestId;
      const [name, detail] = explained(error);
      if (name !== "request-too-large") log.failed(operation, error, { traceId });
      request.response = problem({ problem: name, detail }, traceId);
    },
  };
}

function explained(error: unknown): [ProblemName, string] {
  if (error instanceof Error && error.name === "RequestTooLarge")
    return ["request-too-large", "The request cannot take more: withdraw it and submit it in parts, or leave texts to documents."];
  // Errors of AWS carry $metadata: throttled, timed out or out of service, after the client's own retries.
  if (error instanceof Error && "$metadata" in error)
    return ["temporarily-unavailable", "Try again in a moment, with the same Idempotency-Key."];
  return ["internal-error", "Try again; if it stays, tell us the traceId."];
}
