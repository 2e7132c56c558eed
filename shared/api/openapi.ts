import * as z from "zod/mini";
import {
  createDocument,
  createSchema,
  type ZodOpenApiOperationObject,
  type ZodOpenApiOverride,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from "zod-openapi";
import { patterns } from "../domain/identifiers.ts";
import { describeRequestBodies } from "./body-descriptions.ts";
import { alsoTaken, type HeaderName, headers, introduction, notModified, parameters, tags, words } from "./descriptions.ts";
import { exampleOf, problemExample } from "./examples.ts";
import { type OperationId, operationOf, operations, problemsOf } from "./operations.ts";
import { type ProblemName, problems } from "./problems.ts";
import {
  csvType,
  gatewayErrorSchema,
  gatewayMessages,
  gatewayStatusesOf,
  mediaTypeOf,
  problemSchema,
  problemTypeOf,
  responseSchemas,
  successStatusesOf,
} from "./responses.ts";
import { none } from "./schemas.ts";

/** The OpenAPI document, derived from the table of operations. Written to `openapi.json` at build time; no function loads this. */

const operationIds = Object.keys(operations) as OperationId[];

/** The same bytes for the same table. */
export function openapiJson(): string {
  describeRequestBodies();
  const document = createDocument(
    {
      openapi: "3.1.0",
      info: {
        title: "Prior authorization",
        version: "1.0.0",
        summary: "The prior-authorization desk of a health plan",
        description: introduction,
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      servers: [{ url: "/", description: "The host that serves this document" }],
      tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
      paths: paths(),
      components: {
        securitySchemes: {
          bearer: {
            type: "http",
            scheme: "bearer",
            bearerFormat: "JWT",
            description: "An RSA-signed token of the plan's issuer for the audience `prior-authorization`.",
          },
          vendorSignature: {
            type: "apiKey",
            in: "header",
            name: "X-Signature",
            description: "`v1=` and the hex HMAC-SHA-256 of `X-Timestamp`, a dot and the raw body.",
          },
        },
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: "string" as const } }]),
        ),
        examples: Object.fromEntries(
          answeredProblems().map((name) => [name, { summary: problems[name].title, value: problemExample(name) }]),
        ),
      },
    },
    { override: published },
  );
  const { components = {}, ...rest } = document;
  const sorted = Object.fromEntries(
    Object.entries(components).map(([kind, byName]) => [kind, Object.fromEntries(Object.entries(byName).sort(byKey))]),
  );
  return `${JSON.stringify({ ...rest, components: sorted }, null, 2)}\n`;
}

const byKey = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1);

/** What some operation answers; the others are of calls that no operation matches. */
const answeredProblems = () => [...new Set(operationIds.flatMap(problemsOf))];

/** How schemas are told to clients: readably, and without closing answers that may gain members. */
const published: ZodOpenApiOverride = ({ jsonSchema, zodSchema, io }) => {
  const { type } = zodSchema._zod.def;
  const whole = "format" in zodSchema._zod.def;
  if (io === "output" && type === "object") delete jsonSchema.additionalProperties;
  if (type === "number" && whole) {
    jsonSchema.type = "integer";
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  }
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
};

function paths(): ZodOpenApiPathsObject {
  const all: ZodOpenApiPathsObject = {};
  for (const id of operationIds) {
    const { method, path } = operationOf(id);
    all[path] = { ...all[path], [method.toLowerCase()]: operationObject(id) };
  }
  return all;
}

function operationObject(id: OperationId): ZodOpenApiOperationObject {
  const { tag, summary, scopes, body } = operationOf(id);
  const given = parametersOf(id);
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: words[id].description,
    security:
      scopes === "public"
        ? []
        : scopes === "vendor-signature"
          ? [{ vendorSignature: [] }]
          : scopes.map((scope) => ({ bearer: [scope] })),
    ...(given.length > 0 ? { parameters: given } : {}),
    ...(body
      ? { requestBody: { required: true, content: { "application/json": { schema: body(), example: exampleOf(id).body } } } }
      : {}),
    responses: responsesOf(id),
  };
}

type Parameter = Extract<NonNullable<ZodOpenApiOperationObject["parameters"]>[number], { name: string; in: string }>;

function parametersOf(id: OperationId): Parameter[] {
  const { path, query, idempotencyKey, ifMatch, revalidates, scopes } = operationOf(id);
  const example = exampleOf(id);
  const one = (
    place: "path" | "query" | "header",
    name: string,
    required: boolean,
    schema: Parameter["schema"],
    given: string | undefined,
  ): Parameter => ({
    in: place,
    name,
    required,
    description: parameters[`${place} ${name}`] ?? "",
    schema,
    ...(given === undefined ? {} : { example: valueIn(given, schema) }),
    ...(isList(schema) ? { style: "form", explode: false } : {}),
  });
  const header = (name: string, required: boolean, pattern?: string) =>
    one("header", name, required, { type: "string", ...(pattern ? { pattern } : {}) }, example.headers?.[name]);

  return [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) =>
      one("path", name, true, { type: "string", ...pathPatterns[name] }, example.path?.[name]),
    ),
    ...Object.entries(query ? membersOf(query()) : {}).map(([name, schema]) =>
      one("query", name, false, querySchema(name, schema), example.query?.[name]),
    ),
    ...(idempotencyKey ? [header("Idempotency-Key", true, "^[A-Za-z0-9_-]{16,128}$")] : []),
    ...(ifMatch ? [header("If-Match", ifMatch === "required", '^(\\*|(W/)?"\\d{1,9}")$')] : []),
    ...(revalidates ? [header("If-None-Match", false)] : []),
    ...(scopes === "vendor-signature" ? [header("X-Timestamp", true, "^\\d+$"), header("X-Key-Id", true)] : []),
  ];
}

const isList = (schema: unknown): boolean => {
  const { type, anyOf = [] } = schema as { type?: string; anyOf?: readonly { type?: string }[] };
  return type === "array" || anyOf.some((one) => one.type === "array");
};

const pathPatterns: Readonly<Record<string, { pattern: string }>> = {
  requestId: { pattern: patterns.requestId.source },
  documentId: { pattern: patterns.documentId.source },
  noticeId: { pattern: patterns.noticeId.source },
};

const membersOf = (schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> => {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === "object" ? def.shape : {};
};

/** Query strings are text that is read as something: told as what it is read as. */
function querySchema(name: string, schema: z.core.$ZodType): Record<string, unknown> {
  if (name === "limit") return { type: "integer", minimum: 1, maximum: 100, default: 25 };
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const inner = def.type === "optional" ? def.innerType : schema;
  const innerDef = (inner as z.core.$ZodTypes)._zod.def;
  const listed = innerDef.type === "pipe" && innerDef.out._zod.def.type === "array" ? innerDef.out : inner;
  const told = createSchema(listed, { io: "input", opts: { override: published } }).schema as Record<string, unknown>;
  if (JSON.stringify(told.enum) === '["true","false"]') return { type: "boolean" };
  // A list that may be empty says so by a word: an empty parameter is a slip.
  return told.type === "array" && !told.minItems ? { anyOf: [told, { const: none }] } : told;
}

function valueIn(text: string, schema: unknown): unknown {
  const { type } = schema as { type?: string };
  if (type === "integer" || type === "boolean") return JSON.parse(text);
  return isList(schema) ? text.split(",") : text;
}

function responsesOf(id: OperationId): Record<`${1 | 2 | 3 | 4 | 5}${string}`, ZodOpenApiResponseObject> {
  const refused = [...new Set([...problemsOf(id).map((name) => problems[name].status), ...gatewayStatusesOf(id)])].sort();
  return Object.fromEntries([
    ...successStatusesOf(id).map((status) => [status, success(id, status)]),
    ...(operationOf(id).revalidates ? [[304, { description: notModified, ...headersObject(revalidation) }]] : []),
    ...refused.map((status) => [status, refusal(id, status)]),
  ]);
}

function success(id: OperationId, status: number): ZodOpenApiResponseObject {
  const { idempotencyKey, revalidates, status: usual } = operationOf(id);
  const { response } = exampleOf(id);
  const told: HeaderName[] = [
    ...(id === "submitRequest" || (responseSchemas[id] as unknown) === responseSchemas.getRequest ? (["ETag"] as const) : []),
    ...(revalidates ? revalidation : []),
    ...(idempotencyKey ? (["Location", "Idempotent-Replayed"] as const) : []),
  ];
  return {
    description: status === usual ? words[id].success : alsoTaken[id],
    ...headersObject(told),
    content: {
      [mediaTypeOf(id)]: {
        schema: responseSchemas[id],
        example:
          status === usual
            ? response
            : { ...(response as object), ...(id === "submitRequest" ? { duplicate: true } : { replayed: true }) },
      },
      ...alsoAs(id),
    },
  };
}

/** The same answer in another media type, for who asks for it. */
const alsoAs = (id: OperationId): ZodOpenApiResponseObject["content"] => {
  const csv = exampleOf(id).csv;
  return csv === undefined ? {} : { [csvType]: { schema: z.string(), example: csv } };
};

const revalidation = ["ETag", "Cache-Control"] as const satisfies readonly HeaderName[];

const headersObject = (names: readonly HeaderName[]) =>
  names.length > 0 ? { headers: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }])) } : {};

/** What our functions refuse and what the gateway refuses are told apart by media type. */
function refusal(id: OperationId, status: number): ZodOpenApiResponseObject {
  const names = problemsOf(id).filter((name) => problems[name].status === status);
  const gateway = gatewayStatusesOf(id).find((known) => known === status);
  const titles = [
    ...names.map((name) => `${problems[name].title}.`),
    ...(gateway ? [`By the gateway: ${gatewayMessages[gateway]}.`] : []),
  ];
  return {
    description: titles.join(" "),
    ...headersObject(names.length > 0 && (status === 429 || status === 503) ? ["Retry-After"] : []),
    content: {
      ...(names.length > 0 ? { "application/problem+json": { schema: oneOfProblems(names), examples: exampleRefs(names) } } : {}),
      ...(gateway ? { "application/json": { schema: gatewayErrorSchema, example: { message: gatewayMessages[gateway] } } } : {}),
    },
  };
}

const oneOfProblems = (names: readonly ProblemName[]) =>
  z.intersection(problemSchema, z.looseObject({ type: z.enum(names.map(problemTypeOf)) }));

const exampleRefs = (names: readonly ProblemName[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/examples/${name}` }]));
