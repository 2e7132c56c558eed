import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { caller } from "../../infra/cli/signed-call.ts";

test("a function is started by its path, with a signature for its own service", async () => {
  const heard: { path: string; authorization: string; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const { url: path = "", headers } = request;
    heard.push({ path, authorization: headers.authorization ?? "", body: await text(request) });
    response.end('{"requests":3}');
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "invented" };
  const path = "/2015-03-31/functions/prior-auth-dev-rebuild-metrics/invocations";
  try {
    const call = caller("us-east-1", credentials, { AWS_ENDPOINT_URL_LAMBDA: url });
    expect(await call({ service: "lambda", path, input: { check: true }, seconds: 5 })).toBe('{"requests":3}');
  } finally {
    server.close();
  }
  expect(heard).toMatchObject([{ path, body: '{"check":true}' }]);
  expect(heard[0]?.authorization).toContain("/us-east-1/lambda/aws4_request");
});
