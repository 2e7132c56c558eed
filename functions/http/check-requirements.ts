import { toInquiry } from "../../shared/api/parse.ts";
import { requirementCheckView } from "../../shared/api/policy-views.ts";
import { ok } from "../../shared/domain/result.ts";
import { checkRequirements } from "../../shared/use-cases/check-requirements.ts";
import { clock } from "../lib/deps/clock.ts";
import { directory } from "../lib/deps/directory.ts";
import { policies } from "../lib/deps/policies.ts";
import { endpoint } from "../lib/endpoint.ts";

export const handler = endpoint("checkRequirements", async ({ body }) =>
  ok({ body: requirementCheckView(await checkRequirements({ directory, policies, clock }, toInquiry(body))) }),
);
