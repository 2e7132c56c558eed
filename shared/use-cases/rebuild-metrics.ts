import { hash } from "node:crypto";
import { dayOf } from "../domain/calendar.ts";
import { canonicalJson } from "../domain/canonical-json.ts";
import { type DecidedAsk, decidedAsks } from "../domain/decided-asks.ts";
import { metricsOf, type ProgramMetrics } from "../domain/metrics.ts";
import type { Request } from "../domain/request.ts";
import type { Policy } from "../policy/policy.ts";
import type { Clock, DecisionLedger, Inventory, Requests } from "../ports.ts";

export type RebuildDeps = {
  readonly requests: Pick<Requests, "find" | "findMany">;
  readonly inventory: Pick<Inventory, "requests">;
  readonly ledger: DecisionLedger;
  readonly clock: Clock;
  readonly policy: Policy;
};

/** Where to go on: it is handed from one call of the operator to the next. */
export type RebuildCursor =
  | { readonly phase: "requests"; readonly after?: string | undefined }
  | { readonly phase: "ledger"; readonly year: number };

export type RebuildOrder = {
  /** What was decided in this year; without it, ever. */
  readonly year?: number | undefined;
  /** Only looks: writes nothing. */
  readonly check: boolean;
  readonly cursor?: RebuildCursor | undefined;
};

/** A year's metrics, and what tells them from any others to the last digit. */
export type YearSums = {
  readonly year: number;
  readonly entries: number;
  readonly digest: string;
  readonly programs: readonly ProgramMetrics[];
};

export type Rebuilt = {
  readonly requests: number;
  readonly decided: number;
  /** Decided, and not in the ledger. */
  readonly missing: number;
  /** In the ledger otherwise than the request says. */
  readonly different: number;
  /** In the ledger, and no request stands for it. */
  readonly unknown: number;
  /** As the ledger had them, with the first answer. */
  readonly before?: readonly YearSums[];
  /** As it has them now, with the last answer. */
  readonly after?: readonly YearSums[];
  /** Absent at the end. */
  readonly next?: RebuildCursor;
};

type Tally = { -readonly [Name in "requests" | "decided" | "missing" | "different" | "unknown"]: number };

/** The first year that metrics can be asked about. */
const firstYear = 2000;
/** Requests that are read at once. */
const atOnce = 100;

/**
 * Holds the ledger against all requests, and puts right what differs. The desk may go on meanwhile: what differs is looked at twice,
 * and what a decision adds later is its consumer's. Changes nothing that is right, so it may stop anywhere and run again.
 *
 * @param hasTime asked before each page; when it says no, the answer says where to go on
 */
export async function rebuildMetrics(deps: RebuildDeps, order: RebuildOrder, hasTime: () => boolean): Promise<Rebuilt> {
  const lastYear = Number(dayOf(deps.clock.now(), deps.policy.plan.timeZone).slice(0, 4));
  const years =
    order.year === undefined ? Array.from({ length: lastYear - firstYear + 1 }, (_, index) => firstYear + index) : [order.year];
  const before = order.cursor ? {} : { before: await sumsOf(deps, years) };
  const tally: Tally = { requests: 0, decided: 0, missing: 0, different: 0, unknown: 0 };
  let next: RebuildCursor | undefined = order.cursor ?? { phase: "requests" };
  while (next && hasTime()) {
    if (next.phase === "requests") {
      const after: string | undefined = await requestsPage(deps, order, next.after, tally);
      next = after === undefined ? { phase: "ledger", year: years[0] ?? firstYear } : { phase: "requests", after };
    } else {
      await ledgerOf(deps, order, next.year, tally);
      const following: number | undefined = years[years.indexOf(next.year) + 1];
      next = following === undefined ? undefined : { phase: "ledger", year: following };
    }
  }
  return { ...tally, ...before, ...(next ? { next } : { after: await sumsOf(deps, years) }) };
}

async function sumsOf({ ledger }: RebuildDeps, years: readonly number[]): Promise<readonly YearSums[]> {
  const sums: YearSums[] = [];
  for (const year of years) {
    const entries = await ledger.year(year);
    if (entries.length === 0 && years.length > 1) continue;
    const programs = metricsOf(entries, year);
    sums.push({ year, entries: entries.length, digest: hash("sha256", canonicalJson(programs), "hex"), programs });
  }
  return sums;
}

/** Everything that is decided must be in the ledger, as the request says. */
async function requestsPage(
  deps: RebuildDeps,
  { year, check }: RebuildOrder,
  after: string | undefined,
  tally: Tally,
): Promise<string | undefined> {
  const { items, next } = await deps.inventory.requests(after);
  tally.requests += items.length;
  for (const ids of portions(items, atOnce)) {
    const asks = (await deps.requests.findMany(ids)).flatMap((request) => asksOf(deps, request, year));
    tally.decided += asks.length;
    for (const suspect of await notAsSaid(deps, asks)) {
      // Somebody may just have decided, and the ledger not have heard of it.
      const request = await deps.requests.find(suspect.requestId);
      const again = request ? asksOf(deps, request, year).filter(({ ask }) => ask === suspect.ask) : [];
      for (const right of await notAsSaid(deps, again)) {
        const [stored] = await deps.ledger.find([right]);
        tally[stored ? "different" : "missing"] += 1;
        if (check) continue;
        // One that claims to be of a later version would stand.
        if (stored && stored.requestVersion > right.requestVersion) await deps.ledger.remove(stored);
        await deps.ledger.record(right);
      }
    }
  }
  return next;
}

const asksOf = ({ policy }: RebuildDeps, request: Request, year: number | undefined): readonly DecidedAsk[] =>
  decidedAsks(request, policy).filter((ask) => year === undefined || ask.year === year);

async function notAsSaid({ ledger }: RebuildDeps, asks: readonly DecidedAsk[]): Promise<readonly DecidedAsk[]> {
  const stored = new Map((await ledger.find(asks)).map((entry) => [placeOf(entry), sayingOf(entry)]));
  return asks.filter((ask) => stored.get(placeOf(ask)) !== sayingOf(ask));
}

/** Nothing may be in the ledger that no request stands for. */
async function ledgerOf(deps: RebuildDeps, { check }: RebuildOrder, year: number, tally: Tally): Promise<void> {
  for (const entries of portions(await deps.ledger.year(year), atOnce)) {
    const ids = [...new Set(entries.map(({ requestId }) => requestId))];
    const known = placesIn(deps, await deps.requests.findMany(ids));
    for (const entry of entries.filter((one) => !known.has(placeOf(one)))) {
      tally.unknown += 1;
      if (!check) await deps.ledger.remove(entry);
    }
  }
}

const placesIn = ({ policy }: RebuildDeps, requests: readonly Request[]): ReadonlySet<string> =>
  new Set(requests.flatMap((request) => decidedAsks(request, policy)).map(placeOf));

const placeOf = ({ year, decidedAt, requestId, ask }: DecidedAsk): string => `${year}#${decidedAt}#${requestId}#${ask}`;

/** Of which version of the request it was taken says nothing. */
const sayingOf = ({ requestVersion, ...said }: DecidedAsk): string => canonicalJson(said);

function* portions<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let first = 0; first < items.length; first += size) yield items.slice(first, first + size);
}
