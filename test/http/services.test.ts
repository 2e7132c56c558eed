import { describe, expect, test } from "vitest";
import { policy } from "../../shared/policy/policy.ts";
import { caller, type Json } from "./client.ts";

const anybody = await caller(undefined);
const list = await anybody.get("/v1/services");
const { services, exceptions, noAuthorization, decisionOrder } = list.body as Json;
const ids = (items: Json) => items.map((item: Json) => item.id);

describe("the published list", () => {
  test("names every service of the rules once, with all that leads to it", () => {
    expect(list.status, list.text).toBe(200);
    expect(list.body).toMatchObject({ policyVersion: policy.version, effectiveFrom: policy.effectiveFrom });
    expect(ids(services)).toEqual(policy.rules.map(({ id }) => id));
    expect(new Set(ids(services)).size).toBe(services.length);
    for (const [index, rule] of policy.rules.entries())
      expect(services[index]).toMatchObject({
        group: rule.group,
        name: rule.name,
        meaning: rule.meaning,
        source: rule.source,
        precedence: index + 1,
        effectiveFrom: rule.effectiveFrom,
        effectiveTo: rule.effectiveTo ?? null,
        route: rule.route,
        codes: rule.match.codes ?? [],
        revenueCodes: rule.match.revenue ?? [],
        modifiers: rule.match.modifiers ?? [],
        diagnoses: rule.match.diagnoses ?? [],
        excluded: rule.exclude ?? [],
        unconfirmed: rule.verify ?? [],
        only: rule.only ?? null,
        alsoWhen: rule.alsoWhen ?? null,
        countsVisits: rule.countsVisits === true,
      });
  });

  test("has every group that the plan publishes, advanced imaging for the vendor", () => {
    expect(new Set(services.map((service: Json) => service.group))).toEqual(
      new Set(["waiver", "physical-health", "behavioral-health", "advanced-imaging"]),
    );
    for (const { group, route } of services) expect(route).toBe(group === "advanced-imaging" ? "vendor" : "plan");
  });

  test("says in words what each thing covers, and where it comes from", () => {
    for (const item of [...services, ...exceptions, ...noAuthorization, ...decisionOrder]) {
      expect(item.meaning, item.id).toMatch(/\w.*\.$/);
      expect(item.source, item.id).toMatch(/\w/);
    }
  });

  test("gives the exceptions and what needs none", () => {
    expect(ids(exceptions)).toEqual(policy.exceptions.map(({ id }) => id));
    expect(ids(noAuthorization)).toEqual(policy.noAuthorization.map(({ id }) => id));
    expect(noAuthorization.every((free: Json) => free.codes.length > 0)).toBe(true);
    expect(ids(decisionOrder)).toEqual(policy.decisionOrder.map(({ id }) => id));
  });

  test("tells whom to contact, and reminds of benefits", () => {
    expect(list.body.reminder).toBe("Check benefit coverage and limits before providing services.");
    expect(list.body.contacts).toEqual({
      plan: [
        { channel: "portal", name: "Provider Portal", note: "Preferred: answers at once where possible." },
        { channel: "mail", name: "Mail", address: "P.O. Box 1307, Dayton, OH 45401-1307" },
      ],
      vendor: [{ channel: "portal", name: "NIA", url: "https://www.radmd.com" }],
    });
  });

  test("has stable ids: whatever category a line gets stands in it", async () => {
    for (const code of ["72148", "97110", "E0601", "G0480", "J1745", "A0428"]) {
      const { answers } = (await anybody.get(`/v1/procedure-codes/${code}`)).body;
      for (const { category } of answers) if (category !== null) expect(ids(services)).toContain(category);
    }
  });
});

describe("an answer that stays the same", () => {
  const paths = ["/v1/services", "/v1/procedure-codes/72148", "/v1/procedure-codes/72148?setting=outpatient&emergency=false"];

  test.each(paths)("%s may be kept, and is not sent again to who has it", async (path) => {
    const first = await anybody.get(path);
    const etag = first.headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    expect(first.headers.get("cache-control")).toBe("public, max-age=300");
    expect((await anybody.get(path)).headers.get("etag")).toBe(etag);

    for (const known of [etag, `W/${etag}`, `"another", ${etag}`, "*"]) {
      const again = await anybody.get(path, { "if-none-match": known });
      expect(again.status).toBe(304);
      expect(again.text).toBe("");
      expect(again.headers.get("etag")).toBe(etag);
      expect(again.headers.get("cache-control")).toBe("public, max-age=300");
    }
    for (const other of ['"another"', etag.slice(1, -1)]) {
      const whole = await anybody.get(path, { "if-none-match": other });
      expect(whole.status).toBe(200);
      expect(whole.text).toBe(first.text);
    }
  });

  test("other facts, another answer, another tag", async () => {
    const tags = await Promise.all(paths.map(async (path) => (await anybody.get(path)).headers.get("etag")));
    expect(new Set(tags).size).toBe(paths.length);
  });

  test("a refusal is kept by nobody", async () => {
    const refused = await anybody.get("/v1/procedure-codes/MRI", { "if-none-match": "*" });
    expect(refused.status).toBe(400);
    expect(refused.headers.get("cache-control")).toBe("no-store");
    expect(refused.headers.get("etag")).toBeNull();
  });
});
