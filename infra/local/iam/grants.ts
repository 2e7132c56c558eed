import type { Policies } from "./policies.ts";
import type { Statement } from "./statements.ts";

/** One action on one resource, as an Allow statement spells them, and whose it is: a role's name, or the ARN whose policy it is. */
export type Grant = { statement: string; holder: string; action: string; resource: string };

/** Everything that the policies allow. Trust is not among it: who may not take a role on cannot be deployed. */
export const grantsIn = ({ identity, resource, elsewhere }: Pick<Policies, "identity" | "resource" | "elsewhere">): Grant[] =>
  [identity, resource, elsewhere].flatMap((policies) =>
    [...policies].flatMap(([holder, statements]) => statements.flatMap((statement) => grantsOf(holder, statement))),
  );

const grantsOf = (holder: string, { id, effect, actions, resources }: Statement): Grant[] =>
  effect === "Deny"
    ? []
    : actions.flatMap((action) =>
        resources.map((resource) => ({ statement: id, holder, action: action.text, resource: resource.text })),
      );

/** What of an Allow statement let a call through. */
export const grantOf = (holder: string, { id, actions, resources }: Statement, action: string, resource: string): Grant => ({
  statement: id,
  holder,
  action: actions.find(({ matches }) => matches(action))?.text ?? "",
  resource: resources.find(({ matches }) => matches(resource))?.text ?? "",
});

/** One name for one grant. */
export const nameOfGrant = ({ holder, action, resource }: Omit<Grant, "statement">): string => `${holder} ${action} ${resource}`;
