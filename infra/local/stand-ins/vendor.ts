import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import * as z from "zod";
import { answerJson, listen, readBody } from "../plain-http.ts";
import { approval, failuresBefore, knownFrom, reactToReferral, reactToUpdate, referral, update } from "./vendor-behaviour.ts";
import { startCallbacks } from "./vendor-callbacks.ts";
import { type Callback, newCase, openCases, withReaction } from "./vendor-cases.ts";
import { refuseSignature, type VendorKey } from "./vendor-signature.ts";

export { signVendorRequest, type VendorKey } from "./vendor-signature.ts";

export type Vendor = {
  port: number;
  url: string;
  /** While any callback is on its way or will be. */
  busy(): boolean;
  close(): Promise<void>;
};

export type VendorOptions = {
  port: number;
  /** Cases lie in `<directory>/vendor.jsonl`. */
  directory: string;
  /** The plan's API, without a trailing slash; asked for at each callback. */
  apiUrl: () => string;
  /** The keys that count; the first one signs callbacks. */
  keys: () => readonly VendorKey[];
  now: () => Date;
  /** Milliseconds between two events of a case. */
  delay?: number;
};

const longestBody = 1024 * 1024;

const opening = z.object({
  submission: z.looseObject({
    lines: z.array(z.looseObject({ quantity: z.number().optional(), serviceDate: z.string().optional() })).min(1),
  }),
  /** Whether the vendor also approves what was opened. */
  decide: z.boolean().default(false),
});

const resending = z.object({ since: z.iso.datetime() });

type Answer = { status: number; body: object };

/**
 * The imaging vendor's stand-in. It takes signed referrals, opens one case per idempotency key, and calls back; what it
 * decides follows from the last digit of the member's id. `GET /cases` shows what it knows, `POST /open` makes it open a
 * case of its own accord, as when a provider went to the vendor's site, `POST /resend` makes it say again, event by event, what it has
 * said `since` a moment.
 */
export const startVendor = async ({ port, directory, apiUrl, keys, now, delay = 300 }: VendorOptions): Promise<Vendor> => {
  const cases = openCases(directory);
  const callbacks = startCallbacks({ cases, apiUrl, keys, now });

  const refer = (body: unknown, key: string): Answer => {
    const parsed = referral.safeParse(body);
    if (!parsed.success || !belongsTo(key, parsed.data.requestId)) return unreadable;
    const { requestId, member, lines } = parsed.data;
    const digit = member.id.slice(-1);
    const repeated = cases.byKey(key);
    if (repeated) {
      cases.save({ ...repeated, deliveries: repeated.deliveries + 1 });
      return { status: 202, body: { caseId: repeated.caseId } };
    }
    if (failuresBefore(digit) > 0 && cases.countFailure(key) < failuresBefore(digit)) {
      return { status: 503, body: { message: "Try again later" } };
    }
    const begun = newCase({ requestId, key, lines, known: knownFrom(parsed.data) });
    const opened = withReaction(begun, reactToReferral(digit, lines, now()), now(), delay);
    cases.save({ ...opened, deliveries: 1 });
    callbacks.resume(opened.caseId);
    return { status: 202, body: { caseId: opened.caseId } };
  };

  const amend = (requestId: string, body: unknown, key: string): Answer => {
    const parsed = update.safeParse(body);
    if (!parsed.success || parsed.data.requestId !== requestId || !belongsTo(key, requestId)) return unreadable;
    const { caseId } = parsed.data;
    const before = cases.byRequest(requestId).findLast((one) => caseId === undefined || one.caseId === caseId);
    if (!before) return { status: 404, body: { message: "There is no such case" } };
    if (!before.updates.includes(key)) {
      const asked = before.callbacks.some(({ event, status }) => event.type === "information-requested" && status === "delivered");
      const reaction = reactToUpdate({ ...before, asked }, parsed.data, now());
      cases.save(withReaction({ ...before, updates: [...before.updates, key], known: reaction.known }, reaction, now(), delay));
      callbacks.resume(before.caseId);
    }
    return { status: 202, body: { caseId: before.caseId } };
  };

  const open = (body: unknown): Answer => {
    const parsed = opening.safeParse(body);
    if (!parsed.success) return unreadable;
    const { submission, decide } = parsed.data;
    const lines = submission.lines.map(({ quantity, serviceDate }, index) => ({
      lineNumber: index + 1,
      ...(quantity !== undefined && { quantity }),
      ...(serviceDate !== undefined && { serviceDate }),
    }));
    const steps = [{ type: "opened", submission }, ...(decide ? [approval(lines, now())] : [])];
    const opened = withReaction(
      newCase({ key: `opened.${randomUUID()}`, lines }),
      { state: decide ? "decided" : "open", steps },
      now(),
      delay,
    );
    cases.save(opened);
    callbacks.resume(opened.caseId);
    return { status: 202, body: { caseId: opened.caseId } };
  };

  const resend = (body: unknown): Answer => {
    const parsed = resending.safeParse(body);
    if (!parsed.success) return unreadable;
    let resent = 0;
    for (const one of cases.all()) {
      const again = (callback: Callback) => callback.event.occurredAt >= parsed.data.since;
      const fresh = one.callbacks.filter(again).length;
      if (fresh === 0) continue;
      resent += fresh;
      const due = ({ event }: Callback): Callback => ({ event, dueAt: Date.now(), status: "due" });
      cases.save({ ...one, callbacks: one.callbacks.map((callback) => (again(callback) ? due(callback) : callback)) });
      callbacks.resume(one.caseId);
    }
    return { status: 202, body: { resent } };
  };

  const list = (): Answer => ({
    status: 200,
    body: {
      cases: cases.all().map(({ caseId, requestId, state, deliveries, updates, callbacks: sent }) => ({
        caseId,
        requestId,
        state,
        deliveries,
        updates: updates.length,
        callbacks: sent.map(({ event, status, answered }) => ({
          eventId: event.eventId,
          type: event.type,
          version: event.version,
          status,
          answered,
        })),
      })),
    },
  });

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const bytes = await readBody(request, longestBody);
    if (!bytes) return { status: 413, body: { message: "The body is too long" } };
    const route = `${request.method} ${new URL(request.url ?? "/", "http://127.0.0.1").pathname}`;
    if (route === "GET /cases") return list();
    const [, updated] = /^POST \/referrals\/([^/]+)\/updates$/.exec(route) ?? [];
    if (route !== "POST /referrals" && route !== "POST /open" && route !== "POST /resend" && updated === undefined) {
      return { status: 404, body: { message: "Not found" } };
    }
    if (route === "POST /open") return open(parsed(bytes));
    if (route === "POST /resend") return resend(parsed(bytes));
    const refused = refuseSignature(request.headers, bytes, keys(), now());
    if (refused) return { status: 401, body: { message: `Not signed by the plan: ${refused}` } };
    const key = String(request.headers["idempotency-key"] ?? "");
    return updated === undefined ? refer(parsed(bytes), key) : amend(decodeURIComponent(updated), parsed(bytes), key);
  };

  const server = await listen(port, (request: IncomingMessage, response: ServerResponse) => {
    response.setHeader("date", now().toUTCString());
    answer(request).then(
      ({ status, body }) => answerJson(response, status, body),
      () => response.destroy(),
    );
  });

  return {
    port: server.port,
    url: `http://127.0.0.1:${server.port}`,
    busy: callbacks.busy,
    close: async () => {
      await server.close();
      await callbacks.close();
      cases.close();
    },
  };
};

const unreadable: Answer = { status: 400, body: { message: "The request is not what was agreed" } };

/** `<requestId>.<number>`, with more behind it for an update. */
const belongsTo = (key: string, requestId: string): boolean =>
  key.startsWith(`${requestId}.`) && /^\d/.test(key.slice(requestId.length + 1)) && key.length <= 256;

const parsed = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
};
