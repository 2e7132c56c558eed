import type { DecidedAsk } from "./decided-asks.ts";
import { type LineOfBusiness, linesOfBusiness, type Priority } from "./vocabulary.ts";

/** A share of what was decided, with what it was made from. Percent with two decimals, `null` where there is nothing to divide by. */
export type Share = { readonly numerator: number; readonly denominator: number; readonly percent: number | null };

/** How long decisions took, in the unit that the law reports them in, with two decimals; `null` where nothing was decided. */
export type Elapsed = {
  readonly unit: "days" | "hours";
  readonly count: number;
  readonly totalMilliseconds: number;
  readonly mean: number | null;
  readonly median: number | null;
};

export const shareNames = [
  "standardApproved",
  "standardDenied",
  "standardApprovedAfterAppeal",
  "extendedAndApproved",
  "expeditedApproved",
  "expeditedDenied",
] as const;
export type ShareName = (typeof shareNames)[number];

export type ProgramMetrics = {
  readonly lineOfBusiness: LineOfBusiness;
  /** The level at which it is reported. */
  readonly program: string;
  readonly cite: string;
  readonly shares: Readonly<Record<ShareName, Share>>;
  readonly timeToDecision: Readonly<Record<Priority, Elapsed>>;
  /** Decided, and in none of the figures. */
  readonly excluded: { readonly drugs: number; readonly retrospective: number };
};

const programs: Readonly<Record<LineOfBusiness, { readonly program: string; readonly cite: string }>> = {
  "medicare-advantage": { program: "Medicare Advantage contract", cite: "42 CFR 422.122(c)" },
  medicaid: { program: "Medicaid plan", cite: "42 CFR 438.210(f)" },
  marketplace: { program: "QHP issuer", cite: "45 CFR 156.223(c)" },
};

/** What each figure is, in the order in which the law asks for them. */
export const definitions = [
  { measure: "services", meaning: "All items and services that require prior authorization, drugs left out." },
  { measure: "standardApproved", meaning: "Of all standard asks, those that were approved in full." },
  { measure: "standardDenied", meaning: "Of all standard asks, those that were denied in full or in part." },
  {
    measure: "standardApprovedAfterAppeal",
    meaning: "Of all standard asks, those that were denied at first and approved in full after an appeal.",
  },
  {
    measure: "extendedAndApproved",
    meaning: "Of all asks, standard and expedited, those whose time was extended and that were then approved in full.",
  },
  { measure: "expeditedApproved", meaning: "Of all expedited asks, those that were approved in full." },
  { measure: "expeditedDenied", meaning: "Of all expedited asks, those that were denied in full or in part." },
  {
    measure: "timeToDecision.standard",
    meaning: "Mean and median days from the receipt of a standard ask to its first decision.",
  },
  {
    measure: "timeToDecision.expedited",
    meaning: "Mean and median hours from the receipt of an expedited ask to its first decision.",
  },
] as const;

/** By when the metrics of a calendar year have to be public. */
export const postBy = (year: number): string => `${year + 1}-03-31`;

/** Drugs are no item or service of these metrics. */
export const isReported = ({ id }: { readonly id: string }): boolean => id !== "drug";

/**
 * One year's metrics by program, summed from what was decided in it. Sums of whole numbers, divided once and rounded half up: whatever
 * the order of the entries, the last digit is the same.
 */
export function metricsOf(
  entries: readonly DecidedAsk[],
  year: number,
  of: readonly LineOfBusiness[] = linesOfBusiness,
): readonly ProgramMetrics[] {
  const decided = entries.filter((entry) => entry.year === year);
  return of.map((lineOfBusiness) => programMetrics(decided, lineOfBusiness));
}

function programMetrics(decided: readonly DecidedAsk[], lineOfBusiness: LineOfBusiness): ProgramMetrics {
  const all = decided.filter((entry) => entry.lineOfBusiness === lineOfBusiness);
  const asks = all.filter(({ drugs, retrospective }) => !drugs && !retrospective);
  const standard = asks.filter(({ priority }) => priority === "standard");
  const expedited = asks.filter(({ priority }) => priority === "expedited");
  return {
    lineOfBusiness,
    ...programs[lineOfBusiness],
    shares: {
      standardApproved: share(standard, isApproved),
      standardDenied: share(standard, isDenied),
      standardApprovedAfterAppeal: share(standard, ({ approvedAfterAppeal }) => approvedAfterAppeal),
      extendedAndApproved: share(asks, (ask) => ask.extended && isApproved(ask)),
      expeditedApproved: share(expedited, isApproved),
      expeditedDenied: share(expedited, isDenied),
    },
    timeToDecision: { standard: elapsed(standard, "days"), expedited: elapsed(expedited, "hours") },
    excluded: {
      drugs: all.filter(({ drugs }) => drugs).length,
      retrospective: all.filter(({ drugs, retrospective }) => !drugs && retrospective).length,
    },
  };
}

const isApproved = ({ outcome }: DecidedAsk): boolean => outcome === "approved";
const isDenied = ({ outcome }: DecidedAsk): boolean => outcome === "denied";

export function share(asks: readonly DecidedAsk[], counts: (ask: DecidedAsk) => boolean): Share {
  const numerator = asks.filter(counts).length;
  return { numerator, denominator: asks.length, percent: quotient(BigInt(numerator * 100), BigInt(asks.length)) };
}

const milliseconds = { days: 86_400_000n, hours: 3_600_000n } as const;

export function elapsed(asks: readonly DecidedAsk[], unit: "days" | "hours"): Elapsed {
  // A vendor's clock may be behind ours: nothing is decided before it was asked for.
  const times = asks
    .map(({ submittedAt, decidedAt }) => Math.max(0, Date.parse(decidedAt) - Date.parse(submittedAt)))
    .sort((a, b) => a - b);
  const count = times.length;
  const total = times.reduce((sum, time) => sum + time, 0);
  const inTheMiddle = (times[Math.floor((count - 1) / 2)] ?? 0) + (times[Math.floor(count / 2)] ?? 0);
  return {
    unit,
    count,
    totalMilliseconds: total,
    mean: quotient(BigInt(total), BigInt(count) * milliseconds[unit]),
    median: count === 0 ? null : quotient(BigInt(inTheMiddle), 2n * milliseconds[unit]),
  };
}

/** With two decimals, rounded half up; of whole numbers that are not negative. */
function quotient(dividend: bigint, divisor: bigint): number | null {
  if (divisor === 0n) return null;
  return Number((200n * dividend + divisor) / (2n * divisor)) / 100;
}
