import { describe, expect, it } from "vitest";
import { localSettings, profileOf, stageSettings } from "../../infra/config.ts";
import { contractProfile } from "../../shared/api/identity-profile.ts";

describe("settings", () => {
  it("those of production name an issuer and a vendor", () => {
    expect(stageSettings("production")).toMatchObject({
      stage: "production",
      identity: { kind: "oidc", audience: "prior-authorization", profile: contractProfile },
      vendorUrl: expect.stringMatching(/^https:/),
    });
  });

  it("those of dev need nobody outside: people of its own, and a stand-in for the vendor", () => {
    expect(stageSettings("dev")).toMatchObject({ stage: "dev", identity: { kind: "cognito" }, vendorStandIn: true });
  });

  it("a stage has a vendor or its stand-in, and not both", () => {
    expect(() => stageSettings("dev", { vendorUrl: "https://vendor.example.org" })).toThrow("or else vendorStandIn, and not both");
    expect(() => stageSettings("dev", { vendorStandIn: undefined })).toThrow("vendorUrl");
  });

  it("a stage without a file is refused, and those that have one are named", () => {
    expect(() => stageSettings("staging")).toThrow('There is no stage "staging": infra/config has dev, production');
  });

  it("every fault is named at once, the unknown setting too", () => {
    const faults = {
      identity: { kind: "oidc", issuerUrl: "http://issuer.example.org", profile: { claims: { scope: "roles" } } },
      vendorUrl: "https://vendor.example.org/",
      region: "the-moon",
      retention: { logDays: 31, keepLogs: false, recordDays: 0 },
      colour: "blue",
    } as unknown as Parameters<typeof stageSettings>[1];
    let message = "";
    try {
      stageSettings("dev", faults);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain('The settings of stage "dev" are wrong');
    for (const fault of [
      "identity.issuerUrl",
      "identity.profile.claims.scope",
      "vendorUrl",
      "region",
      "retention.logDays",
      "retention.recordDays",
      "colour",
    ])
      expect(message).toContain(fault);
  });

  it("only this machine is spoken to without TLS", () => {
    expect(localSettings(5010)).toMatchObject({
      stage: "local",
      apiUrl: "http://127.0.0.1:5010",
      identity: { issuerUrl: "http://127.0.0.1:5011" },
      vendorUrl: "http://127.0.0.1:5014",
    });
    expect(() => stageSettings("dev", { vendorUrl: "http://127.0.0.1:5014" })).toThrow("must be an https address");
    expect(() => localSettings(5010, { vendorUrl: "http://vendor.example.org" })).toThrow("vendorUrl");
  });

  it("any issuer can be described by its claims, scope prefix and type of token", () => {
    const profile = {
      claims: { organization: "https://plan.example/org", scope: "scp" as const },
      scopePrefix: "https://api.example/",
      tokenType: { claim: "typ", accepted: ["at+jwt"] },
    };
    const settings = stageSettings("dev", { identity: { kind: "oidc", issuerUrl: "https://login.example", profile } });
    expect(profileOf(settings)).toEqual({ ...profile, claims: { ...contractProfile.claims, ...profile.claims } });
  });

  it("a machine is given no scope of a reviewer", () => {
    const machineClients = { robot: ["requests:read", "reviews:read"] };
    const identity = { kind: "cognito", callbackUrls: ["https://desk.example/signed-in"], machineClients } as never;
    expect(() => stageSettings("dev", { identity })).toThrow("identity.machineClients.robot[1]");
  });

  it("a domain needs its certificate, and mutual TLS its truststore", () => {
    const domain = { name: "api.example.org", certificateArn: "certificate", mutualTls: { truststoreBucket: "trust" } } as never;
    expect(() => stageSettings("dev", { domain })).toThrow(/certificateArn[\s\S]*truststoreKey/);
  });

  it("local throttles leave room for load tests", () => {
    expect(localSettings(5010).throttle.requestsPerSecond).toBeGreaterThanOrEqual(500);
  });
});
