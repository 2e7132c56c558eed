import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { openJournal } from "../messages/journal.ts";
import type { CaseState, Known, Reaction, ReferredLine } from "./vendor-behaviour.ts";

/** An event on its way to the plan. Kept as fields: the request's id may become known only after the case was opened. */
export type Callback = {
  event: {
    eventId: string;
    type: string;
    version: number;
    occurredAt: string;
    lines?: object[];
    items?: object[];
    submission?: unknown;
  };
  /** Real time, in milliseconds. */
  dueAt: number;
  status: "due" | "delivered" | "refused";
  /** The plan's last HTTP status. */
  answered?: number;
};

export type Case = {
  caseId: string;
  /** Unknown while the plan has not answered to a case that began at the vendor's own site. */
  requestId?: string;
  /** The idempotency key under which the case was opened. */
  key: string;
  state: CaseState;
  version: number;
  /** How often the referral arrived. */
  deliveries: number;
  /** The idempotency keys of the updates that arrived. */
  updates: string[];
  lines: ReferredLine[];
  known: Known;
  callbacks: Callback[];
};

export type Cases = {
  all(): Case[];
  byKey(key: string): Case | undefined;
  byRequest(requestId: string): Case[];
  /** Stored when this returns. */
  save(changed: Case): void;
  /** Counts a referral that the vendor failed to take, and answers how many there were before. */
  countFailure(key: string): number;
  close(): void;
};

/** The vendor's memory, in `<directory>/vendor.jsonl`; it knows line numbers and dates, and nobody's name. */
export const openCases = (directory: string): Cases => {
  const cases = new Map<string, Case>();
  const failures = new Map<string, number>();
  const journal = openJournal<{ case: Case } | { failed: string; times: number }>(
    join(directory, "vendor.jsonl"),
    (entry) => {
      if ("case" in entry) cases.set(entry.case.caseId, entry.case);
      else failures.set(entry.failed, entry.times);
    },
    () => [...[...cases.values()].map((one) => ({ case: one })), ...[...failures].map(([failed, times]) => ({ failed, times }))],
  );
  return {
    all: () => [...cases.values()],
    byKey: (key) => [...cases.values()].find((one) => one.key === key),
    byRequest: (requestId) => [...cases.values()].filter((one) => one.requestId === requestId),
    save: (changed) => journal.append({ case: changed }),
    countFailure: (key) => {
      const before = failures.get(key) ?? 0;
      journal.append({ failed: key, times: before + 1 });
      return before;
    },
    close: () => journal.close(),
  };
};

export const newCase = (fields: Pick<Case, "key" | "lines"> & Partial<Pick<Case, "requestId" | "known">>): Case => ({
  caseId: `NIA-${randomUUID().slice(0, 8).toUpperCase()}`,
  state: "open",
  version: 0,
  deliveries: 0,
  updates: [],
  known: { documents: [], answers: 0, picture: "" },
  callbacks: [],
  ...fields,
});

/** The case after a reaction: its events numbered on, one `delay` (in milliseconds) after another. */
export const withReaction = (before: Case, { state, steps }: Reaction, occurredAt: Date, delay: number): Case => {
  let version = before.version;
  let dueAt = Math.max(Date.now(), ...before.callbacks.map((callback) => callback.dueAt));
  const callbacks = steps.flatMap(({ repeated, ...step }): Callback[] => {
    version += 1;
    const event = { eventId: randomUUID(), version, occurredAt: occurredAt.toISOString(), ...step };
    return Array.from({ length: repeated ? 2 : 1 }, () => {
      dueAt += delay;
      return { event, dueAt, status: "due" as const };
    });
  });
  return { ...before, state, version, callbacks: [...before.callbacks, ...callbacks] };
};
