import { createHmac } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { importJWK, type JWK, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadAssembly } from "../../infra/local/assembly.ts";
import { openClock } from "../../infra/local/clock.ts";
import { functionDefinitions } from "../../infra/local/functions/definitions.ts";
import { type Outcome, startFunctions } from "../../infra/local/functions/start-functions.ts";
import type { HttpEvent } from "../../infra/local/gateway/event.ts";
import { openThrottle } from "../../infra/local/gateway/throttle.ts";
import { type AccessLogEntry, type Gateway, startGateway } from "../../infra/local/gateway.ts";
import { openIdentities } from "../../infra/local/identities.ts";
import { type Issuer, signToken, startIssuer } from "../../infra/local/issuer.ts";
import { type Resources, temporaryDirectory, writeAssembly } from "./fixture-assembly.ts";

const directory = temporaryDirectory();

/** An API with a route for each key; those with scopes (even none) are behind the authorizer. */
const apiWith = (
  routes: Record<string, string[] | undefined>,
  { issuer = "http://127.0.0.1:9", api = {}, stage = {}, integration = {} }: Record<string, string | object> = {},
) => {
  const resources: Resources = {
    Api: { Type: "AWS::ApiGatewayV2::Api", Properties: { Name: "desk", ProtocolType: "HTTP", ...(api as object) } },
    Stage: {
      Type: "AWS::ApiGatewayV2::Stage",
      Properties: { ApiId: { Ref: "Api" }, StageName: "$default", AutoDeploy: true, ...(stage as object) },
    },
    Echo: {
      Type: "AWS::Lambda::Function",
      Properties: {
        FunctionName: "echo",
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Role: "arn:aws:iam::000000000000:role/echo",
        Code: { S3Key: "echo.zip" },
      },
    },
    Integration: {
      Type: "AWS::ApiGatewayV2::Integration",
      Properties: {
        ApiId: { Ref: "Api" },
        IntegrationType: "AWS_PROXY",
        IntegrationUri: { "Fn::GetAtt": ["Echo", "Arn"] },
        PayloadFormatVersion: "2.0",
        ...(integration as object),
      },
    },
    Authorizer: {
      Type: "AWS::ApiGatewayV2::Authorizer",
      Properties: {
        ApiId: { Ref: "Api" },
        AuthorizerType: "JWT",
        IdentitySource: ["$request.header.Authorization"],
        JwtConfiguration: { Audience: ["prior-authorization"], Issuer: issuer },
      },
    },
  };
  for (const [index, [RouteKey, scopes]] of Object.entries(routes).entries()) {
    const guarded = scopes && { AuthorizationType: "JWT", AuthorizerId: { Ref: "Authorizer" }, AuthorizationScopes: scopes };
    resources[`Route${index}`] = {
      Type: "AWS::ApiGatewayV2::Route",
      Properties: {
        ApiId: { Ref: "Api" },
        RouteKey,
        Target: { "Fn::Join": ["/", ["integrations", { Ref: "Integration" }]] },
        ...guarded,
      },
    };
  }
  const assets = { echo: { "index.js": "exports.handler = async () => ({ statusCode: 200, body: 'ok' });" } };
  return loadAssembly(writeAssembly({ desk: { resources, assets } }));
};

const now = new Date("2027-03-05T09:08:07.123Z");
const gateways: Gateway[] = [];
const echo = async (_: string, event: unknown): Promise<Outcome> => ({ ok: true, payload: event });
const serve = async (
  assembly: ReturnType<typeof apiWith>,
  invoke: (name: string, event: HttpEvent) => Promise<Outcome> = echo,
  onLog: (entry: AccessLogEntry) => void = () => {},
) => {
  const gateway = await startGateway({
    port: 0,
    assembly,
    invoke: (name, event) => invoke(name, event as HttpEvent),
    now: () => now,
    onLog,
  });
  gateways.push(gateway);
  return gateway;
};
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()));
});

const eventFrom = async (gateway: Gateway, path: string, init: RequestInit = {}) => {
  const response = await fetch(gateway.url + path, init);
  expect(response.status).toBe(200);
  return (await response.json()) as HttpEvent & { body?: string; queryStringParameters?: object; pathParameters?: object };
};

describe("the event a function gets", () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await serve(apiWith({ "POST /v1/requests/{requestId}": undefined, $default: undefined }));
  });

  it("is payload format 2.0", async () => {
    const event = await eventFrom(gateway, "/v1/requests/PA%2D1?status=open&status=closed&q=a%20b+c", {
      method: "POST",
      headers: { "Content-Type": "application/json", "User-Agent": "desk/1", Cookie: "a=1; b=2", "X-Twice": "one, two" },
      body: '{"né":1}',
    });
    const { apiId } = event.requestContext;
    expect(event).toEqual({
      version: "2.0",
      routeKey: "POST /v1/requests/{requestId}",
      rawPath: "/v1/requests/PA-1",
      rawQueryString: "status=open&status=closed&q=a%20b+c",
      cookies: ["a=1", "b=2"],
      headers: expect.objectContaining({
        "content-type": "application/json",
        "content-length": "9",
        host: `127.0.0.1:${gateway.port}`,
        "user-agent": "desk/1",
        "x-twice": "one, two",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-port": String(gateway.port),
        "x-forwarded-proto": "http",
        "x-amzn-trace-id": expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      }),
      queryStringParameters: { status: "open,closed", q: "a b c" },
      pathParameters: { requestId: "PA-1" },
      requestContext: {
        accountId: "000000000000",
        apiId: expect.stringMatching(/^[0-9a-f]{10}$/),
        domainName: `${apiId}.execute-api.us-east-1.amazonaws.com`,
        domainPrefix: apiId,
        http: { method: "POST", path: "/v1/requests/PA-1", protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "desk/1" },
        requestId: expect.stringMatching(/^[\w-]{15}=$/),
        routeKey: "POST /v1/requests/{requestId}",
        stage: "$default",
        time: "05/Mar/2027:09:08:07 +0000",
        timeEpoch: now.getTime(),
      },
      body: '{"né":1}',
      isBase64Encoded: false,
    });
    expect(event.headers).not.toHaveProperty("cookie");
  });

  it("leaves out what is not there", async () => {
    const event = await eventFrom(gateway, "/anything");
    expect(event).toMatchObject({ routeKey: "$default", rawQueryString: "", isBase64Encoded: false });
    for (const name of ["cookies", "queryStringParameters", "pathParameters", "body", "stageVariables"]) {
      expect(event).not.toHaveProperty(name);
    }
    expect(event.requestContext).not.toHaveProperty("authorizer");
  });

  it.each([
    ["text/plain", false],
    ["text/html; charset=utf-8", false],
    ["application/json", false],
    ["Application/JSON; charset=utf-8", false],
    ["application/xml", false],
    ["application/problem+json", true],
    ["application/x-www-form-urlencoded", true],
    ["application/pdf", true],
    [undefined, true],
  ])("has a body of type %s in base64: %s", async (contentType, encoded) => {
    const headers = contentType === undefined ? {} : { "Content-Type": contentType };
    // Bytes, so that fetch does not add a type of its own.
    const event = await eventFrom(gateway, "/x", { method: "POST", headers, body: Buffer.from("hello") });
    expect(event).toMatchObject({ isBase64Encoded: encoded, body: encoded ? "aGVsbG8=" : "hello" });
  });

  it("keeps every byte of a text that is not UTF-8", async () => {
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
    const event = await eventFrom(gateway, "/x", { method: "POST", headers: { "Content-Type": "application/json" }, body: bytes });
    expect(event).toMatchObject({ isBase64Encoded: true, body: bytes.toString("base64") });
  });

  it("joins repeated headers by commas", async () => {
    const raw = httpRequest(`${gateway.url}/x`, {
      headers: ["Host", "x", "X-Tag", "one", "x-tag", "two", "Cookie", "a=1", "Cookie", "b=2"],
    });
    raw.end();
    const [response] = await once(raw, "response");
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    const event = JSON.parse(Buffer.concat(chunks).toString()) as HttpEvent;
    expect(event.headers["x-tag"]).toBe("one,two");
    expect(event).toMatchObject({ cookies: ["a=1", "b=2"] });
  });
});

describe("a route", () => {
  it.each([
    ["GET", "/pets/dog/1", "GET /pets/dog/1"],
    ["GET", "/pets/dog/2", "GET /pets/dog/{id}"],
    ["POST", "/pets/dog/2", "ANY /pets/dog/{id}"],
    ["GET", "/pets/cat/1", "GET /pets/{proxy+}"],
    ["DELETE", "/pets/cat/1", "ANY /{proxy+}"],
    ["GET", "/pets/", "ANY /{proxy+}"],
    ["GET", "/pets/dog/%32", "GET /pets/dog/{id}"],
    ["GET", "/pets/dog%2F1", "GET /pets/dog/1"],
    ["GET", "/", "$default"],
  ])("for %s %s is %s", async (method, path, routeKey) => {
    const keys = ["$default", "ANY /{proxy+}", "GET /pets/{proxy+}", "ANY /pets/dog/{id}", "GET /pets/dog/{id}", "GET /pets/dog/1"];
    const gateway = await serve(apiWith(Object.fromEntries(keys.map((key) => [key, undefined]))));
    expect(await eventFrom(gateway, path, { method })).toMatchObject({ routeKey });
  });

  it("that is not there is the gateway's own 404", async () => {
    const gateway = await serve(apiWith({ "GET /here": undefined }));
    for (const [method, path] of [
      ["GET", "/there"],
      ["POST", "/here"],
      ["GET", "/here/"],
    ] as const) {
      const response = await fetch(gateway.url + path, { method });
      expect([response.status, await response.text()]).toEqual([404, '{"message":"Not Found"}']);
    }
  });

  it("of a named stage lies below its name", async () => {
    const gateway = await serve(apiWith({ "GET /here": undefined }, { stage: { StageName: "blue" } }));
    expect(await eventFrom(gateway, "/blue/here")).toMatchObject({ routeKey: "GET /here", rawPath: "/blue/here" });
    expect((await fetch(`${gateway.url}/here`)).status).toBe(404);
  });

  it.each([
    ["an authorization that is not known", { AuthorizationType: "AWS_IAM" }, {}, /AWS_IAM/],
    ["an integration that is no Lambda proxy", {}, { IntegrationType: "HTTP_PROXY" }, /Integration: only Lambda/],
    ["a function that is not there", {}, { IntegrationUri: "arn:aws:lambda:us-east-1:1:function:nobody" }, /no function/],
  ])("with %s cannot be served", async (_, route, integration, message) => {
    const assembly = apiWith({ "GET /here": undefined }, { integration });
    Object.assign(assembly.resources("AWS::ApiGatewayV2::Route")[0]?.properties ?? {}, route);
    await expect(serve(assembly)).rejects.toThrow(message);
  });
});

describe("a function's answer", () => {
  const answering = async (payload: unknown) => {
    const gateway = await serve(apiWith({ $default: undefined }), async () => ({ ok: true, payload }));
    return fetch(`${gateway.url}/`);
  };

  it("with a status code is the response", async () => {
    const response = await answering({
      statusCode: 201,
      headers: { Location: "/v1/requests/1", ETag: 7, "Content-Type": "application/json", Connection: "close", Date: "never" },
      cookies: ["a=1; Path=/", "b=2"],
      body: '{"né":true}',
    });
    expect(response.status).toBe(201);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      location: "/v1/requests/1",
      etag: "7",
      "content-type": "application/json",
      "content-length": "12",
      date: "Fri, 05 Mar 2027 09:08:07 GMT",
      "apigw-requestid": expect.stringMatching(/^[\w-]{15}=$/),
      connection: "keep-alive",
    });
    expect(response.headers.getSetCookie()).toEqual(["a=1; Path=/", "b=2"]);
    expect(await response.text()).toBe('{"né":true}');
  });

  it("in base64 is sent as bytes, and without a type as text", async () => {
    const bytes = await answering({
      statusCode: 200,
      headers: { "content-type": "application/pdf" },
      body: "AP8=",
      isBase64Encoded: true,
    });
    expect(Buffer.from(await bytes.arrayBuffer())).toEqual(Buffer.from([0, 255]));
    expect((await answering({ statusCode: "200", body: "x" })).headers.get("content-type")).toBe("text/plain; charset=utf-8");
    const empty = await answering({ statusCode: 204 });
    expect([empty.status, empty.headers.get("content-length"), await empty.text()]).toEqual([204, null, ""]);
  });

  it.each([
    [{ message: "hello" }, '{"message":"hello"}'],
    ["hello", '"hello"'],
    [[1, 2], "[1,2]"],
    [null, "null"],
  ])("without a status code is the JSON of a 200: %j", async (payload, body) => {
    const response = await answering(payload);
    expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([200, "application/json", body]);
  });

  it.each([
    { statusCode: "many" },
    { statusCode: 99 },
    { statusCode: 200, body: { not: "text" } },
    { statusCode: 200, headers: { "bad name": "x" } },
    { statusCode: 200, headers: { x: "split\r\nheader: y" } },
    { statusCode: 200, headers: { x: { deep: true } } },
    { statusCode: 200, cookies: "a=1" },
  ])("that is no response is an internal server error: %j", async (payload) => {
    const response = await answering(payload);
    expect([response.status, await response.text()]).toEqual([500, '{"message":"Internal Server Error"}']);
  });

  it("that is an error is a 500, one that does not come in time a 503", async () => {
    const error = { errorType: "Refused", errorMessage: "Ada Reyes" };
    const failing = await serve(apiWith({ $default: undefined }), async () => ({ ok: false, error }));
    const failed = await fetch(failing.url);
    expect([failed.status, await failed.text()]).toEqual([500, '{"message":"Internal Server Error"}']);

    const slow = await serve(
      apiWith({ $default: undefined }, { integration: { TimeoutInMillis: 50 } }),
      () => new Promise(() => {}),
    );
    const late = await fetch(slow.url);
    expect([late.status, await late.text()]).toEqual([503, '{"message":"Service Unavailable"}']);
  });
});

describe("a token", () => {
  let issuer: Issuer;
  let gateway: Gateway;
  const readable = "GET /readable";
  beforeAll(async () => {
    issuer = await startIssuer({ port: 0, directory });
    gateway = await serve(
      apiWith(
        { [readable]: ["requests:read", "reviews:read"], "POST /readable": ["requests:write"], "GET /any": [] },
        { issuer: issuer.url },
      ),
    );
  });
  afterAll(() => issuer.close());

  const ask = (authorization?: string, path = "/readable") =>
    fetch(gateway.url + path, { headers: authorization === undefined ? {} : { Authorization: authorization } });
  const key = () => (JSON.parse(readFileSync(join(directory, "issuer.json"), "utf8")) as { key: JWK & { kid: string } }).key;
  const seconds = () => Math.floor(Date.now() / 1_000);
  const signed = async (claims: Record<string, unknown>, header: Record<string, unknown> = {}, signer = key()) => {
    const all = { iss: issuer.url, aud: "prior-authorization", exp: seconds() + 60, scope: "requests:read", ...claims };
    return new SignJWT(all).setProtectedHeader({ alg: "RS256", kid: key().kid, ...header }).sign(await importJWK(signer, "RS256"));
  };

  it("of the local issuer opens the route, and its claims reach the function as strings", async () => {
    const token = await issuer.token({ role: "provider" });
    for (const authorization of [`Bearer ${token}`, token, `bearer ${token}`]) {
      const response = await ask(authorization);
      expect(response.status).toBe(200);
      const { requestContext } = (await response.json()) as HttpEvent;
      expect(requestContext.authorizer).toEqual({
        jwt: {
          claims: {
            iss: issuer.url,
            aud: "prior-authorization",
            sub: "provider@org-demo",
            scope: "requests:read requests:write",
            org: "org-demo",
            token_type: "machine",
            iat: expect.stringMatching(/^\d{10}$/),
            exp: expect.stringMatching(/^\d{10}$/),
          },
          scopes: ["requests:read"],
        },
      });
    }
  });

  it("shows claims that are no strings as API Gateway does", async () => {
    const token = await signed({ groups: ["a", "b"], admin: true, level: 3, scp: ["reviews:read"], deep: { z: 1, a: "x" } });
    const { requestContext } = (await (await ask(token)).json()) as HttpEvent;
    expect(requestContext.authorizer?.jwt).toMatchObject({
      claims: { groups: "[a b]", admin: "true", level: "3", deep: "map[a:x z:1]" },
      scopes: ["requests:read", "reviews:read"],
    });
    const open = (await (await ask(await signed({}), "/any")).json()) as HttpEvent;
    expect(open.requestContext.authorizer?.jwt.scopes).toBeNull();
  });

  it("that carries none of the route's scopes is forbidden", async () => {
    for (const token of [await issuer.token({ role: "claims" }), await signed({ scope: undefined })]) {
      const response = await ask(`Bearer ${token}`);
      expect([response.status, await response.text()]).toEqual([403, '{"message":"Forbidden"}']);
    }
  });

  it("counts client_id only where there is no audience", async () => {
    expect((await ask(await signed({ aud: undefined, client_id: "prior-authorization" }))).status).toBe(200);
    expect((await ask(await signed({ aud: ["other", "prior-authorization"] }))).status).toBe(200);
    expect((await ask(await signed({ aud: "other", client_id: "prior-authorization" }))).status).toBe(401);
  });

  const unsigned = (header: object, claims: object) =>
    [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  const good = () => ({ iss: issuer.url, aud: "prior-authorization", exp: seconds() + 60, scope: "requests:read" });

  it.each<[string, () => Promise<string>]>([
    ["is nonsense", async () => "Bearer nonsense"],
    ["has expired", () => issuer.token({ role: "provider", expiresIn: -1 })],
    ["never expires", () => signed({ exp: undefined })],
    ["is for another audience", () => issuer.token({ role: "provider", audience: "payments" })],
    ["has no audience", () => signed({ aud: undefined })],
    ["is of another issuer", () => signed({ iss: "http://127.0.0.1:1" })],
    ["is not valid yet", () => signed({ nbf: seconds() + 60 })],
    ["was issued in the future", () => signed({ iat: seconds() + 60 })],
    ["names a key that is not known", () => signed({}, { kid: "other" })],
    ["names no key", () => signed({}, { kid: undefined })],
    ["is signed by alg none", async () => `${unsigned({ alg: "none", kid: key().kid }, good())}.`],
    [
      "is HS256 signed with the public key",
      async () => {
        const { jwks_uri: address } = (await (await fetch(`${issuer.url}/.well-known/openid-configuration`)).json()) as {
          jwks_uri: string;
        };
        const published = await (await fetch(address)).text();
        const text = unsigned({ alg: "HS256", kid: key().kid }, good());
        return `${text}.${createHmac("sha256", published).update(text).digest("base64url")}`;
      },
    ],
    [
      "was changed after it was signed",
      async () => {
        const [header, , signature] = (await signed({})).split(".");
        return `${header}.${Buffer.from(JSON.stringify({ ...good(), scope: "reviews:deny requests:read" })).toString("base64url")}.${signature}`;
      },
    ],
    ["is sent twice", async () => `${await signed({})}, ${await signed({})}`],
  ])("that %s is refused", async (_, make) => {
    const response = await ask(await make());
    expect([response.status, await response.text()]).toEqual([401, '{"message":"Unauthorized"}']);
    expect(response.headers.get("www-authenticate")).toMatch(
      /^Bearer scope="requests:read reviews:read" error="invalid_token" error_description="(the token [a-z ]+)"$/,
    );
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("apigw-requestid")).toBeTruthy();
  });

  it("that is missing is asked for", async () => {
    const response = await ask();
    expect([response.status, response.headers.get("www-authenticate"), await response.text()]).toEqual([
      401,
      "Bearer",
      '{"message":"Unauthorized"}',
    ]);
  });

  it("outlives the issuer, and can be signed without it", async () => {
    const token = await issuer.token({ role: "director", organization: "org-a" });
    const port = issuer.port;
    await issuer.close();
    const elsewhere = await signToken(directory, { role: "nurse" });
    issuer = await startIssuer({ port, directory });
    const fresh = await serve(apiWith({ [readable]: ["reviews:read"] }, { issuer: issuer.url }));
    const claims = async (bearer: string) => {
      const response = await fetch(`${fresh.url}/readable`, { headers: { Authorization: `Bearer ${bearer}` } });
      return ((await response.json()) as HttpEvent).requestContext.authorizer?.jwt.claims;
    };
    expect(await claims(token)).toMatchObject({ sub: "director@org-a", org: "org-a", credential: "MD", token_type: "person" });
    const nurse = await claims(elsewhere);
    expect(nurse).toMatchObject({ sub: "nurse", credential: "RN", scope: "reviews:read reviews:write" });
    expect(nurse).not.toHaveProperty("org");
    await expect(signToken(temporaryDirectory(), { role: "nurse" })).rejects.toThrow("no issuer yet");
  });

  it("is refused while the issuer cannot be reached, and taken once it can", async () => {
    const token = await issuer.token({ role: "provider" });
    const port = issuer.port;
    const lonely = await serve(apiWith({ [readable]: ["requests:read"] }, { issuer: issuer.url }));
    const status = async () => (await fetch(`${lonely.url}/readable`, { headers: { Authorization: token } })).status;
    await issuer.close();
    expect(await status()).toBe(401);
    issuer = await startIssuer({ port, directory });
    expect(await status()).toBe(200);
  });

  it("is asked for after the body was taken, however long that is", async () => {
    const response = await fetch(`${gateway.url}/readable`, { method: "POST", body: Buffer.alloc(30_000_000) });
    expect(response.status).toBe(401);
  });
});

describe("too much", () => {
  it("of a body is refused after it was read", async () => {
    const seen: number[] = [];
    const gateway = await serve(apiWith({ $default: undefined }), async (_, { body }) => {
      seen.push(body?.length ?? 0);
      return { ok: true, payload: "fine" };
    });
    const post = (bytes: number) =>
      fetch(gateway.url, { method: "POST", headers: { "Content-Type": "text/plain" }, body: Buffer.alloc(bytes, "x") });
    expect((await post(10_485_760)).status).toBe(200);
    const refused = await post(10_485_761);
    expect([refused.status, await refused.text()]).toEqual([413, '{"message":"Request Entity Too Large"}']);
    expect(seen).toEqual([10_485_760]);
  });

  it("for Lambda, and not for the gateway, is refused the same way", async () => {
    const assembly = apiWith({ $default: undefined });
    const functions = startFunctions({
      definitions: await functionDefinitions(assembly, () => ""),
      clock: openClock(directory),
      identities: openIdentities(directory),
      logsDirectory: join(directory, "logs"),
      endpoints: {},
    });
    const gateway = await serve(assembly, functions.invoke);
    const post = async (bytes: number, type: string) => {
      const response = await fetch(gateway.url, {
        method: "POST",
        headers: { "Content-Type": type },
        body: Buffer.alloc(bytes, "x"),
      });
      return [response.status, await response.text()];
    };
    expect(await post(6_200_000, "text/plain")).toEqual([200, "ok"]);
    expect(await post(6_300_000, "text/plain")).toEqual([413, '{"message":"Request Entity Too Large"}']);
    // In base64 it is a third longer.
    expect(await post(5_000_000, "application/pdf")).toEqual([413, '{"message":"Request Entity Too Large"}']);
    await functions.close();
  });

  it("of a head is refused", async () => {
    const gateway = await serve(apiWith({ $default: undefined }));
    for (const length of [11_000, 40_000]) {
      const response = await fetch(gateway.url, { headers: { "X-Long": "x".repeat(length) } });
      expect(response.status).toBe(431);
    }
  });

  it("of a route's requests is refused, other routes go on", async () => {
    const stage = {
      DefaultRouteSettings: { ThrottlingBurstLimit: 1000, ThrottlingRateLimit: 500 },
      RouteSettings: { "GET /rare": { ThrottlingBurstLimit: 2, ThrottlingRateLimit: 0.001 } },
    };
    const gateway = await serve(apiWith({ "GET /rare": undefined, "GET /often": undefined }, { stage }));
    const statuses: number[] = [];
    for (let count = 0; count < 3; count += 1) statuses.push((await fetch(`${gateway.url}/rare`)).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect(await (await fetch(`${gateway.url}/rare`)).text()).toBe('{"message":"Too Many Requests"}');
    expect((await fetch(`${gateway.url}/often`)).status).toBe(200);
  });

  it("passes again at the rate, up to the burst", () => {
    let time = 0;
    const admits = openThrottle(
      () => ({ burst: 2, rate: 10 }),
      () => time,
    );
    const admitted = () => [1, 2, 3].map(() => admits("GET /"));
    expect(admitted()).toEqual([true, true, false]);
    time += 100;
    expect(admitted()).toEqual([true, false, false]);
    time += 60_000;
    expect(admitted()).toEqual([true, true, false]);
  });
});

describe("requests that are no HTTP", () => {
  const exchange = async (gateway: Gateway, text: string) => {
    const socket = connect(gateway.port, "127.0.0.1");
    socket.write(text);
    let answer = "";
    for await (const chunk of socket) answer += chunk;
    return answer;
  };

  it.each([
    "nonsense\r\n\r\n",
    "GET /%E0%A4%A HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "GET * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
  ])("are bad requests: %j", async (text) => {
    const gateway = await serve(apiWith({ $default: undefined }));
    expect(await exchange(gateway, text)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n(.|\r\n)*\{"message":"Bad Request"\}$/);
  });

  it("or that break off leave the gateway at work", async () => {
    const gateway = await serve(apiWith({ $default: undefined }));
    const socket = connect(gateway.port, "127.0.0.1");
    socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf");
    await expect.poll(() => gateway.busy()).toBe(true);
    socket.destroy();
    await expect.poll(() => gateway.busy()).toBe(false);
    expect((await fetch(gateway.url)).status).toBe(200);
  });
});

describe("an API with CORS settings", () => {
  const cors = {
    AllowOrigins: ["https://portal.example.org"],
    AllowMethods: ["GET", "POST"],
    AllowHeaders: ["authorization"],
    MaxAge: 600,
    ExposeHeaders: ["etag"],
  };
  const from = (origin: string) => ({ Origin: origin, "Access-Control-Request-Method": "POST" });

  it("answers preflights and speaks for the function", async () => {
    const functionSays = { statusCode: 200, headers: { "Access-Control-Allow-Origin": "*" }, body: "" };
    const gateway = await serve(
      apiWith({ "POST /x": ["requests:write"], "GET /y": undefined }, { api: { CorsConfiguration: cors } }),
      async () => ({
        ok: true,
        payload: functionSays,
      }),
    );
    const preflight = await fetch(`${gateway.url}/x`, { method: "OPTIONS", headers: from("https://portal.example.org") });
    expect(preflight.status).toBe(204);
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      "access-control-allow-origin": "https://portal.example.org",
      "access-control-allow-methods": "GET,POST",
      "access-control-allow-headers": "authorization",
      "access-control-max-age": "600",
    });
    const stranger = await fetch(`${gateway.url}/x`, { method: "OPTIONS", headers: from("https://evil.example") });
    expect([stranger.status, stranger.headers.get("access-control-allow-origin")]).toEqual([204, null]);

    const origin = async (name: string, path = "/y") =>
      (await fetch(gateway.url + path, { headers: { Origin: name } })).headers.get("access-control-allow-origin");
    expect(await origin("https://portal.example.org")).toBe("https://portal.example.org");
    expect(await origin("https://portal.example.org", "/x")).toBe("https://portal.example.org");
    expect(await origin("https://evil.example")).toBeNull();
  });
});

describe("the gateway", () => {
  it("logs what was asked for by its route alone", async () => {
    const entries: AccessLogEntry[] = [];
    const gateway = await serve(apiWith({ "GET /members/{id}": undefined }), echo, (entry) => entries.push(entry));
    await fetch(`${gateway.url}/members/10487654321?name=Ada`);
    await expect
      .poll(() => entries)
      .toEqual([{ requestId: expect.any(String), routeKey: "GET /members/{id}", status: 200, milliseconds: expect.any(Number) }]);
  });

  it("carries at least 500 requests a second through a function", async () => {
    const assembly = apiWith({ "GET /": undefined });
    const functions = startFunctions({
      definitions: await functionDefinitions(assembly, () => ""),
      clock: openClock(directory),
      identities: openIdentities(directory),
      logsDirectory: join(directory, "logs"),
      endpoints: {},
      maxWorkers: 1,
    });
    const gateway = await serve(assembly, functions.invoke);
    await (await fetch(gateway.url)).text();
    const agent = new Agent({ keepAlive: true, maxSockets: 10 });
    const statuses = new Set<number | undefined>();
    const client = async () => {
      for (let count = 0; count < 300; count += 1) {
        const asked = httpRequest(gateway.url, { agent }).end();
        const [response] = await once(asked, "response");
        statuses.add(response.statusCode);
        await once(response.resume(), "end");
      }
    };
    const began = performance.now();
    await Promise.all(Array.from({ length: 10 }, client));
    const rate = 3_000 / ((performance.now() - began) / 1_000);
    agent.destroy();
    console.log(`${Math.round(rate)} requests a second through the gateway and one thread of a trivial function, client included`);
    expect([...statuses]).toEqual([200]);
    expect(rate).toBeGreaterThan(500);
    await functions.close();
  });
});
