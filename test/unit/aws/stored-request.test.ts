import { describe, expect, test } from "vitest";
import { requestFrom, schemaVersion } from "../../../shared/aws/stored-request.ts";
import { aRequest } from "../../builders.ts";

const stored = (version: number, content: object) => ({
  schemaVersion: { N: String(version) },
  content: { S: JSON.stringify(content) },
});

const notAsked = { eligible: true, checkedFor: [] };

describe("a stored request", () => {
  test("of today is read as it was written", () => {
    const request = { ...aRequest(), epoch: 1_795_332_162 };
    expect(requestFrom(stored(schemaVersion, request))).toEqual(request);
  });

  test("from before there were restores is of no epoch", () => {
    const { epoch: _, retrospective: __, membership: ___, ...before } = aRequest();
    expect(requestFrom(stored(1, before))).toEqual({ ...before, epoch: 0, retrospective: false, membership: notAsked });
  });

  test("from before past dates of service were marked and eligibility asked about has no such mark, and an eligible member", () => {
    const { retrospective: _, membership: __, ...before } = { ...aRequest(), epoch: 1_795_332_162 };
    expect(requestFrom(stored(2, before))).toEqual({ ...before, retrospective: false, membership: notAsked });
  });

  test("of a schema that nobody knows is not guessed at", () => {
    expect(() => requestFrom(stored(schemaVersion + 1, aRequest()))).toThrow(/cannot read/);
  });
});
