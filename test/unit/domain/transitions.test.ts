import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Instant } from "../../../shared/domain/calendar.ts";
import { isIntact, type RequestEvent } from "../../../shared/domain/events.ts";
import { isOpen, type Request, statusOf } from "../../../shared/domain/request.ts";
import { apply, consequences, type Transition } from "../../../shared/domain/transition.ts";
import { registerDocument, settleDocument } from "../../../shared/domain/transitions/documents.ts";
import { contradictionIn, hearVendor, recordContradiction } from "../../../shared/domain/transitions/hear-vendor.ts";
import { inform } from "../../../shared/domain/transitions/inform.ts";
import { missClock } from "../../../shared/domain/transitions/miss.ts";
import {
  recallReferral,
  recordReferralFailed,
  recordReferralSent,
  releaseReferral,
} from "../../../shared/domain/transitions/refer.ts";
import { remind, remindOfUnits } from "../../../shared/domain/transitions/remind.ts";
import { withdraw } from "../../../shared/domain/transitions/withdraw.ts";
import type { VendorEvent } from "../../../shared/domain/vendor-event.ts";
import { outcomes, requestStatuses, type Setting } from "../../../shared/domain/vocabulary.ts";
import { aChange, asked, at, documentId, hoursAfter, mriLine, npis, therapyLine, vendor, visitLine } from "../../builders.ts";

type Step = { readonly transition: Transition<never>; readonly command: unknown };
const step = <Command>(transition: Transition<Command>, command: Command): Step => ({
  transition: transition as unknown as Transition<never>,
  command,
});

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const present = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [Key in keyof T]: Exclude<T[Key], undefined>;
  };

const document = fc.constantFrom(..."ABC").map((letter) => documentId(letter));
const vendorLine = fc
  .record({
    lineNumber: fc.integer({ min: 1, max: 3 }),
    outcome: fc.constantFrom(...outcomes),
    quantity: maybe(fc.integer({ min: 1, max: 9 })),
    reason: fc.constant({ code: "0F", text: "Not necessary." }),
    clinician: maybe(
      fc.constantFrom("MD", "DO", "MD", "RN", "PsyD", "PharmD").map((credential) => ({ name: "Robin Ames", credential })),
    ),
  })
  .map(present);
const anyEvent = fc
  .record({
    eventId: fc.integer({ min: 1, max: 99 }).map((number) => `event-${number}`),
    type: fc.constantFrom("acknowledged", "information-requested", "decided", "decided", "decided", "not-delegated", "opened"),
    caseId: fc.constant("NIA-1"),
    version: fc.integer({ min: 1, max: 9 }),
    occurredAt: fc.constant(hoursAfter(1)),
    lines: fc.array(vendorLine, { minLength: 1, maxLength: 3 }),
    items: maybe(fc.constant([{ code: "therapy", text: "How long?" }])),
  })
  .map(present) as fc.Arbitrary<VendorEvent>;
/** Mostly about lines that are the vendor's, in its own case; sometimes about anything. */
const vendorMove = fc.tuple(anyEvent, fc.integer({ min: 0, max: 9 })).map(
  ([event, luck]): Move =>
    (request, now) => {
      const dated = { ...event, occurredAt: luck === 2 ? event.occurredAt : now };
      const said = luck === 0 ? { ...dated, caseId: "NIA-2" } : luck === 1 ? dated : { ...dated, lines: fitting(request, dated) };
      const reason = contradictionIn(request, said, now);
      return reason === undefined ? step(hearVendor, said) : step(recordContradiction, { event: said, reason });
    },
);
function fitting(request: Request, { lines = [] }: VendorEvent) {
  const open = request.lines.filter((line) => line.route === "vendor" && line.decision === null);
  return lines.slice(0, Math.max(1, open.length)).map((said, index) => ({ ...said, lineNumber: open[index]?.lineNumber ?? 1 }));
}
const information = fc.record({
  supplement: fc
    .record({
      clinicalSummary: maybe(fc.constantFrom("Worse.", "Better.")),
      outOfNetworkReason: maybe(fc.constant("Nobody nearer.")),
      lines: maybe(fc.constant([{ lineNumber: 2, quantity: 4, unit: "visit" as const }])),
    })
    .map(present),
  answers: fc.subarray([{ code: "therapy", text: "Six weeks." }]),
  network: fc.record({ servicingProvider: fc.boolean() }),
  membership: fc.constant(asked()),
  servicingOrganization: fc.constant(null),
});

type Move = (request: Request, now: Instant) => Step;
const moves: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 2,
    arbitrary: document.map(
      (id): Move =>
        () =>
          step(registerDocument, { id, kind: "clinical" }),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom("available" as const, "available" as const, "rejected" as const, "expired" as const).map(
      (status): Move =>
        ({ documents }) =>
          step(settleDocument, { id: documents.at(-1)?.id ?? documentId("A"), status }),
    ),
  },
  {
    weight: 2,
    arbitrary: information.map(
      (command): Move =>
        () =>
          step(inform, command),
    ),
  },
  { weight: 1, arbitrary: fc.constant((): Step => step(releaseReferral, {})) },
  { weight: 1, arbitrary: fc.constant((): Step => step(recallReferral, {})) },
  { weight: 1, arbitrary: fc.constant((): Step => step(missClock, {})) },
  { weight: 1, arbitrary: fc.constant((): Step => step(remind, {})) },
  { weight: 1, arbitrary: fc.constant((): Step => step(remindOfUnits, {})) },
  { weight: 1, arbitrary: fc.constant((): Step => step(recordReferralSent, { number: 1 })) },
  { weight: 1, arbitrary: fc.constant((): Step => step(recordReferralFailed, { number: 1, reason: "It did not answer." })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("Moved.", "Better.").map(
      (reason): Move =>
        () =>
          step(withdraw, { reason }),
    ),
  },
  { weight: 6, arbitrary: vendorMove },
);

const line = fc.constantFrom(
  mriLine({ quantity: 5 }),
  mriLine({ code: "70450", quantity: 2 }),
  therapyLine(),
  visitLine(),
  visitLine({ servicingProvider: { npi: npis.outside, name: "Elsewhere" } }),
);
const submission = fc.record({
  lines: fc
    .tuple(fc.constantFrom(mriLine({ quantity: 5 }), mriLine(), mriLine(), visitLine()), fc.array(line, { maxLength: 2 }))
    .map(([first, others]) => [first, ...others]),
  diagnoses: fc.constantFrom([], ...Array.from({ length: 5 }, () => [{ code: "M54.16", narrative: "Radiculopathy" }])),
  setting: fc.constantFrom("outpatient", "outpatient", "outpatient", "observation", "inpatient") as fc.Arbitrary<Setting>,
});
const story = fc.tuple(
  submission,
  fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
  fc.array(fc.tuple(moves, fc.integer({ min: 0, max: 30 })), { minLength: 3, maxLength: 25 }),
);

/** Plays a story and shows every change that took place, with the whole history. */
function play(
  [given, participating, played]: [Parameters<typeof aChange>[0], boolean, readonly (readonly [Move, number])[]],
  seen: (before: Request, change: { request: Request; events: readonly RequestEvent[] }, taken: Step) => void,
): { request: Request; history: readonly RequestEvent[] } {
  const first = aChange(given, { network: { servicingProvider: participating } });
  let { request } = first;
  const history = [...first.events];
  let hours = 0;
  for (const [move, later] of played) {
    hours += later;
    const taken = move(request, hoursAfter(hours));
    const actor = taken.transition.name.includes("vendor") ? vendor : ({ type: "provider", id: "desk" } as const);
    const result = apply(taken.transition, request, taken.command as never, at(hoursAfter(hours), actor));
    if (!result.ok) continue;
    seen(request, result.value, taken);
    history.push(...result.value.events);
    request = result.value.request;
  }
  return { request, history };
}
const holds = (property: (told: Parameters<typeof play>[0]) => void) =>
  fc.assert(fc.property(story, property), { numRuns: 1_000, seed: 20_261_122 });

describe("whatever happens to a request, in whatever order", () => {
  test("each transition begins and ends where it says", () => {
    holds((told) => {
      play(told, (before, change, { transition }) => {
        if (change.request === before) return;
        expect(transition.from).toContain(before.status);
        expect([before.status, ...(transition.to[before.status] ?? [])], transition.name).toContain(change.request.status);
      });
    });
  });

  test("each transition records the events that it says, and what may follow from any", () => {
    holds((told) => {
      play(told, (_, change, { transition }) => {
        const allowed: readonly string[] = [...transition.emits, ...consequences];
        for (const event of change.events) expect(allowed, transition.name).toContain(event.type);
      });
    });
  });

  test("its version grows by one with each change, and a repeat changes nothing", () => {
    holds((told) => {
      play(told, (before, change, { transition, command }) => {
        expect(change.request.version).toBe(change.request === before ? before.version : before.version + 1);
        const again = apply(
          transition,
          change.request,
          command as never,
          at(change.request.updatedAt, { type: "provider", id: "desk" }),
        );
        if (transition === (registerDocument as unknown) || transition === (hearVendor as unknown))
          expect(again).toEqual({ ok: true, value: { request: change.request, events: [] } });
      });
    });
  });

  test("its history is one unbroken chain without gaps", () => {
    holds((told) => {
      const { request, history } = play(told, () => {});
      expect(isIntact(history)).toBe(true);
      expect(history.map((event) => event.sequence)).toEqual(history.map((_, index) => index + 1));
      expect(request.lastSequence).toBe(history.length);
      expect(request.lastHash).toBe(history.at(-1)?.hash);
    });
  });

  test("its status is what its lines, gaps and questions say", () => {
    holds((told) => {
      const { request } = play(told, (_, change) => expect(change.request.status).toBe(statusOf(change.request)));
      expect(requestStatuses).toContain(request.status);
    });
  });

  test("nothing but a vendor's clinician of the right expertise, with a reason, leads to an adverse decision", () => {
    holds((told) => {
      play(told, (before, change, { transition }) => {
        for (const line of change.request.lines) {
          const was = before.lines[line.lineNumber - 1]?.decision ?? null;
          if (line.decision === was) continue;
          expect(was, "a decision is not overwritten").toBeNull();
          expect(transition).toBe(hearVendor);
          expect(before.lines[line.lineNumber - 1]?.route).toBe("vendor");
          if (line.decision?.outcome === "approved") continue;
          expect(["MD", "DO"]).toContain(line.decision?.decidedBy.credential);
          expect(line.decision?.reason).not.toBeNull();
        }
      });
    });
  });

  test("an ended request stays ended", () => {
    holds((told) => {
      play(told, (before, change) => {
        if (!isOpen(before)) expect(change.request.status).toBe(before.status);
      });
    });
  });

  test("nobody is left to wait for a vendor that has given the case back", () => {
    holds((told) => {
      const { request } = play(told, () => {});
      if (request.referral?.status === "returned") expect(request.status).not.toBe("referred-to-vendor");
    });
  });

  test("the vendor's case is never forgotten, and its referral is released once", () => {
    holds((told) => {
      const { history } = play(told, (before, change) => {
        if (before.referral?.caseId) expect(change.request.referral?.caseId).toBe(before.referral.caseId);
      });
      expect(history.filter((event) => event.type === "referral.released").length).toBeLessThanOrEqual(1);
      expect(history.filter((event) => event.type === "request.completed").length).toBeLessThanOrEqual(1);
    });
  });

  test("and the stories told here lead everywhere that a request can end", () => {
    const ends = new Set<string>();
    const heard = new Set<string>();
    holds((told) => {
      const { request } = play(told, () => {});
      ends.add(request.status);
      for (const { decision, escalated } of request.lines) heard.add(decision?.outcome ?? (escalated ? "escalated" : "open"));
    });
    expect([...ends].sort()).toEqual(requestStatuses.filter((status) => status !== "closed").sort());
    expect([...heard].sort()).toEqual(["approved", "approved-less", "denied", "escalated", "open"]);
  });

  test("no event carries a name, a member's id, or what people wrote", () => {
    holds((told) => {
      const { history } = play(told, () => {});
      expect(JSON.stringify(history)).not.toMatch(/Ada|Reyes|10487654321|Dayton|Valley|Radiculopathy|Worse|weeks|Robin|Moved/);
    });
  });
});
