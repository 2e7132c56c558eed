import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { catalogue } from "../../../functions/lib/log-catalogue.ts";
import { metrics } from "../../../shared/api/operational-metrics.ts";

const root = join(import.meta.dirname, "../../..");
/** What runs in a function: its own code, comments aside. */
const sources = globSync(["functions/**/*.ts", "shared/**/*.ts"], { cwd: root }).map((file) => ({
  file,
  code: readFileSync(join(root, file), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, ""),
}));

describe("the catalogue of messages", () => {
  test("is the only door to the log", () => {
    const writers = sources
      .filter(({ code }) => /\bconsole\b|\bstdout\b|\bstderr\b|emitWarning/.test(code))
      .map(({ file }) => file);
    expect(writers).toEqual(["functions/lib/telemetry.ts"]);
  });

  test("has a field of plain text nowhere", () => {
    const { code } = sources.find(({ file }) => file === "functions/lib/log-catalogue.ts") ?? { code: "" };
    expect(code).not.toMatch(/Field<(string|any|object)\b|\b(word|id)<(string)?>/);
    for (const [message, { level, fields }] of Object.entries(catalogue)) {
      expect(message).toMatch(/^[a-z][a-z ]+$/);
      expect(["DEBUG", "INFO", "WARN", "ERROR"]).toContain(level);
      for (const [field, { holds }] of Object.entries(fields))
        for (const text of ["Ada Reyes", "Six weeks of physical therapy without relief.", "", {}, null, ["Ada Reyes"]])
          expect(holds(text), `${message}: ${field}`).toBe(false);
    }
  });

  test("has no message that nobody writes", () => {
    const code = sources.map((source) => source.code).join("\n");
    for (const message of Object.keys(catalogue).filter((name) => name !== "measured"))
      expect(code).toMatch(new RegExp(`log\\((\\w+ \\? )?("[a-z ]+" : )?"${message}"`));
  });
});

describe("the catalogue of metrics", () => {
  test("knows names and closed vocabularies only: no id, few values, none with room for a text", () => {
    for (const [name, { unit, dimensions, about }] of Object.entries(metrics)) {
      expect(name).toMatch(/^[A-Z][A-Za-z]+$/);
      expect(["Count", "Seconds"]).toContain(unit);
      expect(about).not.toBe("");
      const vocabularies = Object.values<readonly string[]>(dimensions);
      expect(vocabularies.reduce((combinations, values) => combinations * values.length, 1)).toBeLessThanOrEqual(18);
      for (const value of vocabularies.flat()) expect(value).toMatch(/^[a-z][a-z-]+$/);
    }
  });
});
