import middy from "@middy/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyEventV2WithJWTAuthorizer } from "aws-lambda";
import * as z from "zod/mini";
import { faultsOf } from "../../shared/api/faults.ts";
import { type OperationId, operationOf, type operations } from "../../shared/api/operations.ts";
import type { ProblemName } from "../../shared/api/problems.ts";
import { may, type Principal } from "../../shared/domain/principal.ts";
import type { Fault, Refusal, Result } from "../../shared/domain/result.ts";
import { clock } from "./deps/clock.ts";
import { identityProfile } from "./identity-profile.ts";
import { jsonBody, type ReadBody } from "./json-body.ts";
import type { TraceId } from "./log-catalogue.ts";
import { nobody, principalFrom } from "./principal.ts";
import { problemDetails } from "./problem-details.ts";
import { type HttpResponse, json, problem, type Reply } from "./reply.ts";
import { securityHeaders } from "./security-headers.ts";
import { log } from "./telemetry.ts";

type Parsed<Id extends OperationId, Part extends "body" | "query"> =
  (typeof operations)[Id] extends Record<Part, () => infer Schema extends z.ZodMiniType> ? z.infer<Schema> : undefined;
type PathNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | PathNames<Rest> : never;

/** A call whose every part has been checked against the table of operations. */
export type Call<Id extends OperationId> = {
  /** Nobody on public operations and those that the vendor signs. */
  readonly principal: Principal;
  readonly path: Readonly<Record<PathNames<(typeof operations)[Id]["path"]>, string>>;
  readonly query: Parsed<Id, "query">;
  readonly body: Parsed<Id, "body">;
  /** The body as it came, for signatures. */
  readonly raw: Buffer;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The version named by If-Match. */
  readonly ifMatch: number | undefined;
  readonly idempotencyKey: string;
};

type Unchecked = Pick<Call<OperationId>, "principal" | "headers" | "raw"> & { readonly path: Readonly<Record<string, string>> };
type Refused = Omit<Refusal, "problem"> & { readonly problem: ProblemName };

export type EndpointOptions = {
  /** Whether the caller may know of what the path names, or sign at all: asked before any fault of the call is told. */
  readonly subject?: (call: Unchecked) => Promise<Result<unknown>>;
};

/**
 * One operation as a Lambda: the middy stack parses, authorizes and maps problems; `handle` gets what the table promises.
 * Faults of header, query and body are told only to callers who may know of the subject.
 */
export function endpoint<Id extends OperationId>(
  id: Id,
  handle: (call: Call<Id>) => Promise<Result<Reply>>,
  { subject }: EndpointOptions = {},
) {
  const operation = operationOf(id);
  const schemas = { named: operation.named?.(), query: operation.query?.(), body: operation.body?.() };
  const profile = typeof operation.scopes === "string" ? undefined : identityProfile();
  const stack = middy<APIGatewayProxyEventV2 & { readBody?: ReadBody }, HttpResponse>()
    .use(securityHeaders())
    .use(problemDetails(id));
  if (operation.body) stack.use(jsonBody());

  return stack.handler(async (event) => {
    const started = performance.now();
    const traceId = event.requestContext.requestId as TraceId;
    const answer = await answerTo(event);
    const response = "statusCode" in answer ? answer : problem(answer, traceId);
    const facts = { operation: id, status: response.statusCode, milliseconds: Math.round(performance.now() - started), traceId };
    log("request answered", "problem" in answer ? { ...facts, problem: answer.problem } : facts);
    return response;
  });

  async function answerTo(event: APIGatewayProxyEventV2 & { readBody?: ReadBody }): Promise<HttpResponse | Refused> {
    const unchecked: Unchecked = {
      principal: profile ? principalFrom(claimsOf(event), profile) : nobody,
      path: (event.pathParameters ?? {}) as Readonly<Record<string, string>>,
      headers: event.headers,
      raw: event.readBody?.raw ?? Buffer.alloc(0),
    };
    const { scopes } = operation;
    // Who is nobody in particular would share keys and sight with all others of the kind.
    const anonymous = unchecked.principal.subject === "";
    if (typeof scopes !== "string" && (anonymous || !scopes.some((scope) => may(unchecked.principal, scope))))
      return { problem: "not-allowed", detail: "Your token does not allow this." };

    const checked = checkedParts(event);
    if ("problem" in checked) return (await refusalOf(subject?.(unchecked))) ?? checked;
    const result = await handle({ ...unchecked, ...checked } as unknown as Call<Id>);
    return result.ok ? json(result.value.status ?? operation.status, result.value) : result.refusal;
  }

  function checkedParts(event: APIGatewayProxyEventV2 & { readBody?: ReadBody }): Refused | Partial<Call<Id>> {
    const idempotencyKey = event.headers["idempotency-key"] ?? "";
    if (operation.idempotencyKey && !/^[A-Za-z0-9_-]{16,128}$/.test(idempotencyKey))
      return { problem: "idempotency-key-required", detail: "Send an Idempotency-Key of 16 to 128 letters, digits, _ and -." };
    const ifMatch = versionIn(event.headers["if-match"]);
    if (operation.ifMatch && ifMatch === "malformed")
      return { problem: "if-match-malformed", detail: "If-Match is the ETag of the request as you read it." };

    if (operation.ifMatch === "required" && event.headers["if-match"] === undefined)
      return { problem: "if-match-required", detail: "Send the ETag of the request as you read it as If-Match." };

    const path = parsed(schemas.named, event.pathParameters ?? {});
    const query = parsed(schemas.query, event.queryStringParameters ?? {});
    const misled = [...path.faults, ...query.faults];
    if (misled.length > 0) return faulty(path.faults.length > 0 ? "address" : "query", misled);
    const body = event.readBody;
    if (body && "problem" in body) return { problem: body.problem, detail: body.detail };
    const input = body?.value;
    const content = parsed(schemas.body, input);
    const faults = [...content.faults, ...(operation.faults?.(input, clock.now()) ?? [])];
    if (faults.length > 0) return faulty("body", faults);
    const named = operation.named ? { path: path.value } : {};
    return { ...named, query: query.value, body: content.value, idempotencyKey, ifMatch } as Partial<Call<Id>>;
  }
}

const claimsOf = (event: APIGatewayProxyEventV2) =>
  (event as APIGatewayProxyEventV2WithJWTAuthorizer).requestContext.authorizer?.jwt.claims ?? {};

const refusalOf = async (result: Promise<Result<unknown>> | undefined): Promise<Refusal | undefined> => {
  const known = await result;
  return known && !known.ok ? known.refusal : undefined;
};

function parsed(schema: z.ZodMiniType | undefined, input: unknown): { value: unknown; faults: readonly Fault[] } {
  if (!schema) return { value: undefined, faults: [] };
  const result = z.safeParse(schema, input, { reportInput: false });
  return result.success ? { value: result.data, faults: [] } : { value: undefined, faults: faultsOf(result.error.issues, input) };
}

const faulty = (part: "address" | "query" | "body", errors: readonly Fault[]): Refused => ({
  problem: "validation-failed",
  detail: `The ${part} has faults; each is named under errors.`,
  errors,
});

/** `"3"`, also as a weak tag; `*` matches whatever is there. */
function versionIn(header: string | undefined): number | undefined | "malformed" {
  if (header === undefined || header === "*") return undefined;
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(header)?.[1];
  return version === undefined ? "malformed" : Number(version);
}
