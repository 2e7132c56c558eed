import type { Policy } from "../policy/policy.ts";
import { factsOf } from "./evaluate.ts";
import { isFreeOfNetworkRules } from "./exceptions.ts";
import type { Request } from "./request.ts";
import { type Inquiry, isStay } from "./submission.ts";
import { inpatientFamily, type MissingItem, missingItems } from "./vocabulary.ts";

type Facts = Pick<Request, "lines" | "network" | "receivedAt" | "documents"> & { readonly submission: Inquiry };

/** What the plan asks for and does not have yet, in the vocabulary's order. Only lines that still need a decision count. */
export function missingFrom({ submission, lines, network, receivedAt, documents }: Facts, policy: Policy): readonly MissingItem[] {
  const waiting = lines
    .filter((line) => line.requirement !== "not-required" && line.decision === null)
    .flatMap((line) => {
      const submitted = submission.lines[line.lineNumber - 1];
      return submitted ? [{ ...submitted, category: line.category, number: line.lineNumber }] : [];
    });
  if (waiting.length === 0) return [];

  const { member, requestingProvider, servicingProvider, diagnoses, admission } = submission;
  const bound = waiting.filter(
    (line) => !isFreeOfNetworkRules(factsOf(submission, line, { network, receivedAt }, line.number, policy), line.category, policy),
  );
  const outOfNetwork =
    (bound.length > 0 && (network.servicingProvider === false || network.servicingFacility === false)) ||
    bound.some(({ number }) => network.lines?.[String(number)] === false || network.facilities?.[String(number)] === false);
  const countsVisits = new Set(policy.rules.filter((rule) => rule.countsVisits).map((rule) => rule.id));

  const absent: Record<MissingItem, boolean> = {
    "member-name": !member.givenName || !member.familyName,
    "provider-name": !requestingProvider.name || (servicingProvider !== undefined && !servicingProvider.name),
    "servicing-provider": waiting.some((line) => !servicingProvider && !line.servicingProvider),
    "service-date": waiting.some((line) => !line.serviceDate && !admission?.date),
    diagnosis: diagnoses.length === 0,
    "diagnosis-narrative": diagnoses.some((diagnosis) => !diagnosis.narrative),
    "service-description": waiting.some((line) => !line.description && !isStay(line)),
    visits: waiting.some(
      (line) => line.category !== null && countsVisits.has(line.category) && (line.quantity === undefined || line.unit !== "visit"),
    ),
    "out-of-network-reason": outOfNetwork && !submission.outOfNetworkReason,
    admission: inpatientFamily.includes(submission.setting) && (!admission?.date || !admission.levelOfCare || !admission.days),
    "clinical-documents": !documents.some((document) => document.status === "available"),
  };
  return missingItems.filter((item) => absent[item]);
}
