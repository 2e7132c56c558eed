import type { Policy } from "../policy/policy.ts";
import { type Instant, later } from "./calendar.ts";
import { type Decision, isAdverse, isDeemed, type Reason } from "./decision.ts";
import { type DecidedLine, decided, type OwedNotice, rowOfMissedClock } from "./notice.ts";
import { dayIn, longDate, longTime } from "./notice-dates.ts";
import { onBehalf, type Right, rightsAfterAppeal, rightsAfterDenial, rightsAfterExtension } from "./notice-rights.ts";
import { lastDayLeft, type ReducedLine, type Reduction, reductionRowOf } from "./reduction.ts";
import { dueAt, extensionOf, linesToDecide, type Request } from "./request.ts";
import { revisedBy, takesPlace } from "./revision.ts";
import type { SubmittedLine } from "./submission.ts";
import { type AppealOutcome, adverseReasons, grounds as allGrounds, type Finding, type Ground, type Unit } from "./vocabulary.ts";

/** What a letter says, whatever it is printed with. */
export type Letter = {
  /** Names the file to those who read it aloud; nothing personal. */
  readonly title: string;
  /** When it was written: the file's own date. */
  readonly at: string;
  readonly sender: { readonly name: string; readonly department: string; readonly address: string };
  readonly date: string;
  readonly recipient: readonly string[];
  readonly facts: readonly Fact[];
  readonly heading: string;
  /** Stands across a letter that nobody has released. */
  readonly draft: string | null;
  readonly opening: readonly string[];
  readonly sections: readonly Section[];
  readonly closing: readonly string[];
  readonly footer: string;
};

export type Fact = { readonly label: string; readonly text: string };
export type Section = {
  readonly heading: string;
  readonly paragraphs?: readonly string[];
  readonly facts?: readonly Fact[];
  /** Paragraphs that begin with a heading of their own. */
  readonly points?: readonly { readonly heading: string; readonly text: string }[];
};

type Content = Pick<Letter, "heading" | "opening" | "sections"> & { readonly draft?: string };

/** The letter of a notice, to be read without knowing the request. Specific reason, criterion, reviewer and rights: 42 CFR 438.404, 422.568(e), 29 CFR 2560.503-1(g). */
export function letterOf(request: Request, notice: OwedNotice, policy: Policy): Letter {
  const { letterhead, timeZone } = policy.plan;
  const lines = decided(request.lines).filter(({ lineNumber }) => notice.lines.includes(lineNumber));
  const content = contents[notice.kind]({ request, notice, policy, lines });
  return {
    title: `${content.heading} (${request.id})`,
    at: notice.at,
    sender: { name: letterhead.name, department: letterhead.department, address: addressOf(policy) },
    date: dayIn(notice.at, timeZone),
    recipient: recipientOf(request, notice),
    facts: factsOf(request, timeZone),
    draft: null,
    ...content,
    closing: [
      ...(notice.audience === "member" ? [letterhead.languageHelp, letterhead.memberHelp] : [letterhead.providerHelp]),
      `${letterhead.department}, ${letterhead.name}`,
    ],
    footer: `Request ${request.id}, notice ${notice.id}`,
  };
}

type Case = {
  readonly request: Request;
  readonly notice: OwedNotice;
  readonly policy: Policy;
  readonly lines: readonly DecidedLine[];
};

const contents: Readonly<Record<OwedNotice["kind"], (given: Case) => Content>> = {
  approval: (given) => ({
    heading: "Notice of approval",
    opening: [greeting(given), `We have approved ${whose(given)} request for the services below.`],
    sections: [...given.lines.map((line) => lineSection(given, line)), authorizationSection(given)],
  }),

  "deemed-approval": (given) => ({
    heading: "Notice of approval by operation of law",
    opening: [
      greeting(given),
      `We did not decide ${whose(given)} request in the time that the law gives us. The law therefore approves it as it was asked for (${statuteOf(given)}). Nobody had to judge the case for that, and the approval counts as any other.`,
    ],
    sections: [...given.lines.map((line) => lineSection(given, line)), authorizationSection(given)],
  }),

  adverse: (given) => {
    const denied = given.lines.every(({ decision }) => decision.outcome === "denied");
    const granted = given.lines.some(({ decision }) => decision.outcome !== "denied");
    return {
      heading: denied ? "Notice of denial" : "Notice of decision: not approved as asked",
      opening: [
        greeting(given),
        denied
          ? `We have decided not to approve ${whose(given)} request for the services below.`
          : `We have decided ${whose(given)} request, and not all of it could be approved as it was asked for.`,
        "For each service you find the specific reason, the criterion that it rests on and who decided. What may be done about it stands under the rights at the end.",
      ],
      sections: [
        ...given.lines.map((line) => lineSection(given, line)),
        ...(granted ? [authorizationSection(given)] : []),
        ...revisedInVain(given),
        rightsSection(given, deniedRights(given)),
      ],
    };
  },

  reduction: (given) => {
    const { request, policy, notice } = given;
    const reduction = request.reductions.find(({ id }) => id === notice.reductionId);
    const effect = reduction ? longDate(reduction.effectiveFrom) : "";
    const continuation = reductionRowOf(request, policy)?.continuation;
    return {
      heading: "Notice that what was approved is reduced",
      opening: [
        greeting(given),
        `We had approved ${whose(given)} request for the services below. From ${effect} on we approve less of them. Until then everything stands as it was approved.`,
        "You find the specific reason, the criterion that it rests on and who decided. What may be done about it stands under the rights at the end.",
      ],
      sections: [
        ...(reduction
          ? [
              {
                heading: "The decision",
                facts: [
                  { label: "In effect from", text: `${effect} (${reduction.cite})` },
                  ...reasonFacts(reduction.reason),
                  { label: "Criterion", text: reduction.criterion },
                  { label: "Decided by", text: whoAndWhen(reduction.decidedBy, reduction.noticedAt, policy) },
                ],
              },
            ]
          : []),
        ...(reduction ? reducedSections(given, reduction) : []),
        ...(continuation
          ? [
              {
                heading: "If an appeal is filed in time",
                paragraphs: [
                  `Should we have an appeal by ${effect}, the services go on as they were approved until it is decided${continuation.daysAfterAppeal > 0 ? `, and for ${continuation.daysAfterAppeal} more days` : ""} (${continuation.cite}).`,
                ],
              },
            ]
          : []),
        rightsSection(given, deniedRights(given)),
      ],
    };
  },

  appeal: (given) => {
    const { request, policy, notice } = given;
    const appeal = request.appeals.find(({ id }) => id === notice.appealId);
    const decision = appeal?.decision;
    const reduction = request.reductions.find(({ id }) => id === appeal?.reductionId);
    const against = reduction ? decision?.outcome !== "overturned" : given.lines.some((line) => isAdverse(line.decision.outcome));
    return {
      heading: "Notice of our decision on the appeal",
      opening: [
        greeting(given),
        decision ? (reduction ? reductionOutcome(reduction.holdsFrom) : appealOutcomes[decision.outcome]) : "",
        "Another clinician than the one who decided before has looked at the case anew. This is how it stands now.",
      ],
      sections: [
        ...(decision
          ? [
              {
                heading: "The decision on the appeal",
                facts: [
                  ...(decision.reason ? reasonFacts(decision.reason) : []),
                  ...(decision.criterion ? [{ label: "Criterion", text: decision.criterion }] : []),
                  { label: "Decided by", text: whoAndWhen(decision.decidedBy, decision.decidedAt, policy) },
                  ...(decision.effectiveAt
                    ? [{ label: "In effect since", text: longTime(decision.effectiveAt, policy.plan.timeZone) }]
                    : []),
                  ...(decision.effectiveBy
                    ? [
                        {
                          label: "Required by law by",
                          text: `${longTime(decision.effectiveBy, policy.plan.timeZone)}${decision.effectiveCite ? ` (${decision.effectiveCite})` : ""}`,
                        },
                      ]
                    : []),
                ],
              },
            ]
          : []),
        ...(reduction && against ? reducedSections(given, reduction) : given.lines.map((line) => lineSection(given, line))),
        ...(given.lines.some((line) => line.decision.outcome !== "denied") ? [authorizationSection(given)] : []),
        ...(against ? [rightsSection(given, rightsAfterAppeal(given.request.submission.lineOfBusiness))] : []),
      ],
    };
  },

  extension: (given) => {
    const { request, policy, notice } = given;
    const due = dueAt(request);
    const extension = extensionOf(request);
    const [rule] = request.clock;
    return {
      heading: "Notice of an extension",
      opening: [
        greeting(given),
        `We need more time to decide ${whose(given)} request, and take it because that is in ${notice.audience === "member" ? "your" : "the member's"} interest.`,
      ],
      sections: [
        {
          heading: "Why, and until when",
          facts: [
            { label: "Reason", text: extension?.reason ?? "" },
            { label: "Decision was due", text: longTime(extension?.dueBefore ?? notice.at, policy.plan.timeZone) },
            ...(due ? [{ label: "Decision is now due", text: longTime(due, policy.plan.timeZone) }] : []),
            ...(rule ? [{ label: "By the rule", text: `${rule.meaning} (${rule.cite})` }] : []),
          ],
          paragraphs: ["We decide as soon as the case allows it, and not later than this."],
        },
        {
          heading: rightsHeading(given),
          paragraphs: [
            rightsAfterExtension(request.submission.lineOfBusiness),
            "This is not a denial. When we have decided, another notice says what, why, and what may be done about it.",
          ],
        },
      ],
    };
  },

  "missed-clock": (given) => {
    const { request, policy, notice } = given;
    const rule = rowOfMissedClock(request);
    return {
      heading: "Notice that the time to decide has passed",
      draft: "Draft for the plan's reviewer: not sent, and no decision",
      opening: [
        greeting(given),
        `The law gave us until ${longTime(rule?.dueAt ?? notice.at, policy.plan.timeZone)} to decide ${whose(given)} request${rule ? ` (${rule.cite})` : ""}. We have not decided it in that time. For the right to appeal this counts as a denial, although nobody has judged the case.`,
      ],
      sections: [
        ...linesToDecide(request)
          .filter(({ decision }) => decision === null)
          .map(({ lineNumber }) => ({
            heading: `Service ${lineNumber}`,
            facts: [...serviceFacts(request.submission.lines[lineNumber - 1]), { label: "Decision", text: "None in time" }],
          })),
        rightsSection(given, deniedRights(given)),
      ],
    };
  },
};

const deniedRights = (given: Case): readonly Right[] =>
  rightsAfterDenial(
    given.request.submission.lineOfBusiness,
    // The window runs from the later of the two, and the letter says the day that we go by.
    given.lines.map(({ decision }) => decision.decidedAt).reduce(later, given.notice.at),
    given.policy,
    `Call Member Services at the number on your member ID card, or ${write(given)}`,
  );

const rightsHeading = ({ notice }: Case): string => (notice.audience === "member" ? "Your rights" : "The member's rights");

/** The provider reads what the member is told, and when to act for the member. */
function rightsSection(given: Case, points: readonly Right[]): Section {
  const heading = rightsHeading(given);
  if (given.notice.audience === "member") return { heading, points };
  const own = onBehalf[given.request.submission.lineOfBusiness];
  return { heading, paragraphs: [`${own} Use the Provider Portal, or ${write(given)} This is what the member is told:`], points };
}

const greeting = ({ request, notice }: Case): string =>
  `Dear ${(notice.audience === "member" ? memberName(request) : request.submission.requestingProvider.name) ?? (notice.audience === "member" ? "member" : "provider")}:`;

const whose = ({ notice }: Case): string => (notice.audience === "member" ? "your provider's" : "your");

const memberName = ({ submission: { member } }: Request): string | undefined =>
  [member.givenName, member.familyName].filter(Boolean).join(" ") || undefined;

/** Where it is mailed, the plan's own records say: a request carries no member's address. */
function recipientOf(request: Request, { audience }: OwedNotice): readonly string[] {
  const { member, requestingProvider } = request.submission;
  return audience === "member"
    ? [memberName(request) ?? "Member", `Member ID ${member.id}`, "To the address in our records"]
    : [requestingProvider.name ?? "Requesting provider", `NPI ${requestingProvider.npi}`, "By the Provider Portal"];
}

function addressOf({ plan }: Policy): string {
  return plan.contacts.find(({ channel }) => channel === "mail")?.address ?? "";
}

function factsOf(request: Request, timeZone: string): readonly Fact[] {
  const { member, requestingProvider, servicingProvider } = request.submission;
  return [
    { label: "Member", text: [memberName(request), `ID ${member.id}`].filter(Boolean).join(", ") },
    { label: "Request", text: request.id },
    { label: "Received", text: longTime(request.receivedAt, timeZone) },
    { label: "Asked for by", text: [requestingProvider.name, `NPI ${requestingProvider.npi}`].filter(Boolean).join(", ") },
    ...(servicingProvider
      ? [{ label: "To be delivered by", text: [servicingProvider.name, `NPI ${servicingProvider.npi}`].filter(Boolean).join(", ") }]
      : []),
  ];
}

function lineSection({ request, policy }: Case, { lineNumber, decision }: DecidedLine): Section {
  const asked = request.submission.lines[lineNumber - 1];
  return {
    heading: `Service ${lineNumber}: ${decisions[decision.outcome]}`,
    facts: [
      ...serviceFacts(asked),
      ...(decision.outcome === "denied" ? [] : grantFacts(decision)),
      ...(decision.reason ? reasonFacts(decision.reason) : []),
      ...(decision.grounds && isAdverse(decision.outcome) ? [{ label: "Grounds", text: groundsText(decision.grounds) }] : []),
      ...(decision.criterion
        ? [{ label: isAdverse(decision.outcome) ? "Criterion" : "Rests on", text: decision.criterion }]
        : isAdverse(decision.outcome)
          ? [{ label: "Criterion", text: "That of the reviewing organization; we send it on request, free of charge." }]
          : []),
      {
        label: "Decided by",
        text: whoAndWhen(
          isDeemed(decision) ? { name: "The law", credential: null } : decision.decidedBy,
          decision.decidedAt,
          policy,
        ),
      },
    ],
  };
}

const reducedSections = (given: Case, reduction: Reduction): readonly Section[] =>
  reduction.lines.map((line) => reducedSection(given, line, lastDayLeft(reduction, line)));

/** What was approved, and what is left of it. */
function reducedSection({ request }: Case, { lineNumber, quantity, before }: ReducedLine, to: string | null): Section {
  const decision = request.lines[lineNumber - 1]?.decision;
  const asked = request.submission.lines[lineNumber - 1];
  const unit = decision?.unit ?? null;
  const days = (last: string | null) => datesText(decision?.from ?? null, last);
  return {
    heading: `Service ${lineNumber}: reduced`,
    facts: [
      ...serviceFacts(asked).slice(0, 1),
      { label: "Approved before", text: [quantityText(before.quantity, unit), days(before.to)].filter(Boolean).join(", ") },
      {
        label: "Approved now",
        text: [quantityText(quantity ?? before.quantity, unit), days(to ?? before.to)].filter(Boolean).join(", "),
      },
      ...(quantity === null ? [] : [{ label: "Of these", text: "Those that were used before count among them." }]),
    ],
  };
}

const reasonFacts = ({ code, text }: Reason): readonly Fact[] => [
  { label: "Specific reason", text: sentence(text) },
  { label: "Reason code", text: reasonOf(code) },
];

const whoAndWhen = (who: { readonly name: string; readonly credential: string | null }, at: Instant, { plan }: Policy): string =>
  `${[who.name, who.credential].filter(Boolean).join(", ")}, on ${dayIn(at, plan.timeZone)}`;

const appealOutcomes: Readonly<Record<AppealOutcome, string>> = {
  upheld: "We have decided the appeal. Our decision of before stands.",
  overturned: "We have decided the appeal. Our decision of before is overturned: the services are approved as asked for.",
  "partly-overturned": "We have decided the appeal. Our decision of before is overturned in part.",
};

const reductionOutcome = (holdsFrom: string | null): string =>
  holdsFrom === null
    ? "We have decided the appeal. What was approved is not reduced: the services go on as they were approved."
    : `We have decided the appeal. The reduction of which we told you stands. It holds from ${longDate(holdsFrom)} on.`;

const decisions = { approved: "approved", "approved-less": "approved for less than was asked", denied: "not approved" } as const;

const reasonOf = (code: string): string => {
  const text = Object.entries(adverseReasons).find(([known]) => known === code)?.[1];
  return text ? `${code}: ${text}` : code;
};

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

const groundNames: Readonly<Record<Ground, string>> = {
  medicalNecessity: "medical necessity",
  medicalAppropriateness: "medical appropriateness",
  benefitLimits: "benefit limits",
};
const findingWords: Readonly<Record<Finding, string>> = { met: "met", "not-met": "not met", "not-applicable": "not applicable" };

const groundsText = (grounds: Readonly<Record<Ground, Finding>>): string =>
  capitalized(allGrounds.map((ground) => `${groundNames[ground]} ${findingWords[grounds[ground]]}`).join("; "));

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** As the provider described it: codes' own descriptions are licensed, and stay out. */
function serviceFacts(asked: SubmittedLine | undefined): readonly Fact[] {
  const code = asked?.code ?? (asked?.revenueCode ? `revenue code ${asked.revenueCode}` : "inpatient stay");
  const days = datesText(asked?.serviceDate ?? null, asked?.endDate ?? null);
  const quantity = quantityText(asked?.quantity ?? null, asked?.unit ?? null);
  const request = [quantity, days].filter(Boolean).join(", ");
  return [
    { label: "Service", text: [asked?.description, [code, ...(asked?.modifiers ?? [])].join(" ")].filter(Boolean).join(", ") },
    ...(request ? [{ label: "Asked for", text: request }] : []),
  ];
}

function grantFacts({ quantity, unit, from, to }: Decision): readonly Fact[] {
  const units = quantityText(quantity, unit);
  return [
    ...(units ? [{ label: "Approved", text: units }] : []),
    ...(from || to ? [{ label: "For the dates", text: datesText(from, to) }] : []),
  ];
}

const unitWords: Readonly<Record<Unit, readonly [string, string]>> = {
  visit: ["visit", "visits"],
  unit: ["unit", "units"],
  day: ["day", "days"],
  hour: ["hour", "hours"],
  "15-minutes": ["unit of 15 minutes", "units of 15 minutes"],
  mile: ["mile", "miles"],
  month: ["month", "months"],
  item: ["item", "items"],
};

function quantityText(quantity: number | null, unit: Unit | null): string {
  if (quantity === null) return "";
  const [one, many] = unitWords[unit ?? "unit"];
  return `${quantity} ${quantity === 1 ? one : many}`;
}

function datesText(from: string | null, to: string | null): string {
  if (from && to && from !== to) return `${longDate(from)} to ${longDate(to)}`;
  if (from) return to ? longDate(from) : `from ${longDate(from)}`;
  return to ? `until ${longDate(to)}` : "";
}

/** Units and end are stated, and the approval binds (42 CFR 422.138(c)). */
function authorizationSection({ request, policy }: Case): Section {
  const { authorization } = request;
  const revised = takesPlace(request) ? request.submission.certification?.previousAuthorization : undefined;
  return {
    heading: "The authorization",
    facts: authorization
      ? [
          { label: "Number", text: authorization.number },
          { label: "Valid", text: datesText(authorization.from, authorization.to) || "as stated for each service" },
          ...(revised
            ? [
                {
                  label: "In place of",
                  text: `${revised}, for the services above and from their own first day on. What was delivered before stays approved as it was.`,
                },
              ]
            : []),
        ]
      : [],
    paragraphs: [
      ...(authorization ? [] : ["Its number follows when the other services of this request are decided."]),
      `${bindingText(reductionRowOf(request, policy)?.days)} ${policy.plan.reminder}`,
    ],
  };
}

function revisedInVain({ request }: Case): readonly Section[] {
  const revised = revisedBy(request) && request.submission.certification?.previousAuthorization;
  const isInVain = request.lines.every(({ decision }) => decision?.outcome === "denied");
  return revised && isInVain
    ? [{ heading: "What was approved before", paragraphs: [`This decision changes nothing of authorization ${revised}.`] }]
    : [];
}

const bindingText = (noticeDays: number | undefined): string =>
  noticeDays === undefined
    ? "The approval binds us: we do not take it back for want of medical necessity."
    : `The approval binds us. Should we ever approve less of care that goes on, we say so at least ${noticeDays} days before, and what may be done about it.`;

const statuteOf = ({ lines }: Case): string => [...new Set(lines.flatMap(({ decision }) => decision.criterion ?? []))].join(", ");

const write = ({ policy }: Case): string => {
  const mail = addressOf(policy);
  return `write to ${policy.plan.letterhead.name}, Appeals${mail ? `, ${mail}` : ""}. Name the number of the request, which stands above.`;
};
