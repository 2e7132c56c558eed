import { listed } from "../policy/listings.ts";
import type { Policy } from "../policy/policy.ts";
import { askedGrant } from "./asked-grant.ts";
import { type Authorized, authorizationNumberOf, covers, grantedLines, isLate, unitsLeft } from "./authorization.ts";
import type { Request } from "./request.ts";
import { type LineFacts, type LineRequirement, requirementOf } from "./requirement.ts";
import { isStay, type SubmittedLine } from "./submission.ts";
import { supersessionOf } from "./supersession.ts";
import { type AuthorizationAnswer, type ClaimField, inpatientFamily, type Setting } from "./vocabulary.ts";

/** A claim's line, as the claims side sees it. */
export type ClaimedService = {
  /** Billing or rendering. */
  readonly npi: string;
  readonly code?: string;
  readonly revenueCode?: string;
  readonly modifiers: readonly string[];
  /** ISO. */
  readonly serviceDate: string;
  readonly units: number;
  readonly placeOfService?: string;
  readonly emergency: boolean;
};

export type CheckAnswer = {
  readonly answer: AuthorizationAnswer;
  readonly authorizationNumber?: string;
  /** Absent where none were counted. */
  readonly unitsLeft?: number;
  /** In `mismatch`: what differs from what was authorized. */
  readonly field?: ClaimField;
  readonly because: string;
};

/**
 * Was it authorized? The best answer that any of the member's requests gives, else whether the service needs authorization at all.
 *
 * @param requirement of the service by the rules that hold on the claim's facts
 */
export function checkedAgainst(
  candidates: readonly Authorized[],
  service: ClaimedService,
  requirement: LineRequirement,
  policy: Policy,
): CheckAnswer {
  const all = candidates.flatMap((candidate) => answersOf(candidate, service, policy));
  // What was denied by its name is not authorized by the stay in which it was delivered.
  const isDenied = all.some(({ byStay, answer }) => !byStay && answer.answer === "denied");
  const answers = all.flatMap(({ byStay, answer }) => (byStay && isDenied ? [] : answer));
  const best = answers.toSorted((a, b) => rank.indexOf(a.answer) - rank.indexOf(b.answer))[0];
  if (best && (best.answer === "authorized" || best.answer === "partial")) return best;
  if (requirement.requirement === "not-required") return { answer: "not-required", because: requirement.because };
  return best ?? { answer: "not-found", because: "No authorization of this member names such a service." };
}

/** From the best for the claim to the worst: a denial of the very day says more than an approval of other days or another provider. */
const rank: readonly AuthorizationAnswer[] = ["authorized", "partial", "not-required", "late", "denied", "expired", "mismatch"];

/** `byStay`: the line asks for the stay itself, and names no service. */
type LineAnswer = { readonly byStay: boolean; readonly answer: CheckAnswer };

function answersOf(candidate: Authorized, service: ClaimedService, policy: Policy): readonly LineAnswer[] {
  const { request } = candidate;
  return request.submission.lines.flatMap((asked, index) => {
    const byStay = isStay(asked);
    const isAsked = byStay ? isInStay(request.submission.setting, service, policy) : isSameService(asked, service);
    if (!isAsked) return [];
    return answersOfLine(candidate, asked, index + 1, service, policy).map((answer) => ({ byStay, answer }));
  });
}

function answersOfLine(
  { request, use }: Authorized,
  asked: SubmittedLine,
  lineNumber: number,
  service: ClaimedService,
  policy: Policy,
): readonly CheckAnswer[] {
  const authorizationNumber = authorizationNumberOf(request.id);
  const field = differing(request, asked, service);
  if (request.lines[lineNumber - 1]?.decision?.outcome === "denied")
    // Nobody has a number where nothing is authorized.
    return field || !covers(askedGrant(request, lineNumber, request.receivedAt, policy), service.serviceDate)
      ? []
      : [
          {
            answer: "denied",
            ...(request.authorization ? { authorizationNumber } : {}),
            because: "The plan decided against this service.",
          },
        ];
  const granted = grantedLines(request, service.serviceDate).find((line) => line.lineNumber === lineNumber);
  if (!granted) return [];
  if (field) return [{ answer: "mismatch", authorizationNumber, field, because: saysOf[field] }];
  const { decision } = granted;
  if (decision.to !== null && service.serviceDate > decision.to)
    return [{ answer: "expired", authorizationNumber, because: endedBy(request, lineNumber, service.serviceDate) }];
  if (!covers(decision, service.serviceDate))
    return [{ answer: "mismatch", authorizationNumber, field: "serviceDate", because: saysOf.serviceDate }];
  if (isLate(request, lineNumber, service.serviceDate, policy.plan.timeZone))
    return [{ answer: "late", authorizationNumber, because: "It was authorized only after the date of service." }];
  const left = unitsLeft(request, use, lineNumber, service.serviceDate);
  if (left === null)
    return [{ answer: "authorized", authorizationNumber, because: "The authorization covers the date of service." }];
  return left >= service.units
    ? [{ answer: "authorized", authorizationNumber, unitsLeft: left, because: "The authorization covers date and units." }]
    : [{ answer: "partial", authorizationNumber, unitsLeft: left, because: "Fewer units are left than the claim asks for." }];
}

function endedBy(request: Request, lineNumber: number, serviceDate: string): string {
  const superseded = supersessionOf(request, lineNumber);
  return superseded && superseded.from <= serviceDate
    ? `It was revised: ${superseded.by} stands in its place.`
    : "The authorization ended before the date of service.";
}

const saysOf: Readonly<Record<ClaimField, string>> = {
  npi: "It was authorized for another provider.",
  modifiers: "It was authorized with other modifiers.",
  placeOfService: "It was authorized for another place of service.",
  serviceDate: "It was authorized from a later date on.",
};

const isSameService = (asked: SubmittedLine, { code, revenueCode }: ClaimedService): boolean =>
  (asked.code !== undefined && asked.code === code) ||
  (asked.code === undefined && asked.revenueCode !== undefined && asked.revenueCode === revenueCode);

/**
 * Was it delivered in such a stay, by its place or by a charge for room and board there? The plan's data list that charge under a rule
 * that holds for the stay's setting.
 */
function isInStay(setting: Setting, { placeOfService, revenueCode }: ClaimedService, policy: Policy): boolean {
  const place = settingByPlace[placeOfService ?? ""];
  if (place !== undefined && inpatientFamily.includes(place) && inpatientFamily.includes(setting)) return true;
  const { inRule } = policy.listingOfRevenueCode(revenueCode ?? "");
  return policy.rules.some(
    ({ only, alsoWhen }, rule) =>
      inRule[rule] === listed.match && [...(only?.settings ?? []), ...(alsoWhen?.settings ?? [])].includes(setting),
  );
}

function differing(request: Request, asked: SubmittedLine, service: ClaimedService): ClaimField | undefined {
  const { requestingProvider, servicingProvider, servicingFacility } = request.submission;
  const servicing = asked.servicingProvider ?? servicingProvider ?? requestingProvider;
  if (servicing.npi !== service.npi && servicingFacility?.npi !== service.npi) return "npi";
  if (!asked.modifiers.every((modifier) => service.modifiers.includes(modifier))) return "modifiers";
  if (asked.placeOfService !== undefined && service.placeOfService !== undefined && asked.placeOfService !== service.placeOfService)
    return "placeOfService";
  return undefined;
}

/** Where the service was delivered, by the claim's place of service (CMS place-of-service codes). */
const settingByPlace: Readonly<Record<string, Setting>> = {
  "12": "home",
  "21": "inpatient",
  "23": "emergency",
  "31": "skilled-nursing",
  "32": "long-term-care",
  "41": "ambulance",
  "42": "ambulance",
  "51": "inpatient",
  "52": "partial-hospital",
  "55": "residential",
  "56": "residential",
  "61": "inpatient-rehabilitation",
};

/** Does such a service need authorization, by what a claim tells? @param participating is the NPI in the network on the date of service? */
export function requirementOfClaim(
  service: ClaimedService,
  known: Pick<LineFacts, "participating" | "programs">,
  policy: Policy,
): LineRequirement {
  const setting = settingByPlace[service.placeOfService ?? ""] ?? "outpatient";
  return requirementOf(
    {
      setting,
      lineOfBusiness: undefined,
      stayDays: undefined,
      serviceDate: service.serviceDate,
      emergency: service.emergency,
      postStabilization: false,
      facilityParticipating: undefined,
      clinicalTrial: false,
      levelOfCare: undefined,
      code: service.code,
      revenueCode: service.revenueCode,
      modifiers: service.modifiers,
      diagnoses: [],
      investigational: false,
      elective: !service.emergency,
      ...known,
    },
    policy,
  );
}
