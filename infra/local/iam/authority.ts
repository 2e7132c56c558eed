import type { Assembly } from "../assembly.ts";
import type { Identity } from "../identities.ts";
import type { Call, Judge, Verdict } from "../judge.ts";
import type { Context } from "./conditions.ts";
import { type KeyUse, keyUsesOf, ownerOf } from "./encryption.ts";
import { type Grant, grantOf, grantsIn } from "./grants.ts";
import { policiesOf } from "./policies.ts";
import type { Principal } from "./principals.ts";
import { compilePolicy, type Statement } from "./statements.ts";

/** A service of AWS that acts in its own name, on behalf of a resource: a rule that sends, a route that invokes. */
export type ServiceCall = { service: string; sourceArn: string; action: string; resource: string };

/** One call that was judged: who, what, where, and the statements that let it through (none: it was refused). */
export type Judged = { by: string; action: string; resource: string; grants: readonly Grant[]; because?: string };

export type Authority = {
  /** A call signed by a role or by the developer. */
  judge: Judge;
  /** A call by a service that acts through a role: Lambda for a function, Scheduler for a schedule. */
  asRole(role: string, action: string, resource: string): Verdict;
  asService(call: ServiceCall): Verdict;
  /** Throws when the service may not take the role on: its resource could not be created. */
  requireTrust(role: string, service: string, sourceArn: string): void;
  /** All that the template allows anybody. */
  readonly grants: readonly Grant[];
};

export type AuthorityOptions = {
  /** Hears of every kind of call once: the same caller, action and resource are not told again. */
  onJudged?: (judged: Judged) => void;
};

/** Decisions are the same for the same question: of what changes from call to call, a question has only what a statement asks about. */
const mostRemembered = 20_000;

const leadingKeysKey = "dynamodb:leadingkeys";

type Asked = { principal: Principal; action: string; resource: string; context: Context };
type Decision = Verdict & { grants: readonly Grant[] };

/**
 * Decides by the template's policies as AWS does within one account: a matching Deny refuses; else an identity policy or the
 * resource's own policy must allow; a key asks its own policy first. Where the resource is encrypted by a key of the template,
 * the key's permission is needed too. TLS is taken for given: 127.0.0.1 stands for the services' HTTPS endpoints.
 */
export const openAuthority = (assembly: Assembly, { onJudged = () => {} }: AuthorityOptions = {}): Authority => {
  const { account, region } = assembly;
  const policies = policiesOf(assembly);
  const keyUse = keyUsesOf(assembly);
  const remembered = new Map<string, Decision>();

  const principalOf = ({ name }: Pick<Identity, "name">): Principal => {
    const kind = name === "developer" ? "user" : "role";
    return { kind, name, arn: `arn:aws:iam::${account}:${kind}/${name}`, account };
  };

  const statementsOf = (principal: Principal): readonly Statement[] =>
    principal.kind === "user" ? administrator : principal.kind === "role" ? (policies.identity.get(principal.name) ?? []) : [];

  /** Without what the call implies. */
  const decide = (asked: Asked): Decision => {
    const { principal, action, resource } = asked;
    const owner = ownerOf(resource);
    const own = statementsOf(principal).filter((statement) => appliesTo(statement, asked));
    const ofResource = (policies.resource.get(owner) ?? [])
      .filter((statement) => appliesTo(statement, asked))
      .map((statement) => ({ statement, spoken: statement.speaksOf?.(principal) }))
      .filter(({ spoken }) => spoken !== undefined);

    const refuse = (because: string): Decision => ({ allowed: false, because, grants: [] });
    const allow = (...from: { holder: string; statement: Statement }[]): Decision => ({
      allowed: true,
      grants: from.map(({ holder, statement }) => grantOf(holder, statement, action, resource)),
    });
    if (own.some(({ effect }) => effect === "Deny")) return refuse("an identity-based policy denies it");
    if (ofResource.some(({ statement }) => statement.effect === "Deny")) return refuse("a resource-based policy denies it");

    const direct = ofResource.find(({ spoken }) => spoken === "itself");
    const mine = own[0] && { holder: principal.name, statement: own[0] };
    if (action.startsWith("kms:")) {
      // A key belongs to nobody but those whom its policy names; naming the account leaves it to identity policies.
      if (direct) return allow({ holder: owner, statement: direct.statement });
      const delegated = ofResource[0];
      if (delegated && mine) return allow({ holder: owner, statement: delegated.statement }, mine);
      return refuse("neither the key's policy nor an identity-based policy that it defers to allows it");
    }
    if (mine) return allow(mine);
    if (direct) return allow({ holder: owner, statement: direct.statement });
    return refuse(`no ${principal.kind === "service" ? "resource" : "identity"}-based policy allows the ${action} action`);
  };

  const contextOf = (principal: Principal, sourceArn?: string, more: Record<string, string> = {}): Context => {
    const service = principal.kind === "service";
    const tags = Object.entries(principal.kind === "role" ? (policies.tags.get(principal.name) ?? {}) : {});
    const values: Record<string, string | undefined> = {
      "aws:PrincipalArn": service ? undefined : principal.arn,
      "aws:PrincipalAccount": service ? undefined : principal.account,
      "aws:PrincipalIsAWSService": String(service),
      "aws:PrincipalServiceName": service ? principal.name : undefined,
      "aws:SecureTransport": "true",
      "aws:SourceArn": sourceArn,
      "aws:SourceAccount": sourceArn === undefined ? undefined : account,
      "s3:TlsVersion": "1.3",
      ...Object.fromEntries(tags.map(([name, value]) => [`aws:PrincipalTag/${name}`, value])),
      ...more,
    };
    const present = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return new Map(present.map(([key, value]) => [key.toLowerCase(), [value]]));
  };

  const mindsPartitions = (principal: Principal) => statementsOf(principal).some(({ asksFor }) => asksFor.has(leadingKeysKey));

  /** The calls to the key that come with a call to what it encrypts. */
  const impliedBy = ({ key, actions, service, byItself }: KeyUse, { principal, resource }: Asked, sourceArn?: string): Asked[] => {
    const caller: Principal = byItself
      ? { kind: "service", name: service === "logs" ? `logs.${region}.amazonaws.com` : `${service}.amazonaws.com` }
      : principal;
    const context = contextOf(caller, byItself ? ownerOf(resource) : sourceArn, {
      // A service that calls in its own name does not call from this account.
      ...(caller.kind !== "service" && { "kms:CallerAccount": account }),
      "kms:ViaService": `${service}.${region}.amazonaws.com`,
      ...(service === "logs" && { "kms:EncryptionContext:aws:logs:arn": ownerOf(resource) }),
    });
    return actions.map((action) => ({ principal: caller, action, resource: key, context }));
  };

  const answer = (
    principal: Principal,
    action: string,
    resource: string,
    { sourceArn, leadingKeys }: { sourceArn?: string; leadingKeys?: readonly string[] | undefined } = {},
  ): Verdict => {
    const partitions = leadingKeys && mindsPartitions(principal) ? leadingKeys : undefined;
    const question = [principal.name, action, resource, sourceArn, ...(partitions ?? [])].join("\n");
    const known = remembered.get(question);
    if (known) return known;
    const context = contextOf(principal, sourceArn);
    const asked: Asked = {
      principal,
      action,
      resource,
      context: partitions ? new Map([...context, [leadingKeysKey, partitions]]) : context,
    };
    let decision = decide(asked);
    const use = decision.allowed ? keyUse(action, resource) : undefined;
    for (const implied of use ? impliedBy(use, asked, sourceArn) : []) {
      if (!decision.allowed) break;
      const further = decide(implied);
      decision = further.allowed
        ? { allowed: true, grants: [...decision.grants, ...further.grants] }
        : { ...further, because: `it needs ${implied.action} on ${implied.resource}, and ${further.because}` };
    }
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(question, decision);
    if (principal.kind !== "user") {
      const because = decision.allowed ? {} : { because: decision.because };
      onJudged({ by: principal.name, action, resource, grants: decision.grants, ...because });
    }
    return decision;
  };

  return {
    judge: ({ identity, action, resource, leadingKeys }: Call) => answer(principalOf(identity), action, resource, { leadingKeys }),
    asRole: (role, action, resource) => answer(principalOf({ name: role }), action, resource),
    asService: ({ service, sourceArn, action, resource }) =>
      answer({ kind: "service", name: service }, action, resource, { sourceArn }),
    requireTrust: (role, service, sourceArn) => {
      const principal: Principal = { kind: "service", name: service };
      const asked = { principal, action: "sts:AssumeRole", resource: "*", context: contextOf(principal, sourceArn) };
      const applying = (policies.trust.get(role) ?? []).filter(
        (statement) => appliesTo(statement, asked) && statement.speaksOf?.(principal) === "itself",
      );
      if (applying.some(({ effect }) => effect === "Deny") || !applying.some(({ effect }) => effect === "Allow"))
        throw new Error(
          `AccessDenied: ${service} is not authorized to perform: sts:AssumeRole on resource: ${role} for ${sourceArn}`,
        );
    },
    grants: grantsIn(policies),
  };
};

const appliesTo = ({ actions, resources, holds }: Statement, { action, resource, context }: Asked): boolean =>
  actions.some(({ matches }) => matches(action)) && resources.some(({ matches }) => matches(resource)) && holds(context);

/** A person at this machine is their account's administrator; buckets and keys may still say no. */
const administrator = compilePolicy(
  { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "*", Resource: "*" } },
  "identity",
  "developer",
);
