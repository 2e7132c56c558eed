import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { afterEach, describe, expect, test, vi } from "vitest";
import { env } from "../../../functions/lib/env.ts";
import { jsonBody, type ReadBody } from "../../../functions/lib/json-body.ts";
import { principalFrom } from "../../../functions/lib/principal.ts";
import { problemDetails } from "../../../functions/lib/problem-details.ts";
import { json, problem } from "../../../functions/lib/reply.ts";
import { requestReply } from "../../../functions/lib/request-reply.ts";
import type { IdentityProfile } from "../../../shared/api/identity-profile.ts";
import { type ProblemName, problems } from "../../../shared/api/problems.ts";
import { aRequest } from "../../builders.ts";

const profile: IdentityProfile = {
  claims: { organization: "org", scope: "scope", name: "name", credential: "credential", specialty: "specialty" },
  scopePrefix: "",
};

describe("who calls", () => {
  test("is told by the token's claims; a name makes a person", () => {
    const claims = {
      iss: "https://issuer",
      sub: "kim",
      org: "org-demo",
      scope: "reviews:read reviews:write",
      name: "Kim",
      credential: "RN",
    };
    expect(principalFrom(claims, profile)).toEqual({
      issuer: "https://issuer",
      subject: "kim",
      organization: "org-demo",
      scopes: new Set(["reviews:read", "reviews:write"]),
      person: { name: "Kim", credential: "RN", specialty: null },
    });
  });
  test("is nobody without claims, and has no scopes", () => {
    expect(principalFrom({}, profile)).toEqual({ issuer: "", subject: "", organization: null, scopes: new Set(), person: null });
  });
  test("is a machine without a name, and has no organization by an empty one", () => {
    expect(principalFrom({ sub: "desk", org: "", scope: " requests:read  ", name: "" }, profile)).toMatchObject({
      organization: null,
      person: null,
      scopes: new Set(["requests:read"]),
    });
  });
  test("is not told by claims of another type", () => {
    expect(principalFrom({ sub: 7, org: true, scope: 1, name: 1 }, profile)).toMatchObject({
      subject: "",
      organization: null,
      scopes: new Set(),
      person: null,
    });
  });
  test.each([["requests:read requests:write"], ["[requests:read requests:write]"], [["requests:read", "requests:write"]]])(
    "may do what the issuer lists, however it writes a list: %o",
    (scope) => expect(principalFrom({ scope }, profile).scopes).toEqual(new Set(["requests:read", "requests:write"])),
  );
  test("may do nothing by scopes without the issuer's prefix", () => {
    const scope = "https://api.example/requests:read reviews:read";
    expect(principalFrom({ scope }, { ...profile, scopePrefix: "https://api.example/" }).scopes).toEqual(
      new Set(["requests:read"]),
    );
  });
  test("may do nothing by a token of another type", () => {
    const tokenType = { claim: "token_use", accepted: ["access"] };
    const scopes = (use: string) => principalFrom({ scope: "requests:read", token_use: use }, { ...profile, tokenType }).scopes;
    expect([scopes("access").size, scopes("id").size]).toEqual([1, 0]);
  });
});

describe("a body", () => {
  async function read(body: string | undefined, contentType: string | undefined = "application/json", isBase64Encoded = false) {
    const event = { body, isBase64Encoded, headers: { "content-type": contentType } } as unknown as APIGatewayProxyEventV2 & {
      readBody?: ReadBody;
    };
    await jsonBody().before?.({ event } as never);
    return event.readBody;
  }

  test("is JSON, however the gateway hands it over", async () => {
    expect(await read('{"a":"é"}')).toMatchObject({ value: { a: "é" }, raw: Buffer.from('{"a":"é"}') });
    expect(await read(Buffer.from('{"a":"é"}').toString("base64"), "application/json", true)).toMatchObject({ value: { a: "é" } });
  });
  test.each(["application/json; charset=utf-8", "APPLICATION/JSON", "application/merge-patch+json"])(
    "may come as %s",
    async (type) => {
      expect(await read("{}", type)).toMatchObject({ value: {} });
    },
  );
  test.each(["text/plain", "application/jsonp", "application/x-www-form-urlencoded", "", "multipart/form-data"])(
    "may not come as %o",
    async (type) => expect(await read("{}", type)).toMatchObject({ problem: "unsupported-media-type" }),
  );
  test.each([undefined, "", "{", "nul", "{'a':1}", '\uFEFF{"a":1}', '{"a":1}{"b":2}', "NaN"])(
    "that is %o is malformed",
    async (body) => {
      expect(await read(body)).toMatchObject({ problem: "malformed-json" });
    },
  );
  test("has 256 KB at most, counted in bytes", async () => {
    expect(await read(JSON.stringify("é".repeat(131_071)))).toHaveProperty("value");
    expect(await read(JSON.stringify("é".repeat(131_072)))).toMatchObject({ problem: "body-too-large" });
  });
  test("that is hostile does not reach the parser", async () => {
    const parse = vi.spyOn(JSON, "parse");
    expect(await read(`${"[".repeat(100_000)}`)).toMatchObject({ problem: "malformed-json" });
    expect(parse).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
  test("is never repeated in what is wrong with it", async () => {
    const wrong = [
      await read('{"Reyes"'),
      await read('{"Reyes":1,"Reyes":2}'),
      await read("Reyes"),
      await read("Reyes", "text/plain"),
    ];
    for (const one of wrong) expect(JSON.stringify({ ...one, raw: null })).not.toContain("Reyes");
  });
});

describe("an answer", () => {
  test("is JSON that nobody keeps", () => {
    expect(json(200, { body: { a: 1 } })).toMatchObject({
      statusCode: 200,
      headers: { "content-type": "application/json", "cache-control": "no-store" },
      body: '{"a":1}',
    });
  });
  test("about a request has its version as ETag", () => {
    expect(requestReply(aRequest())).toMatchObject({
      headers: { etag: '"1"' },
      body: { version: 1, status: "awaiting-information" },
    });
  });
  test.each(Object.keys(problems) as ProblemName[])("that refuses with %s is a problem of RFC 9457", (name) => {
    const answer = problem({ problem: name, detail: "Try again.", errors: [{ pointer: "/a", detail: "Required." }] }, "trace-1");
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(JSON.parse(answer.body)).toEqual({
      type: `/problems/${name}`,
      title: problems[name].title,
      status: answer.statusCode,
      detail: "Try again.",
      traceId: "trace-1",
      errors: [{ pointer: "/a", detail: "Required." }],
    });
    expect("retry-after" in answer.headers).toBe(answer.statusCode === 503);
  });
});

describe("an exception", () => {
  afterEach(() => void vi.restoreAllMocks());

  async function answerTo(error: unknown) {
    const streams = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write").mockReturnValue(true));
    const request = { error, event: { requestContext: { requestId: "trace-1" } }, response: undefined as unknown };
    await problemDetails("submitRequest").onError?.(request as never);
    return {
      body: JSON.parse((request.response as { body: string }).body) as unknown,
      logged: JSON.stringify(streams.map(({ mock }) => mock.calls)),
    };
  }
  const named = (name: string, more: object = {}) => Object.assign(new Error("Ada Reyes 10487654321"), { name, ...more });

  test.each([
    ["a bug", new TypeError("Ada Reyes 10487654321"), "internal-error", 500],
    ["something that is no error", "Ada Reyes 10487654321", "internal-error", 500],
    ["AWS out of service", named("InternalServerError", { $fault: "server" }), "temporarily-unavailable", 503],
    ["AWS throttling us", named("ThrottlingException", { $fault: "client" }), "temporarily-unavailable", 503],
    ["a call that AWS finds wrong", named("ValidationException", { $fault: "client" }), "internal-error", 500],
    ["a request that has grown too large", named("RequestTooLarge"), "request-too-large", 422],
  ])("becomes a problem: %s", async (_, error, name, status) => {
    const { body, logged } = await answerTo(error);
    expect(body).toMatchObject({ type: `/problems/${name}`, status, traceId: "trace-1" });
    expect(JSON.stringify(body) + logged).not.toMatch(/Ada|Reyes|10487654321/);
  });

  test("is logged by its name and where it arose", async () => {
    const { logged } = await answerTo(named("ValidationException", { cause: "Ada", $metadata: {} }));
    expect(logged).toContain("ValidationException");
    expect(logged).toContain("edge.test.ts");
    expect(logged).not.toContain("Ada");
  });
});

describe("settings", () => {
  afterEach(() => void vi.unstubAllEnvs());

  test("are those of the environment", () => {
    vi.stubEnv("TABLE_NAME", "prior-auth-local");
    expect(env("TABLE_NAME")).toEqual({ TABLE_NAME: "prior-auth-local" });
  });
  test("that are missing or empty stop the function at its start, by name", () => {
    vi.stubEnv("TABLE_NAME", "");
    expect(() => env("TABLE_NAME", "NO_SUCH_SETTING")).toThrow("missing in the environment: TABLE_NAME, NO_SUCH_SETTING");
  });
});
