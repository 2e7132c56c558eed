import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { exampleOf, problemExample } from "../../../shared/api/examples.ts";
import { openapiJson } from "../../../shared/api/openapi.ts";
import { type OperationId, operationOf, operations, problemsOf } from "../../../shared/api/operations.ts";
import { type ProblemName, problems } from "../../../shared/api/problems.ts";
import {
  answerSchema,
  gatewayMessages,
  gatewayStatusesOf,
  mediaTypeOf,
  problemSchema,
  responseSchemas,
  successStatusesOf,
} from "../../../shared/api/responses.ts";

type Media = {
  schema?: { allOf?: { properties?: { type?: { enum: string[] } } }[] };
  example?: unknown;
  examples?: Record<string, unknown>;
};
type Answer = { headers?: Record<string, unknown>; content?: Record<string, Media> };
type Parameter = { in: string; name: string; required: boolean; description: string; schema: unknown };
type Described = {
  operationId: string;
  summary: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, Answer>;
};
type Document = {
  paths: Record<string, Record<string, Described>>;
  info: { description: string };
  components: { examples: Record<string, { value: unknown }>; schemas: Record<string, unknown> };
};

const root = new URL("../../../", import.meta.url);
const ids = Object.keys(operations) as OperationId[];
const text = openapiJson();
const document = JSON.parse(text) as Document;
const described = (id: OperationId) => {
  const { method, path } = operationOf(id);
  const found = document.paths[path]?.[method.toLowerCase()];
  if (!found) throw new Error(`${id} is not described`);
  return found;
};
const parametersIn = (id: OperationId, place: string) =>
  (described(id).parameters ?? []).filter((parameter) => parameter.in === place).map(({ name }) => name);

/** What one sentence may describe under several names. */
const toldOfSeveral: readonly (readonly string[])[] = [
  ["id", "memberId"],
  ["hours", "timeToDecision"],
  ["standardApproved", "standardDenied"],
  ["expeditedApproved", "expeditedDenied"],
  ["mean", "median", "percent"],
];

/** By sentence, the names of the members that it describes. */
function namesBySentence(value: unknown, found = new Map<string, Set<string>>()): Map<string, Set<string>> {
  if (value === null || typeof value !== "object") return found;
  const { properties, ...rest } = value as { properties?: Record<string, { description?: unknown }> };
  for (const [name, member] of Object.entries(properties ?? {})) {
    if (typeof member?.description === "string")
      found.set(member.description, (found.get(member.description) ?? new Set()).add(name));
    namesBySentence(member, found);
  }
  for (const [key, part] of Object.entries(rest)) if (key !== "example" && key !== "examples") namesBySentence(part, found);
  return found;
}

describe("the OpenAPI document", () => {
  it("describes each member by a sentence of its own: a schema that two members share has one description", () => {
    const bySentence = namesBySentence(document);
    const several = [...bySentence.values()].map((names) => [...names].sort()).filter((names) => names.length > 1);
    expect(several.sort()).toEqual([...toldOfSeveral].sort());
    const criteria = [...bySentence].filter(([, names]) => names.has("criterion")).map(([sentence]) => sentence);
    expect(criteria).toContain("The guideline or rule that it rests on.");
  });

  it("is what the table of operations says: run `node infra/openapi.ts`", async () => {
    expect(await readFile(new URL("openapi.json", root), "utf8")).toBe(text);
  });

  it("comes out the same every time", () => {
    expect(openapiJson()).toBe(text);
  });

  it("passes redocly lint without errors or warnings", async () => {
    const bin = new URL("node_modules/@redocly/cli/bin/cli.js", root).pathname;
    const options = { cwd: root, env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" } };
    const { stdout } = await promisify(execFile)(process.execPath, [bin, "lint", "openapi.json", "--format=json"], options);
    expect(JSON.parse(stdout)).toMatchObject({ totals: { errors: 0, warnings: 0 } });
  });

  it("describes exactly the operations of the table", () => {
    const all = Object.values(document.paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
    expect(all.sort()).toEqual([...ids].sort());
  });

  it("tells every problem of the catalogue, those of unmatched calls in the introduction", () => {
    const answered = new Set(ids.flatMap(problemsOf));
    const unmatched = (Object.keys(problems) as ProblemName[]).filter((name) => !answered.has(name));
    expect(unmatched.sort()).toEqual(["method-not-allowed", "route-not-found"]);
    expect(Object.keys(document.components.examples).sort()).toEqual([...answered].sort());
    for (const name of Object.keys(problems)) expect(document.info.description).toContain(`\`${name}\``);
  });

  it("names the things of the trade as components", () => {
    const names = [
      "Request",
      "RequestSummary",
      "Line",
      "Decision",
      "Referral",
      "Document",
      "Event",
      "Authorization",
      "Problem",
      "GatewayError",
    ];
    expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining([...names, "Submission", "VendorEvent"]));
  });

  it("leaves answers open to new members and bodies closed to unknown ones", () => {
    expect(document.components.schemas).toMatchObject({ Submission: { additionalProperties: false } });
    expect(document.components.schemas.Request).not.toHaveProperty("additionalProperties");
  });

  it("shows no file that a function loads to these schemas", async () => {
    const heavy = /api\/(openapi|responses|examples|descriptions|body-descriptions)\.ts"|zod-openapi/;
    const mayLoadThem = /^(openapi|responses|examples|descriptions|body-descriptions)\.ts$/;
    for (const folder of ["functions", "shared"]) {
      for (const entry of await readdir(new URL(folder, root), { recursive: true, withFileTypes: true })) {
        if (!entry.name.endsWith(".ts") || mayLoadThem.test(entry.name)) continue;
        const source = await readFile(join(entry.parentPath, entry.name), "utf8");
        // Types are gone by then: they load nothing.
        expect(source.replaceAll(/^import type .*$/gm, ""), entry.name).not.toMatch(heavy);
      }
    }
  });
});

describe("node infra/openapi.ts --check", () => {
  it("fails when the file is stale, and leaves it as it is", async () => {
    const folder = await mkdtemp(join(tmpdir(), "openapi-"));
    const file = join(folder, "openapi.json");
    await writeFile(file, "{}\n");
    const script = new URL("infra/openapi.ts", root).pathname;
    const check = promisify(execFile)(process.execPath, [script, "--check", "--file", file]);
    await expect(check).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining("stale") });
    expect(await readFile(file, "utf8")).toBe("{}\n");
    await promisify(execFile)(process.execPath, [script, "--file", file]);
    await promisify(execFile)(process.execPath, [script, "--check", "--file", file]);
    await rm(folder, { recursive: true });
  });
});

describe.each(ids)("%s", (id) => {
  const operation = operationOf(id);
  const example = exampleOf(id);

  it("says who may call it", () => {
    const { summary, tags, operationId, security } = described(id);
    expect({ summary, tags, operationId }).toEqual({ summary: operation.summary, tags: [operation.tag], operationId: id });
    const { scopes } = operation;
    if (scopes === "public") expect(security).toEqual([]);
    else if (scopes === "vendor-signature") expect(security).toEqual([{ vendorSignature: [] }]);
    else expect(security).toEqual(scopes.map((scope) => ({ bearer: [scope] })));
  });

  it("names all parameters, and says what each is for", () => {
    const { def } = (operation.query?.() ?? z.object({}))._zod as unknown as { def: { shape: object } };
    expect(parametersIn(id, "path")).toEqual([...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    expect(parametersIn(id, "query")).toEqual(Object.keys(def.shape));
    expect(parametersIn(id, "header").includes("Idempotency-Key")).toBe(operation.idempotencyKey === true);
    expect(parametersIn(id, "header").includes("If-Match")).toBe(operation.ifMatch !== undefined);
    expect(parametersIn(id, "header").includes("If-None-Match")).toBe(operation.revalidates === true);
    for (const { name, description } of described(id).parameters ?? []) expect(description, name).not.toBe("");
  });

  it("has an example of a call that would be taken", () => {
    expect(Object.keys(example.path ?? {})).toEqual(parametersIn(id, "path"));
    if (operation.query) expect(z.safeParse(operation.query(), example.query ?? {})).toMatchObject({ success: true });
    expect(example.body === undefined).toBe(operation.body === undefined);
    if (!operation.body) return;
    expect(z.safeParse(operation.body(), example.body)).toMatchObject({ success: true });
    expect(operation.faults?.(example.body, "2026-12-31T00:00:00.000Z") ?? []).toEqual([]);
    expect(described(id).requestBody?.content["application/json"]?.example).toEqual(example.body);
  });

  it("has an example of its success that fits the schema", () => {
    expect(z.safeParse(responseSchemas[id], example.response)).toMatchObject({ success: true });
    const shown = described(id).responses[operation.status]?.content?.[mediaTypeOf(id)];
    expect(shown?.example).toEqual(example.response);
    for (const status of successStatusesOf(id)) {
      const media = described(id).responses[status]?.content?.[mediaTypeOf(id)];
      expect(media?.schema).toBeDefined();
      expect(z.safeParse(answerSchema(id, status, mediaTypeOf(id)) ?? z.never(), media?.example)).toMatchObject({ success: true });
    }
  });

  it("tells whether its answer may be kept, and asked about again", () => {
    const { responses } = described(id);
    const kept = operation.revalidates === true;
    expect(Object.hasOwn(responses, 304)).toBe(kept);
    expect(answerSchema(id, 304, "application/json")?.safeParse("").success ?? false).toBe(kept);
    if (!kept) return;
    for (const status of [operation.status, 304])
      expect(Object.keys(responses[status]?.headers ?? {})).toEqual(expect.arrayContaining(["ETag", "Cache-Control"]));
    expect(responses[304]?.content).toBeUndefined();
  });

  it.each(problemsOf(id))("tells of %s", (name) => {
    const { status } = problems[name];
    const media = described(id).responses[status]?.content?.["application/problem+json"];
    expect(media?.schema?.allOf?.flatMap((part) => part.properties?.type?.enum ?? [])).toContain(`/problems/${name}`);
    expect(media?.examples).toHaveProperty(name);
    const schema = answerSchema(id, status, "application/problem+json") ?? z.never();
    expect(z.safeParse(schema, document.components.examples[name]?.value)).toMatchObject({ success: true });
  });

  it("tells of what the gateway answers by itself", () => {
    for (const status of gatewayStatusesOf(id)) {
      const media = described(id).responses[status]?.content?.["application/json"];
      expect(media).toEqual({
        schema: { $ref: "#/components/schemas/GatewayError" },
        example: { message: gatewayMessages[status] },
      });
      expect(z.safeParse(answerSchema(id, status, "application/json") ?? z.never(), media?.example)).toMatchObject({
        success: true,
      });
    }
  });

  it("tells of nothing else", () => {
    const known = new Set<number>([
      ...successStatusesOf(id),
      ...(operation.revalidates ? [304] : []),
      ...problemsOf(id).map((name) => problems[name].status),
      ...gatewayStatusesOf(id),
    ]);
    expect(Object.keys(described(id).responses).map(Number).sort()).toEqual([...known].sort());
    expect(answerSchema(id, 418, "application/problem+json")).toBeUndefined();
    expect(answerSchema(id, operation.status, "application/problem+json")).toBeUndefined();
  });
});

it.each(Object.keys(problems) as ProblemName[])("the example of %s fits the schema of problems", (name) => {
  expect(z.safeParse(problemSchema, problemExample(name))).toMatchObject({ success: true });
});
