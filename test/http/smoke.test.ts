import { describe, expect, it } from "vitest";
import { gatewayProbes, storeProbes } from "../../infra/cli/probes.ts";
import { playMainJob } from "../../infra/local/main-job.ts";
import { signToken } from "../../infra/local/tokens.ts";
import { cloud } from "./client.ts";

/** What `npm run smoke` looks at in a deployed stage, looked at here: the probes themselves must be right. */
const probing = {
  api: cloud.api,
  token: await signToken(cloud.directory, { role: "provider" }),
  readToken: await signToken(cloud.directory, { role: "provider", scopes: ["requests:read"] }),
  npi: "1234567893",
  patience: 60,
  signal: new AbortController().signal,
};

describe("smoke", () => {
  it.each(gatewayProbes(probing))("$what", ({ look }) => look());

  it.each(storeProbes(probing))("$what", ({ look }) => look());

  it("a probe says what it expected and what it saw", async () => {
    const [, , forbidden] = gatewayProbes({ ...probing, readToken: "not a token" });
    await expect(forbidden?.look()).rejects.toThrow("/v1/requests: expected 403, but it was 401.");
  });

  it("the main job may end once the vendor has the referral; then the request is taken back", async () => {
    const steps: string[] = [];
    const { token, ...rest } = probing;
    await playMainJob(
      { ...rest, endpoints: cloud, token: async () => token, documentSize: 20_000, until: "sent" },
      { step: (what) => steps.push(what), progress: () => {} },
    );
    expect(steps.at(-1)).toMatch(/^Done: the vendor has PA-.*, and it is taken back$/);
  });
});
