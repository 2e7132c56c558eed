import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { functions } from "../../infra/functions.ts";
import type { Grant } from "../../infra/local/iam/grants.ts";
import { vendorStandIn } from "../../infra/stand-ins/vendor-stand-in-stack.ts";
import { exceptions } from "./exceptions.ts";
import { proofOf } from "./proofs.ts";
import { readRecord } from "./record.ts";
import { everyGrant, grantsOf, localTemplate, plant } from "./template.ts";
import { excepted, refusedWithoutReason, testsThatAreNot, unusedExceptions, unusedGrants, wildcardActions } from "./verdicts.ts";

/** Runs after the tests of the other projects, whose calls it looks at. */
const record = readRecord();
const grants = everyGrant();
const temporary: string[] = [];
afterAll(() => {
  for (const directory of temporary) rmSync(directory, { recursive: true, force: true });
});

describe("every grant of the template", () => {
  test("is used by a test, or is an exception with its reason", () => {
    expect(record.length, "the tests of the API must have run before: vitest run").toBeGreaterThan(0);
    expect(unusedGrants(grants, record)).toEqual([]);
  });

  test("names its actions in full", () => expect(wildcardActions(grants)).toEqual([]));

  test("is all of a service only where that is the key whose policy it is", () => {
    expect(grants.filter(({ resource, holder }) => /^(\*|Not)/.test(resource) && !holder.includes(":key/"))).toEqual([]);
  });

  test("has a test that fails without it, and that test is there", () => {
    expect(grants.filter((grant) => proofOf(grant) === undefined).map(({ holder, action }) => `${holder} ${action}`)).toEqual([]);
    const proofs = [...new Set(grants.flatMap((grant) => proofOf(grant) ?? []))];
    const rows = [...Object.keys(functions), vendorStandIn];
    expect(testsThatAreNot(proofs, (file) => readFileSync(join(import.meta.dirname, "../..", file), "utf8"), rows)).toEqual([]);
  });

  test("is looked at, also where only a deployed stage has it", () => {
    const holders = new Set(grants.map(({ holder }) => holder).filter((holder) => holder.includes("-dev-")));
    const functionArn = "arn:aws:lambda:us-east-1:000000000000:function:";
    const only = ["prior-auth-dev-shape-token", "prior-auth-dev-vendor-stand-in"];
    expect([...holders]).toEqual([...only, ...only.map((name) => functionArn + name)]);
  });
});

test("no exception is left over", () => expect(unusedExceptions(exceptions, grants, record)).toEqual([]));

test("nothing was refused but what has to be", () => expect(refusedWithoutReason(record)).toEqual([]));

describe("what is planted is named", () => {
  const planted = (action: string): readonly Grant[] => {
    const directory = join(tmpdir(), `planted-${process.pid}-${temporary.length}`);
    temporary.push(directory);
    const assembly = localTemplate(directory);
    plant(assembly, {
      role: "prior-auth-local-get-document",
      action,
      resource: "arn:aws:s3:::prior-auth-local-records-000000000000-us-east-1/*",
    });
    return grantsOf(assembly);
  };

  test("an action by a wildcard", () => {
    expect(wildcardActions(planted("s3:*"))).toEqual([expect.stringMatching(/^prior-auth-local-get-document s3:\* /)]);
  });

  test("a right that nobody uses", () => {
    const unused = unusedGrants(planted("s3:DeleteObject"), record);
    expect(unused).toEqual([expect.stringMatching(/^prior-auth-local-get-document s3:DeleteObject /)]);
    expect(excepted({ statement: "", holder: "prior-auth-local-get-document", action: "s3:DeleteObject", resource: "" })).toBe(
      false,
    );
  });
});
