import { hash } from "node:crypto";
import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { rulesSchema } from "../../../shared/aws/stored-rules.ts";
import { canonicalJson } from "../../../shared/domain/canonical-json.ts";
import { categoriesShape } from "../../../shared/policy/plan-files.ts";
import { builtInRules } from "../../../shared/policy/rules-bundle.ts";
import builtIn from "../../../shared/policy/service-categories.json" with { type: "json" };

/** What others rely on once rules are released: ids, what a version says, and the shape in which versions are kept. */

/** Ids are added here, never taken away: who published or stored one finds it for ever. A rule ends by its effectiveTo. */
const published = {
  rules: [
    "behavioral-inpatient",
    "inpatient",
    "applied-behavior-analysis",
    "transcranial-magnetic-stimulation",
    "partial-hospital-program",
    "urine-drug-testing",
    "residential-behavioral-health",
    "imaging-mri-mra",
    "imaging-ct-cta",
    "imaging-pet",
    "non-emergent-ambulance",
    "ces-waiver",
    "home-care",
    "respite",
    "outpatient-therapy",
    "outpatient-mental-health-therapy",
    "dme-prosthetics-orthotics",
    "clinical-trial",
    "experimental-investigational",
    "elective-surgery",
    "drug",
  ],
  exceptions: ["delivery-stay", "caesarean-stay", "family-planning"],
  noAuthorization: [
    "office-and-hospital-visits",
    "preventive",
    "plain-film-and-ultrasound",
    "routine-laboratory",
    "minor-procedures",
    "maternity",
    "emergency-ambulance",
    "crisis-psychotherapy",
  ],
};

test.each(["rules", "exceptions", "noAuthorization"] as const)("the published ids of %s stay", (kind) => {
  const ids = builtIn[kind].map(({ id }) => id);
  expect(ids.toSorted()).toEqual(published[kind].toSorted());
});

/** The last line is the version that is built in; those before it were released. */
const digests: Readonly<Record<string, string>> = {
  "2026-11-22": "0f12a816e744c8e4c2b7bd7a98926fb0ae7be6a14c4fd9ad270272d88d2f1f67",
};

test("a version never changes: other rules get another version", () => {
  const { version, digest } = builtInRules();
  expect(
    { [version]: digest },
    `shared/policy/service-categories.json has changed. If version ${version} was released, give the file a new version and an effectiveFrom that is not over when it is deployed, and add a line here. If it was not, replace the digest here.`,
  ).toEqual({ [version]: digests[version] });
});

describe("stored rules are taken as they are", () => {
  /** What code reads of rules: names, kinds and words. How long a text may be is no matter of it. */
  const readPart = (schema: unknown): unknown => {
    if (Array.isArray(schema)) return schema.map(readPart);
    if (typeof schema !== "object" || schema === null) return schema;
    const { properties, ...rest } = schema as { properties?: Record<string, unknown> };
    const kept = Object.entries(rest).filter(([name]) => ["type", "required", "items", "enum", "anyOf"].includes(name));
    const parts = Object.entries(properties ?? {}).map(([name, part]) => [name, readPart(part)]);
    return {
      ...Object.fromEntries(kept.map(([name, part]) => [name, readPart(part)])),
      ...(properties && { properties: Object.fromEntries(parts) }),
    };
  };
  const shapes: Readonly<Record<string, string>> = {
    "1": "f1065c30a97e770c5071e2211d6e4ff057a2b63b5d1d7d6586645e001044e8b0",
  };

  test("so a change of their shape has its own schema", () => {
    const shape = hash("sha256", canonicalJson(readPart(z.toJSONSchema(categoriesShape())) as never), "hex");
    expect(
      { [rulesSchema]: shape },
      `The shape of the rules has changed. Rules that are stored under schema ${rulesSchema} are read without a check: raise rulesSchema in shared/aws/stored-rules.ts, make older rules what the code expects in shared/aws/dynamo-policies.ts, and add a line here.`,
    ).toEqual({ [rulesSchema]: shapes[rulesSchema] });
  });
});
