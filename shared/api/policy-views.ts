import { contactsFor } from "../domain/contacts.ts";
import type { KnownFacts } from "../domain/known-facts.ts";
import { lookUp } from "../domain/look-up.ts";
import { whatToSend } from "../domain/what-to-send.ts";
import type { CategoryRule, Exception, Policy } from "../policy/policy.ts";
import type { Checked } from "../use-cases/check-requirements.ts";

/** What clients get to see of the plan's rules. Each answer reminds of what the rules do not say. */

/** @param today the day of service where none is said */
export function lookUpView(code: string, known: KnownFacts, policy: Policy, today?: string) {
  const { answers, dependsOn, unless } = lookUp(code, known, policy, today);
  return {
    code,
    policyVersion: policy.version,
    answers: answers.map((answer) => ({ ...answer, whatToSend: whatToSend(answer, code, known, policy) })),
    dependsOn,
    unless,
    contacts: contactsFor(routesOf(answers), policy),
    reminder: policy.plan.reminder,
  };
}

/** The published list: every service by a stable id, with all that leads to it (42 CFR 422.122(b)(1)). */
export function servicesView(policy: Policy) {
  const { rules, decisionOrder, exceptions, noAuthorization } = policy;
  return {
    policyVersion: policy.version,
    effectiveFrom: policy.effectiveFrom,
    services: rules.map(serviceView),
    decisionOrder: decisionOrder.map(({ id, meaning, source }) => ({ id, meaning, source })),
    exceptions: exceptions.map(exceptionView),
    noAuthorization: noAuthorization.map((list) => ({
      id: list.id,
      ...provenance(list),
      codes: list.codes,
      excluded: list.exclude ?? [],
    })),
    contacts: contactsFor(["plan", "vendor"], policy),
    reminder: policy.plan.reminder,
  };
}

type Provenance = Pick<CategoryRule, "meaning" | "source" | "effectiveFrom" | "effectiveTo">;

const provenance = ({ meaning, source, effectiveFrom, effectiveTo }: Provenance) => ({
  meaning,
  source,
  effectiveFrom,
  effectiveTo: effectiveTo ?? null,
});

function serviceView(rule: CategoryRule, index: number) {
  const { id, group, name, match, only, alsoWhen, exclude, verify, route, countsVisits } = rule;
  return {
    id,
    group,
    name,
    ...provenance(rule),
    precedence: index + 1,
    route,
    codes: match.codes ?? [],
    revenueCodes: match.revenue ?? [],
    modifiers: match.modifiers ?? [],
    diagnoses: match.diagnoses ?? [],
    excluded: exclude ?? [],
    unconfirmed: verify ?? [],
    only: only ?? null,
    alsoWhen: alsoWhen ?? null,
    countsVisits: countsVisits ?? false,
  };
}

function exceptionView(exception: Exception) {
  const { id, step, name, match, only } = exception;
  return {
    id,
    step,
    name,
    ...provenance(exception),
    codes: match.codes ?? [],
    revenueCodes: match.revenue ?? [],
    diagnosisFamilies: match.diagnosisFamilies ?? [],
    only,
  };
}

export function requirementCheckView({ inquiry, lines, missing, status, policy }: Checked) {
  return {
    policyVersion: policy.version,
    status,
    missing,
    lines: lines.map(({ escalated: _e, decision: _d, ...line }) => {
      const { code, revenueCode, modifiers } = inquiry.lines[line.lineNumber - 1] ?? {};
      return { code, revenueCode, modifiers, ...line };
    }),
    contacts: contactsFor(routesOf(lines), policy),
    reminder: policy.plan.reminder,
  };
}

const routesOf = (answers: readonly { readonly route: "plan" | "vendor" | "none" }[]) => answers.map(({ route }) => route);
