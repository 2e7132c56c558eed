import { setTimeout as pause } from "node:timers/promises";
import type { Callback, Case, Cases } from "./vendor-cases.ts";
import { signVendorRequest, type VendorKey } from "./vendor-signature.ts";

const shortestBackOff = 200;
const longestBackOff = 5_000;
const patience = 15_000;

export type CallbackOptions = {
  cases: Cases;
  /** Without a trailing slash. */
  apiUrl: () => string;
  /** The first one signs. */
  keys: () => readonly VendorKey[];
  now: () => Date;
};

/** Sends what cases have due: a case's events one after another, each until the plan took or refused it. */
export const startCallbacks = ({ cases, apiUrl, keys, now }: CallbackOptions) => {
  const running = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  const { signal } = stopping;

  const resume = (caseId: string) => {
    if (signal.aborted || running.has(caseId)) return;
    const run = work(caseId).finally(() => {
      running.delete(caseId);
      if (nextDue(caseId) !== undefined) resume(caseId);
    });
    running.set(caseId, run);
  };

  const find = (caseId: string) => cases.all().find((one) => one.caseId === caseId);
  const nextDue = (caseId: string) => {
    const index = find(caseId)?.callbacks.findIndex(({ status }) => status === "due") ?? -1;
    return index < 0 ? undefined : index;
  };

  const work = async (caseId: string): Promise<void> => {
    for (let index = nextDue(caseId); index !== undefined; index = nextDue(caseId)) {
      for (let attempt = 0; ; attempt += 1) {
        const current = find(caseId);
        const callback = current?.callbacks[index];
        if (!current || !callback) return;
        const wait = attempt === 0 ? callback.dueAt - Date.now() : Math.min(shortestBackOff * 2 ** attempt, longestBackOff);
        if (wait > 0) await pause(wait, undefined, { signal }).catch(() => {});
        if (signal.aborted) return;
        const answer = await send(current, callback);
        if (signal.aborted) return;
        if (!answer || !isFinal(answer.status)) continue;
        // Read again: an update may have arrived meanwhile.
        settle(caseId, index, answer);
        break;
      }
    }
  };

  const settle = (caseId: string, index: number, answer: Answer) => {
    const current = find(caseId);
    if (!current) return;
    const status = answer.status < 300 ? "delivered" : "refused";
    const requestId = current.requestId ?? answer.requestId;
    cases.save({
      ...current,
      ...(requestId !== undefined && { requestId }),
      callbacks: current.callbacks.map((one, at) => (at === index ? { ...one, status, answered: answer.status } : one)),
    });
  };

  type Answer = { status: number; requestId: string | undefined };

  const send = async ({ caseId, requestId }: Case, { event }: Callback): Promise<Answer | undefined> => {
    const [key] = keys();
    if (!key) return undefined;
    // A case that began at the vendor's site is told without our id, which the vendor had not then: a repeat says the same again.
    const ours = event.type === "opened" ? {} : { requestId };
    const body = JSON.stringify({ ...event, caseId, ...ours });
    try {
      const response = await fetch(`${apiUrl()}/v1/vendor-events`, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          ...signVendorRequest(key.secret, key.id, Math.floor(now().getTime() / 1000), body),
        },
        body,
        redirect: "manual",
        signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
      });
      return { status: response.status, requestId: requestIdIn(await response.text()) };
    } catch {
      // Not reached: the plan may be starting. It is tried again.
      return undefined;
    }
  };

  for (const { caseId } of cases.all()) if (nextDue(caseId) !== undefined) resume(caseId);

  return {
    resume,
    busy: () => running.size > 0,
    close: async () => {
      stopping.abort();
      await Promise.all(running.values());
    },
  };
};

/** Taken (2xx) or refused for good (4xx); a throttle or a time-out is neither. */
const isFinal = (status: number): boolean =>
  status >= 200 && status < 500 && !(status >= 300 && status < 400) && status !== 408 && status !== 429;

const requestIdIn = (text: string): string | undefined => {
  try {
    const { requestId } = JSON.parse(text) as { requestId?: unknown };
    return typeof requestId === "string" ? requestId : undefined;
  } catch {
    return undefined;
  }
};
