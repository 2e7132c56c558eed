import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { operations } from "../../shared/api/operations.ts";
import { caller, cloud } from "./client.ts";
import { expectProblem } from "./problems.ts";

const anybody = await caller(undefined);

describe("paths that are no operation's", () => {
  test.each([
    "/",
    "/v1",
    "/v2/requests",
    "/v1/requests/",
    "/v1/requests/PA-1/nothing",
    "/admin",
    "/.env",
    "/openapi.yaml",
    "/docs/",
  ])("%s is not found, whoever asks", async (path) => {
    for (const method of ["GET", "POST", "DELETE"]) expectProblem(await anybody.call(method, path), "route-not-found");
  });

  test("a path of ours with another method says which are allowed", async () => {
    const paths = new Map<string, string[]>();
    for (const { path, method } of Object.values(operations)) paths.set(path, [...(paths.get(path) ?? []), method]);
    for (const [path, methods] of paths) {
      // A search's path is also that of a request with an odd id.
      const allowed = path === "/v1/requests/search" ? ["GET", "POST"] : methods;
      for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((one) => !allowed.includes(one))) {
        const answer = await anybody.call(method, path.replaceAll(/\{\w+\}/g, "anything"));
        expectProblem(answer, "method-not-allowed");
        expect(answer.headers.get("allow")?.split(", ").toSorted(), `${method} ${path}`).toEqual(allowed.toSorted());
      }
    }
  });

  test("neither asks for a token first, nor repeats the path", async () => {
    const answer = await anybody.get("/v1/members/10487654321/Ada-Reyes");
    expectProblem(answer, "route-not-found");
    expect(answer.text).not.toMatch(/Ada|104876/);
  });
});

describe("every answer", () => {
  test("carries the headers that keep a browser from guessing", async () => {
    const answers = [
      await anybody.get("/nowhere"),
      await anybody.get("/openapi.json"),
      await anybody.get("/docs"),
      await anybody.get("/v1/procedure-codes/72148"),
    ];
    for (const { headers } of answers) {
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("strict-transport-security")).toMatch(/max-age=\d+/);
      expect(headers.get("x-powered-by")).toBeNull();
    }
  });
});

describe("the API's document", () => {
  test("is served as it was derived from the table", async () => {
    const { status, headers, body } = await anybody.get("/openapi.json");
    expect(status).toBe(200);
    expect(headers.get("content-type")).toMatch(/^application\/json/);
    expect(body.openapi).toMatch(/^3\.1\./);
    const described = Object.entries<object>(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((name) => /^(get|put|post|delete|patch)$/.test(name))
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.toSorted()).toEqual(
      Object.values(operations)
        .map(({ method, path }) => `${method} ${path}`)
        .toSorted(),
    );
  });
});

describe("the page for people", async () => {
  const page = await anybody.get("/docs");

  test("fetches nothing from elsewhere", () => {
    expect(page.status).toBe(200);
    expect(page.headers.get("content-type")).toMatch(/^text\/html/);
    expect(page.text).toContain('src="/docs/reference.js"');
    expect(page.text).toContain('data-url="/openapi.json"');
    expect(page.text).not.toMatch(/https?:\/\/|src="\/\//);
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|\*/);
  });

  test("has a script that is ours, compressed, and JavaScript once it is unpacked", async () => {
    const answer = await fetch(`${cloud.api}/docs/reference.js`, { headers: { "accept-encoding": "gzip" } });
    expect(answer.headers.get("content-type")).toMatch(/^text\/javascript/);
    expect(answer.headers.get("content-encoding")).toBe("gzip");
    const script = await answer.text();
    expect(script.length).toBeGreaterThan(1_000_000);
    expect(() => new Function(script)).not.toThrow();
    // What `fetch` unpacked by itself really came packed.
    const { request } = await import("node:http");
    const packed = await new Promise<Buffer>((resolve, reject) =>
      request(`${cloud.api}/docs/reference.js`, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () => resolve(Buffer.concat(chunks)));
      })
        .on("error", reject)
        .end(),
    );
    expect(packed.subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
    expect(gunzipSync(packed).toString("utf8")).toBe(script);
  });
});
