import { describe, expect, it } from "vitest";
import { localSettings, stageSettings } from "../../infra/config.ts";

describe("settings", () => {
  it.each(["dev", "production"])("those of %s are good", (stage) => {
    expect(stageSettings(stage)).toMatchObject({ stage, audience: "prior-authorization" });
  });

  it("a stage without a file is refused, and those that have one are named", () => {
    expect(() => stageSettings("staging")).toThrow('There is no stage "staging": infra/config has dev, production');
  });

  it("every fault is named at once, the unknown setting too", () => {
    const faults = {
      issuerUrl: "http://issuer.example.org",
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
    for (const fault of ["issuerUrl", "vendorUrl", "region", "retention.logDays", "retention.recordDays", "colour"])
      expect(message).toContain(fault);
  });

  it("only this machine is spoken to without TLS", () => {
    expect(localSettings(5010)).toMatchObject({
      stage: "local",
      apiUrl: "http://127.0.0.1:5010",
      issuerUrl: "http://127.0.0.1:5011",
      vendorUrl: "http://127.0.0.1:5014",
    });
    expect(() => stageSettings("dev", { vendorUrl: "http://127.0.0.1:5014" })).toThrow("must be an https address");
    expect(() => localSettings(5010, { vendorUrl: "http://vendor.example.org" })).toThrow("vendorUrl");
  });

  it("local throttles leave room for load tests", () => {
    expect(localSettings(5010).throttle.requestsPerSecond).toBeGreaterThanOrEqual(500);
  });
});
