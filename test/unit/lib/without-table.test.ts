import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Line, loggedBy } from "./log.ts";

/** A table that only counts who asks it for anything. */
const table = createServer((request, response) => {
  asked += 1;
  request.resume();
  const [status, answer] = failing ? [400, { __type: "AccessDeniedException" }] : [200, { Responses: {} }];
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(answer));
});
let asked = 0;
let failing = false;
let logged: readonly Line[] = [];

beforeEach(async () => {
  asked = 0;
  failing = false;
  await new Promise<void>((resolve) => table.listen(0, "127.0.0.1", resolve));
  const { port } = table.address() as AddressInfo;
  const variables = {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "ASIAEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "invented",
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
    TABLE_NAME: "desk",
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  vi.resetModules();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  table.closeAllConnections();
  await new Promise((resolve) => table.close(resolve));
});

const answered = async (
  name: "look-up-procedure-code" | "list-services",
  pathParameters: Record<string, string>,
): Promise<number> => {
  const { handler } = (await import(`../../../functions/http/${name}.ts`)) as {
    handler: (event: APIGatewayProxyEventV2, context: Context) => Promise<{ statusCode: number }>;
  };
  const event = { headers: {}, pathParameters, requestContext: { requestId: "call" } } as unknown as APIGatewayProxyEventV2;
  let statusCode = 0;
  logged = await loggedBy(async () => {
    statusCode = (await handler(event, {} as Context)).statusCode;
  });
  return statusCode;
};

describe.each([["look-up-procedure-code", { code: "72148" }] as const, ["list-services", {}] as const])("%s", (name, path) => {
  test("asks no table where the stage has no rules but those built in", async () => {
    vi.stubEnv("POLICY_OVERRIDES", "false");
    expect(await answered(name, path)).toBe(200);
    expect(asked).toBe(0);
  });

  test("asks for the register of rules where the stage may have others, once a minute", async () => {
    vi.stubEnv("POLICY_OVERRIDES", "true");
    expect(await answered(name, path)).toBe(200);
    expect(await answered(name, path)).toBe(200);
    expect(asked).toBe(1);
  });

  test("answers by the last register where it cannot be read again, and logs that", async () => {
    vi.stubEnv("POLICY_OVERRIDES", "true");
    expect(await answered(name, path)).toBe(200);
    const now = performance.now.bind(performance);
    vi.spyOn(performance, "now").mockImplementation(() => now() + 120_000);
    failing = true;
    expect(await answered(name, path)).toBe(200);
    expect(logged).toContainEqual(
      expect.objectContaining({ level: "WARN", message: "rules register unread", error: "AccessDeniedException" }),
    );
    expect(asked).toBe(2);
  });
});
