import { dynamoBenefits } from "../../../shared/aws/dynamo-benefits.ts";
import type { Request } from "../../../shared/domain/request.ts";
import type { Policy } from "../../../shared/policy/policy.ts";
import { benefitsAtHand, keepingBenefits } from "../../../shared/use-cases/keep-benefits.ts";
import { env } from "../env.ts";
import { authorizations } from "./authorizations.ts";
import { clock } from "./clock.ts";
import { dynamo } from "./dynamo.ts";
import { sealedMember } from "./member-key.ts";
import { policy } from "./policy.ts";
import { requests } from "./requests.ts";

export const benefits = dynamoBenefits(dynamo, env("TABLE_NAME").TABLE_NAME, sealedMember);

/** What it takes to keep a member's benefits in step with a request and its authorization. */
export const benefitDeps = { benefits, authorizations, requests, clock, policy };

/** For whoever decides lines or ends a request: a decision saved here is kept in step with the member's benefits. */
export const decidedRequests = keepingBenefits(requests, benefitDeps);

/** For whoever may complete a request, and so have lines approved without a person where the plan's rules say so. */
export const completing = {
  requests: decidedRequests,
  benefitsAtHand: (request: Request, by: Policy) => benefitsAtHand({ benefits }, request, by),
};
