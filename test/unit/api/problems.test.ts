import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type OperationId, operations, problemsOf } from "../../../shared/api/operations.ts";
import { type ProblemName, problems } from "../../../shared/api/problems.ts";
import { sourceFiles } from "../../source-files.ts";

const names = Object.keys(problems) as ProblemName[];
const catalogues = ["shared/api/problems.ts", "shared/api/operations.ts", "shared/domain/result.ts"];
/** Everything that refuses: the domain, the use cases, the edge. */
const refusing = [...sourceFiles("shared"), ...sourceFiles("functions")]
  .filter((file) => !catalogues.includes(file))
  .map((file) => readFileSync(file, "utf8"))
  .join("\n");

describe("the catalogue of problems", () => {
  test.each(names)("%s has a status of its kind and a title", (name) => {
    expect(problems[name].status).toBeGreaterThanOrEqual(400);
    expect(problems[name].title).toMatch(/^[A-Z]/);
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  test.each(names)("%s is answered somewhere", (name) => {
    expect(refusing).toContain(`"${name}"`);
  });

  test("every name that is refused has an entry", () => {
    const refused = [...refusing.matchAll(/(?:refuse\(\s*|problem: )"([a-z-]+)"/g)].map(([, name]) => name);
    expect(refused.length).toBeGreaterThan(20);
    for (const name of refused) expect(names).toContain(name);
  });

  test("every problem can be met at some operation, or where there is none", () => {
    const met = new Set<ProblemName>((Object.keys(operations) as OperationId[]).flatMap((id) => [...problemsOf(id)]));
    expect(names.filter((name) => !met.has(name)).sort()).toEqual(["method-not-allowed", "route-not-found"]);
  });
});

describe("the table of operations", () => {
  const table = Object.entries(operations);

  test("has each method and path once", () => {
    const places = table.map(([, { method, path }]) => `${method} ${path}`);
    expect(new Set(places).size).toBe(places.length);
  });

  test("takes bodies with POST only, and an Idempotency-Key where something is created by chance otherwise", () => {
    for (const [id, operation] of table) {
      if ("body" in operation) expect(operation.method, id).toBe("POST");
      if ("idempotencyKey" in operation) expect(operation.problems, id).toContain("idempotency-key-required");
    }
  });

  test("carries nothing personal in a path", () => {
    for (const [, { path }] of table) expect(path).not.toMatch(/member/i);
  });

  test.each(table)("%s names its problems once, and only those of the catalogue", (id) => {
    const own = operations[id as OperationId].problems;
    expect(new Set(own).size).toBe(own.length);
    for (const name of problemsOf(id as OperationId)) expect(names).toContain(name);
  });
});
