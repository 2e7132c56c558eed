import type { Policy } from "../policy/policy.ts";
import { lastDayToAppeal } from "./appeal.ts";
import type { Instant } from "./calendar.ts";
import { longDate } from "./notice-dates.ts";
import type { LineOfBusiness } from "./vocabulary.ts";

/** What a member may do about a decision: by heading, in plain words. */
export type Right = { readonly heading: string; readonly text: string };

type Rights = {
  readonly appeal: (days: number, lastDay: string, decided: string) => string;
  /** Added to what everybody may ask for in haste. */
  readonly expedited: string;
  readonly continuation: string;
  readonly criterion: string;
  readonly representative: string;
  readonly next: string;
  /** What may be done about an extension. */
  readonly extension: string;
};

/** Appeals as the law of each line of business has them; the words are the plan's. */
const rights: Readonly<Record<LineOfBusiness, Rights>> = {
  medicaid: {
    appeal: (days, lastDay, decided) =>
      `You have ${days} calendar days from the date of this notice, that is until ${lastDay}, to ask us for an appeal, in writing or by word of mouth. Somebody who had no part in this decision looks at the case anew and decides within ${decided}`,
    expedited: "",
    continuation:
      "If this decision ends, suspends or reduces care that we had approved before, that care goes on while the appeal is pending if you ask for it within 10 calendar days of the date of this notice, or before the change takes effect, whichever is later. Should the appeal be lost, you may have to pay for that care (42 CFR 438.420).",
    criterion:
      "You may ask us, free of charge, for copies of everything that this decision rests on: the criterion, the records, and who was consulted (42 CFR 438.404(b)(2)).",
    representative:
      "You may name somebody to act for you: a relative, a friend, a lawyer, or your provider with your written consent (42 CFR 438.402(c)(1)).",
    next: "If the appeal does not change our decision, you may ask the state for a fair hearing within 120 calendar days of the date of our answer. We tell you how in that answer (42 CFR 438.408(f)).",
    extension: "If you do not agree that we take more time, you may file a grievance with us at any time (42 CFR 438.404(c)(4)).",
  },
  "medicare-advantage": {
    appeal: (days, lastDay, decided) =>
      `You have ${days} calendar days from the date of this notice, that is until ${lastDay}, to ask us for an appeal, which Medicare calls a reconsideration. Somebody who had no part in this decision looks at the case anew and decides within ${decided}`,
    expedited: " We always expedite an appeal when a physician asks for it.",
    continuation:
      "If this decision ends care that you receive now in a hospital, a skilled nursing facility, an outpatient rehabilitation facility or at home, you may also ask the Quality Improvement Organization for a fast review. Whoever gives the care hands you a notice that says how before the care ends (42 CFR 422.620, 422.624).",
    criterion:
      "You may ask us, free of charge, for a copy of the criterion that this decision rests on and of the records of your case.",
    representative:
      "You may name somebody to act for you: a relative, a friend, a lawyer. The physician who treats you may ask for an appeal before the service without being named (42 CFR 422.578).",
    next: "If the appeal does not change our decision, we send the case to an independent reviewer who works for Medicare. You do not have to do anything for that (42 CFR 422.590, 422.592).",
    extension:
      "If you do not agree that we take more time, you may file an expedited grievance with us, which we answer within 24 hours (42 CFR 422.564(f), 422.568(b)).",
  },
  marketplace: {
    appeal: (days, lastDay, decided) =>
      `You have ${days} days from the day on which you receive this notice, that is at least until ${lastDay}, to ask us for an internal appeal. Somebody who had no part in this decision looks at the case anew and decides within ${decided}`,
    expedited: " You may ask for an external review at the same time.",
    continuation:
      "If this decision reduces or ends a course of treatment that we had approved before, its coverage goes on until your appeal is decided (45 CFR 147.136(b)(2)(iii)).",
    criterion:
      "You may ask us, free of charge, for copies of the criterion that this decision rests on, the clinical judgment behind it, and all else that bears on it (29 CFR 2560.503-1(g), (h)).",
    representative:
      "You may name somebody to act for you. Where it is urgent, a health care professional who knows your condition may act for you without being named (29 CFR 2560.503-1(b)(4)).",
    next: "If the appeal does not change our decision, you may ask for an external review by an independent organization within four months of our answer. We tell you how in that answer (45 CFR 147.136(c), (d)).",
    extension: "Your right to appeal our decision begins when it is made; the notice of it says how.",
  },
};

/** How an adverse decision may be answered, in the words in which the member is told. `at`: the date of the notice; `how`: where to file. */
export function rightsAfterDenial(lineOfBusiness: LineOfBusiness, at: Instant, policy: Policy, how: string): readonly Right[] {
  const right = rights[lineOfBusiness];
  const row = policy.plan.appeals.find((one) => one.lineOfBusiness === lineOfBusiness);
  if (!row) throw new Error(`the plan says nothing of appeals in ${lineOfBusiness}`);
  const lastDay = longDate(lastDayToAppeal(at, row, policy));
  const appeal = right.appeal(row.fileWithinDays, lastDay, spanText(row.standard.hours));
  return [
    { heading: "Appeal", text: `${appeal} (${row.fileCite}; ${row.standard.cite}). ${how}` },
    {
      heading: "Expedited appeal",
      text: `If waiting could seriously harm life, health or the ability to regain full function, ask for an expedited appeal. Say so when you appeal; nothing in writing is needed. We decide within ${row.expedited.hours} hours of receiving it (${row.expedited.cite}).${right.expedited}`,
    },
    { heading: "Care that is going on", text: right.continuation },
    { heading: "The criterion, free of charge", text: right.criterion },
    { heading: "Somebody to act for you", text: right.representative },
    { heading: "After the appeal", text: right.next },
  ];
}

/** What is left to do where an appeal was decided against what was asked. */
export const rightsAfterAppeal = (lineOfBusiness: LineOfBusiness): readonly Right[] => [
  { heading: "The next step", text: nextSteps[lineOfBusiness] },
  { heading: "The criterion, free of charge", text: rights[lineOfBusiness].criterion },
];

const nextSteps: Readonly<Record<LineOfBusiness, string>> = {
  medicaid:
    "You may ask the state for a fair hearing within 120 calendar days of the date of this notice. Care that went on during the appeal goes on if you ask for it within 10 calendar days; should the hearing be lost, you may have to pay for it (42 CFR 438.408(f), 438.420).",
  "medicare-advantage":
    "We send the case to an independent reviewer who works for Medicare, and who tells you what was found. You do not have to do anything for that (42 CFR 422.590, 422.592).",
  marketplace:
    "You may ask for an external review by an independent organization within four months of receiving this notice. It is free of charge, and we are bound by it (45 CFR 147.136(c), (d)).",
};

const spanText = (hours: number): string => (hours % 24 === 0 && hours > 72 ? `${hours / 24} calendar days` : `${hours} hours`);

/** When a provider may exercise the member's rights. */
export const onBehalf: Readonly<Record<LineOfBusiness, string>> = {
  medicaid: "With the member's written consent you may appeal for the member (42 CFR 438.402(c)(1)(ii)).",
  "medicare-advantage":
    "As the treating physician you may ask for an appeal before the service for the member, and tell the member so (42 CFR 422.578).",
  marketplace: "You may appeal for the member when the member has named you (29 CFR 2560.503-1(b)(4)).",
};

export const rightsAfterExtension = (lineOfBusiness: LineOfBusiness): string => rights[lineOfBusiness].extension;
