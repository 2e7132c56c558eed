import { expect, test } from "vitest";
import { referenceOf } from "../../../shared/domain/reference.ts";
import { requestStatuses } from "../../../shared/domain/vocabulary.ts";
import { aRequest, mriLine, requestId, visitLine } from "../../builders.ts";

test("a request in which nothing needs authorization has a reference at once, named after itself", () => {
  const request = aRequest({ lines: [visitLine()] });
  expect(request.status).toBe("not-required");
  expect(referenceOf(request)).toEqual({ number: requestId.replace("PA-", "NR-"), kind: "not-required" });
});

test("one line that needs a decision, and there is none", () => {
  expect(referenceOf(aRequest({ lines: [visitLine(), mriLine()] }))).toBeNull();
});

test("no other status has one", () => {
  for (const status of requestStatuses.filter((one) => one !== "not-required"))
    expect(referenceOf({ ...aRequest(), status })).toBeNull();
});
