import { expect, test } from "vitest";
import { policy } from "../../../shared/policy/policy.ts";
import { documentId as idOf } from "../../../shared/sealing/ids.ts";
import { registerDocument } from "../../../shared/use-cases/register-document.ts";
import { aRequest, policies } from "../../builders.ts";

const never = () => {
  throw new Error("nothing may be written");
};

test("an organization that has used up its hour is told when the next begins, and nothing is written", async () => {
  const request = aRequest();
  const asked: unknown[] = [];
  const deps = {
    requests: { find: async () => request, save: never },
    documents: { create: never, find: never, save: never },
    store: { uploadForm: never },
    ids: { document: idOf },
    allowance: {
      take: async (...all: unknown[]) => {
        asked.push(...all);
        return false;
      },
    },
    clock: { now: () => "2026-11-23T15:40:30.500Z" },
    policies,
    policy,
  };
  const desk = {
    issuer: "https://issuer",
    subject: "desk",
    organization: request.organization,
    scopes: new Set(["requests:write"]),
    person: null,
  };
  const description = {
    fileName: "note.pdf",
    contentType: "application/pdf",
    size: 1_000,
    sha256: `${"A".repeat(43)}=`,
    kind: "clinical",
  };
  const answer = await registerDocument(deps as never, desk, { requestId: request.id, description: description as never });
  expect(answer).toMatchObject({ ok: false, refusal: { problem: "too-many-uploads", retryAfter: 19 * 60 + 30 } });
  expect(asked).toEqual([desk, 1_000, policy.plan.uploadsPerOrganizationPerHour, "2026-11-23T15:40:30.500Z"]);
});
