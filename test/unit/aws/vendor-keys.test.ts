import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { vendorKeys } from "../../../shared/aws/vendor-keys.ts";

let stored: string;
const send = vi.fn(async () => ({ SecretString: stored }));
const keys = () => vendorKeys({ send } as unknown as SecretsManagerClient, "prior-auth/local/vendor");
const secret = (current: string, previous?: string) =>
  JSON.stringify({
    current: { id: current, secret: `${current}!` },
    ...(previous ? { previous: { id: previous, secret: `${previous}!` } } : {}),
  });

beforeEach(() => {
  stored = secret("two", "one");
  send.mockClear();
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => void vi.useRealTimers());

describe("the vendor's keys", () => {
  test("are two that live at once; the current one signs", async () => {
    const known = keys();
    expect(await known.find("two")).toBe("two!");
    expect(await known.find("one")).toBe("one!");
    expect(await known.find("zero")).toBeUndefined();
    expect(await known.current()).toEqual({ id: "two", secret: "two!" });
    expect(send).toHaveBeenCalledTimes(1);
  });

  test("are read anew after five minutes", async () => {
    const known = keys();
    await known.find("two");
    vi.advanceTimersByTime(300_001);
    stored = secret("three", "two");
    expect(await known.find("one")).toBeUndefined();
    expect(await known.current()).toMatchObject({ id: "three" });
    expect(send).toHaveBeenCalledTimes(2);
  });

  test("are read anew for an id that may be brand-new, at most every ten seconds", async () => {
    const known = keys();
    await known.find("two");
    stored = secret("three", "two");
    expect(await known.find("three")).toBeUndefined();
    vi.advanceTimersByTime(10_001);
    expect(await known.find("three")).toBe("three!");
    for (const made of ["up", "up too"]) expect(await known.find(made)).toBeUndefined();
    expect(send).toHaveBeenCalledTimes(2);
  });

  test("are asked for again after a failure", async () => {
    const known = keys();
    send.mockRejectedValueOnce(new Error("throttled"));
    await expect(known.find("two")).rejects.toThrow("throttled");
    expect(await known.find("two")).toBe("two!");
  });
});
