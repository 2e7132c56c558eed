import type { OperationId } from "../../shared/api/operations.ts";
import { addDays, addHours } from "../../shared/domain/calendar.ts";
import { adverseReasonCodes, expediteRequesters, type RequestStatus } from "../../shared/domain/vocabulary.ts";
import { npis } from "../builders.ts";
import type { Json } from "../caller.ts";
import type { chance } from "../faults/chance.ts";
import type { Cast, Person } from "./people.ts";

/** One step of a sequence, in the words of the API, so that the same is played on the use cases and over HTTP. */
export type Step =
  | {
      readonly kind: "call";
      readonly operation: OperationId;
      readonly who: Person;
      readonly path: Readonly<Record<string, string>>;
      readonly body?: Json;
      readonly ifMatch?: number;
      readonly key?: string;
    }
  | { readonly kind: "vendor"; readonly event: Json }
  | { readonly kind: "document"; readonly requestId: string; readonly who: Person; readonly good: boolean; readonly letter: string }
  | { readonly kind: "time"; readonly minutes: number }
  | {
      readonly kind: "job";
      readonly job: "timers" | "sweep" | "refer" | "letters" | "revisions";
      readonly requestId: string;
      readonly good: boolean;
    };

/** What somebody at the desk knows of a request before the next step: the reviewers' view of it. */
export type Seen = Json;
/** A request that may be the next step's. */
export type Known = { readonly status: string; readonly read: () => Seen | Promise<Seen> };
export type Luck = ReturnType<typeof chance>;

export type Playing = {
  readonly luck: Luck;
  readonly cast: Cast;
  /** Of whom something is asked. */
  readonly member: () => string;
  readonly now: () => string;
  /** Unlike any other sequence's, for keys and cases. */
  readonly name: string;
  /** Where nobody can move the clock or run a job by itself, neither is a step. */
  readonly alone: boolean;
};

const days = ["2026-11-24", "2026-11-20", "2026-11-02", "2026-12-20", "2026-12-28", "2027-01-10", "2027-03-01"];

/** Where nothing happens any more but what is refused. */
const over: readonly string[] = ["withdrawn", "closed", "not-required"] satisfies RequestStatus[];

/** A generator of steps: what is sensible most of the time, and anything at all otherwise. */
export function stepsOf({ luck, cast, member, now, name, alone }: Playing) {
  let count = 0;
  const oneOf = <Item>(items: readonly Item[]): Item => items[luck.below(items.length)] as Item;
  const perhaps = (share: number, member: Json): Json => (luck.strikes(share) ? member : {});
  const textOf = (what: string) => `${what} ${luck.below(3)}`;
  const inOne = (low: number, high: number) => low + luck.below(high - low + 1);
  const authorizationOf = (request: Seen) => request.id.replace("PA-", "AU-");

  const line = (kind: string): Json => {
    const asked = (code: string, quantity: number, unit: string): Json => ({
      code,
      ...perhaps(0.93, { description: "As the order says" }),
      ...perhaps(0.93, { serviceDate: oneOf(days) }),
      ...perhaps(0.93, { quantity, ...perhaps(0.93, { unit }) }),
    });
    const dated = (share: number): Json =>
      perhaps(share, { serviceDate: "2026-12-20", ...perhaps(0.3, { endDate: oneOf(["2026-12-20", "2026-12-27"]) }) });
    switch (kind) {
      case "therapy":
        return asked("97110", inOne(4, 16), "visit");
      case "imaging":
        return asked(oneOf(["72148", "70450"]), inOne(1, 2), "visit");
      case "visit":
        return asked("99213", 1, "visit");
      case "walker":
        return asked("E0143", inOne(1, 3), "item");
      case "drug":
        return asked("J1745", inOne(1, 6), "unit");
      case "talking":
        return asked("90837", inOne(1, 10), "visit");
      case "unlisted":
        return asked("99999", 1, "unit");
      case "room":
        return {
          revenueCode: "0120",
          ...perhaps(0.8, { description: "Room and board" }),
          ...dated(0.5),
          ...perhaps(0.4, { quantity: 5, ...perhaps(0.8, { unit: "day" }) }),
        };
      case "surgery":
        return { code: "27447", ...dated(0.6), ...perhaps(0.4, { quantity: 1, ...perhaps(0.5, { unit: "unit" }) }) };
      default:
        return {
          ...perhaps(0.5, { description: "The stay itself" }),
          ...dated(0.3),
          ...perhaps(0.3, { quantity: inOne(2, 20), ...perhaps(0.8, { unit: "day" }) }),
        };
    }
  };

  const submission = (): Json => {
    const stay = luck.strikes(0.25);
    const kinds = stay
      ? oneOf([["stay"], ["room"], ["surgery"], ["stay", "surgery"]])
      : Array.from({ length: inOne(1, 3) }, () =>
          oneOf(["therapy", "therapy", "imaging", "imaging", "visit", "walker", "drug", "talking", "unlisted"]),
        );
    return {
      lineOfBusiness: oneOf(["medicaid", "medicare-advantage", "marketplace"]),
      state: oneOf(["OH", "AR", "TX"]),
      priority: oneOf(["standard", "expedited"]),
      setting: stay ? oneOf(["inpatient", "skilled-nursing"]) : "outpatient",
      ...perhaps(0.1, { postStabilization: true }),
      member: { id: member(), ...perhaps(0.95, { givenName: "Ada", familyName: "Reyes", birthDate: "1986-04-02" }) },
      requestingProvider: { npi: npis.dayton, ...perhaps(0.95, { name: "Dayton Orthopaedics" }) },
      ...perhaps(0.95, {
        servicingProvider: { npi: luck.strikes(0.85) ? npis.miamiValley : npis.outside, name: "Miami Valley Imaging" },
      }),
      ...(stay
        ? perhaps(0.95, {
            admission: { date: oneOf(days), type: "elective", levelOfCare: "acute", days: inOne(2, 20) },
          })
        : {}),
      diagnoses: [{ code: "M54.16", ...perhaps(0.95, { narrative: "Radiculopathy, lumbar region" }) }],
      lines: kinds.map(line),
    };
  };

  /** What was authorized once more: mostly the same service to another extent, on other days or by another provider. */
  const askedAnew = (request: Seen): Json => {
    const number = luck.strikes(0.95) ? authorizationOf(request) : `AU-${luck.letters(26)}`;
    const certification = {
      type: luck.strikes(0.85) ? "revised" : "renewal",
      ...perhaps(0.97, { previousAuthorization: number }),
    };
    if (luck.strikes(0.15)) return { ...submission(), certification };
    const { lineOfBusiness, state, setting, admission, lines } = request;
    const more = setting === "outpatient" && luck.strikes(0.2) ? [line(oneOf(["therapy", "imaging", "walker"]))] : [];
    return {
      ...submission(),
      certification,
      lineOfBusiness,
      state,
      setting,
      ...perhaps(0.97, { member: { id: request.member.id, givenName: "Ada", familyName: "Reyes", birthDate: "1986-04-02" } }),
      ...(admission ? { admission: { ...admission, ...perhaps(0.5, { date: oneOf(days), days: inOne(2, 20) }) } } : {}),
      lines: [
        ...someOf<Json>(lines).map(({ code, revenueCode, quantity, unit, serviceDate }) => ({
          ...(code ? { code } : {}),
          ...(revenueCode ? { revenueCode } : {}),
          description: "As the order says",
          ...perhaps(0.9, { serviceDate: luck.strikes(0.6) ? oneOf(days) : serviceDate }),
          ...perhaps(0.95, quantity === undefined ? {} : { quantity: luck.strikes(0.7) ? inOne(1, 16) : quantity, unit }),
        })),
        ...more,
      ],
    };
  };

  const call = (operation: OperationId, who: Person, request: Seen | undefined, body?: Json, more: Partial<Step> = {}): Step => {
    const stale = luck.strikes(0.05) ? 1 : 0;
    return {
      kind: "call",
      operation,
      who,
      path: request ? { requestId: request.id } : {},
      ...(body === undefined ? {} : { body }),
      ...(request ? { ifMatch: Math.max(1, request.version - stale) } : {}),
      ...more,
    } as Step;
  };
  const key = () => {
    count += 1;
    return `${name}-${luck.strikes(0.05) ? Math.max(1, count - 1) : count}`.padEnd(16, "-");
  };

  const providerOf = (request: Seen): Person => {
    const own =
      request.channel === "fax"
        ? cast.clerk
        : cast.providers.find(({ principal }) => principal.organization === request.organization);
    return own && luck.strikes(0.95) ? own : oneOf(cast.providers);
  };
  const submitting = (who: Person, asked: () => Json): Step => {
    const fax = who === cast.clerk;
    const body = {
      channel: fax ? "fax" : "portal",
      ...asked(),
      ...(fax ? { organization: "org-demo", receivedAt: addHours(now(), -inOne(1, 72)) } : {}),
    };
    return call("submitRequest", who, undefined, body, { key: key() });
  };
  const submit = (): Step => submitting(luck.strikes(0.15) ? cast.clerk : oneOf(cast.providers), submission);

  const reviewer = (): Person => oneOf(cast.reviewers);
  const undecided = (request: Seen, route: string): Json[] =>
    request.lines.filter((one: Json) => one.decision === null && one.route === route);

  const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" };
  const grounds = () => ({ ...met, [oneOf(Object.keys(met))]: oneOf(["met", "not-applicable", "not-met"]) });

  /** What somebody says of one line: as asked, less in any of the ways in which there is a less, or nothing. */
  const said = (asked: Json): Json => {
    const outcome = oneOf(["approved", "approved", "approved-less", "denied"]);
    const adverse = outcome !== "approved";
    const less = adverse ? 0.6 : 0.15;
    return {
      lineNumber: asked.lineNumber,
      outcome,
      ...perhaps(less, { quantity: inOne(1, Math.max(1, asked.quantity ?? 3)) }),
      ...perhaps(less * 0.4, { from: oneOf(["2026-11-01", "2026-12-20", "2026-12-24", "2027-01-11", "2029-01-01"]) }),
      ...perhaps(less * 0.4, { to: oneOf([asked.serviceDate ?? "2026-12-22", "2026-12-22", "2027-02-01", "2027-06-01"]) }),
    };
  };
  const determined = (asked: Json): Json => {
    const what = said(asked);
    const adverse = what.outcome !== "approved";
    return {
      ...what,
      // Where a benefit counts units, what is granted says them; what nobody asked for is a limit.
      ...(asked.quantity === undefined && what.quantity === undefined && luck.strikes(adverse ? 0.5 : 0.15)
        ? { quantity: inOne(1, 20) }
        : {}),
      ...perhaps(0.08, { unit: oneOf(["visit", "hour", "15-minutes", "day"]) }),
      grounds: luck.strikes(0.1) ? grounds() : adverse ? { ...met, medicalNecessity: "not-met" } : met,
      ...(adverse && luck.strikes(0.93)
        ? { reason: { code: oneOf(adverseReasonCodes), text: textOf("Reason") }, criterion: textOf("Guideline") }
        : {}),
    };
  };
  const someOf = <Item>(items: readonly Item[]): readonly Item[] => {
    const some = items.filter(() => luck.strikes(0.8));
    return some.length > 0 ? some : items.slice(0, 1);
  };

  const vendorEvent = (request: Seen): Json => {
    const type = oneOf([
      "acknowledged",
      "acknowledged",
      "information-requested",
      "decided",
      "decided",
      "decided",
      "decided",
      "not-delegated",
    ]);
    const lines = luck.strikes(0.93) ? someOf(undecided(request, "vendor")) : request.lines;
    const version = inOne(1, 6);
    return {
      type,
      requestId: request.id,
      caseId: luck.strikes(0.97) ? (request.referral?.caseId ?? `case-${request.id}`) : `case-${luck.below(3)}`,
      version,
      eventId: luck.strikes(0.9) ? `${name}-${luck.letters(8)}` : `${name}-${version}`,
      occurredAt: luck.strikes(0.97) ? now() : addHours(now(), 24 * 40),
      ...(type === "decided" && lines.length > 0
        ? {
            lines: lines.map((asked: Json) => {
              const what = said(asked);
              const credential = oneOf(cast.vendorClinicians);
              return {
                ...what,
                ...perhaps(what.outcome === "approved" ? 0.2 : 0.9, {
                  reason: { code: oneOf(adverseReasonCodes), text: "Reason" },
                }),
                ...(credential === undefined ? {} : { clinician: { name: "Dr. Robin Ames", credential } }),
              };
            }),
          }
        : {}),
      ...(type === "information-requested" ? { items: [{ code: "report", text: "The report" }] } : {}),
    };
  };

  const supplement = (request: Seen): Json => {
    const asked = request.informationRequest?.items ?? [];
    // What is decided stays as it was asked for, whoever says otherwise.
    const open = request.lines.filter((one: Json) => one.decision === null || luck.strikes(0.1));
    const filling: Json = {
      member: { givenName: "Ada", familyName: "Reyes" },
      requestingProvider: { name: "Dayton Orthopaedics" },
      servicingProvider: { npi: npis.miamiValley, name: "Miami Valley Imaging" },
      diagnoses: [{ code: "M54.16", narrative: "Radiculopathy, lumbar region" }],
      ...(request.setting === "outpatient"
        ? {}
        : { admission: { date: days[0], type: "elective", levelOfCare: "acute", days: 5 } }),
    };
    return {
      ...(luck.strikes(0.8) ? filling : {}),
      ...(open.length > 0
        ? {
            lines: open.map(({ lineNumber, quantity = 1, unit = "visit", serviceDate = days[0] }: Json) => ({
              lineNumber,
              description: "As the order says",
              ...perhaps(0.9, { quantity: luck.strikes(0.9) ? quantity : quantity + 40, unit, serviceDate }),
            })),
          }
        : { clinicalSummary: textOf("Summary") }),
      ...(asked.length > 0 ? { answers: asked.map(({ code }: Json) => ({ code, text: textOf("Answer") })) } : {}),
    };
  };

  const appealDecision = (appeal: Json): Json => {
    const outcome = oneOf(["upheld", "overturned", "overturned", "partly-overturned"]);
    return {
      outcome,
      ...(outcome === "partly-overturned"
        ? {
            lines: appeal.lines.map((lineNumber: number) => ({
              lineNumber,
              quantity: inOne(1, 8),
              ...perhaps(0.2, { from: "2026-12-24" }),
              ...perhaps(0.2, { to: "2026-12-30" }),
            })),
          }
        : {}),
      ...(outcome === "overturned"
        ? {}
        : {
            grounds: luck.strikes(0.1) ? grounds() : { ...met, medicalNecessity: "not-met" },
            reason: { code: "0F", text: "Reason" },
            criterion: "Guideline",
          }),
    };
  };

  const claim = (request: Seen): Json => {
    const granted = request.lines.filter((one: Json) => one.decision && one.decision.outcome !== "denied");
    const decision = granted.length > 0 ? oneOf<Json>(granted).decision : undefined;
    return {
      claimLineId: `claim-${luck.below(3)}`,
      units: inOne(1, 3),
      serviceDate: decision?.from ?? days[0],
      ...(granted.length > 1 ? { lineNumber: oneOf<Json>(granted).lineNumber } : {}),
    };
  };
  const step = (operation: OperationId, request: Seen, body: Json): Step => call(operation, reviewer(), request, body);

  /** How often of all, and what. */
  const choices: readonly [number, (request: Seen) => Step | undefined][] = [
    [4, (request) => call("addInformation", providerOf(request), request, supplement(request))],
    [
      7,
      (request) => ({
        kind: "document",
        requestId: request.id,
        who: providerOf(request),
        good: luck.strikes(0.9),
        letter: luck.letters(1),
      }),
    ],
    [0.7, (request) => call("withdrawRequest", providerOf(request), request, { reason: textOf("Withdrawn") })],
    [
      1.5,
      (request) =>
        call("expediteRequest", providerOf(request), request, { reason: textOf("Haste"), requestedBy: oneOf(expediteRequesters) }),
    ],
    [4, (request) => step("judgeExpedite", request, { granted: luck.strikes(0.5) })],
    [
      1,
      (request) =>
        step("assignRequest", request, oneOf([{}, {}, { release: true }, { assignee: { subject: "nurse-2", name: "Nora" } }])),
    ],
    [1, (request) => step("addNote", request, { text: textOf("Note") })],
    [2, (request) => step("requestInformation", request, { items: [{ code: `item-${luck.below(2)}`, text: textOf("Question") }] })],
    [1, (request) => step("extendRequest", request, { reason: textOf("Extension") })],
    [1.5, (request) => step("escalateRequest", request, { reason: textOf("Escalated") })],
    [
      2,
      (request) =>
        request.exception || luck.strikes(0.05) ? step("resolveException", request, { note: textOf("Settled") }) : undefined,
    ],
    [1, (request) => step("recordPeerToPeer", request, { with: "Dr. Casey", summary: textOf("Talk") })],
    [
      14,
      (request) => {
        const open = undecided(request, "plan");
        const lines = open.length > 0 && luck.strikes(0.95) ? someOf(open) : request.lines;
        return step("determineRequest", request, { lines: lines.map(determined) });
      },
    ],
    [0.5, (request) => step("closeRequest", request, { reason: oneOf(["duplicate", "ineligible"]) })],
    [
      9,
      (request) => {
        const adverse = request.lines.some(({ decision }: Json) => decision && decision.outcome !== "approved");
        const [reduction] = request.reductions;
        if (!adverse && !reduction && luck.strikes(0.9)) return undefined;
        return call("fileAppeal", providerOf(request), request, {
          reason: textOf("Appeal"),
          ...perhaps(0.3, { expedited: true }),
          ...(reduction && luck.strikes(0.6) ? { reductionId: reduction.id } : {}),
        });
      },
    ],
    [
      14,
      (request) => {
        const [appeal] = request.appeals.filter(({ decision }: Json) => decision === null);
        if (!appeal) return undefined;
        return call("decideAppeal", reviewer(), request, appealDecision(appeal), {
          path: { requestId: request.id, appealId: appeal.id },
        });
      },
    ],
    [
      8,
      (request) => {
        const granted = request.lines.filter((one: Json) => one.decision && one.decision.outcome !== "denied");
        if (!request.authorization || granted.length === 0) return undefined;
        const from = addDays(now().slice(0, 10), oneOf([5, 12, 12, 35, 35]));
        return step("reduceAuthorization", request, {
          lines: someOf<Json>(granted).map(({ lineNumber }) => ({
            lineNumber,
            ...(luck.strikes(0.5) ? { to: addDays(from, luck.below(9) - 1) } : { quantity: inOne(1, 4) }),
          })),
          grounds: luck.strikes(0.1) ? grounds() : { ...met, medicalNecessity: "not-met" },
          reason: { code: oneOf(adverseReasonCodes), text: "Reason" },
          criterion: "Guideline",
          effectiveFrom: from,
        });
      },
    ],
    [12, (request) => (request.authorization ? submitting(providerOf(request), () => askedAnew(request)) : undefined)],
    [
      3,
      (request) => {
        const to = request.authorization?.to;
        if (request.setting === "outpatient" || !to) return undefined;
        return call("continueStay", providerOf(request), request, { days: inOne(1, 5), from: to });
      },
    ],
    [
      10,
      (request) => {
        if (!request.authorization && luck.strikes(0.8)) return undefined;
        return call("useAuthorization", cast.claims, undefined, claim(request), { path: { number: authorizationOf(request) } });
      },
    ],
    [
      11,
      (request) => {
        if (!request.authorization) return undefined;
        const path = { number: authorizationOf(request), claimLineId: `claim-${luck.below(3)}` };
        return call("releaseUsage", cast.claims, undefined, undefined, { path });
      },
    ],
    [
      1,
      (request) =>
        call("checkAuthorization", cast.claims, undefined, {
          memberId: request.member.id,
          npi: npis.miamiValley,
          code: "97110",
          serviceDate: days[0],
          units: inOne(1, 9),
        }),
    ],
    [9, (request) => (request.referral || luck.strikes(0.05) ? { kind: "vendor", event: vendorEvent(request) } : undefined)],
    [
      0.7,
      () => ({
        kind: "vendor",
        event: {
          type: "opened",
          caseId: `${name}-opened-${luck.below(2)}`,
          version: 1,
          eventId: `${name}-${luck.letters(8)}`,
          occurredAt: now(),
          submission: submission(),
        },
      }),
    ],
    ...(alone
      ? ([
          [5, () => ({ kind: "time", minutes: oneOf([5, 60, 60 * 8, 60 * 24, 60 * 24 * 3, 60 * 24 * 40]) })],
          [6, (request) => ({ kind: "job", job: "timers", requestId: request.id, good: true })],
          [1, (request) => ({ kind: "job", job: "sweep", requestId: request.id, good: true })],
          [3, (request) => ({ kind: "job", job: "refer", requestId: request.id, good: luck.strikes(0.9) })],
          [2, (request) => ({ kind: "job", job: "letters", requestId: request.id, good: true })],
          [
            8,
            (request) =>
              request.certification?.type === "revised" || luck.strikes(0.05)
                ? { kind: "job", job: "revisions", requestId: request.id, good: true }
                : undefined,
          ],
        ] as const satisfies readonly [number, (request: Seen) => Step | undefined][])
      : []),
  ];
  const all = choices.reduce((sum, [weight]) => sum + weight, 0);

  const any = (request: Seen): Step => {
    let place = (luck.below(10_000) / 10_000) * all;
    for (const [weight, made] of choices) {
      place -= weight;
      if (place < 0) return made(request) ?? any(request);
    }
    return submit();
  };

  return {
    submit,
    /** @param desk what there is; only what is chosen is read */
    async next(desk: readonly Known[]): Promise<Step> {
      const alive = desk.filter(({ status }) => !over.includes(status));
      if (desk.length === 0 || luck.strikes(alive.length === 0 ? 0.2 : 0.03)) return submit();
      return any(await oneOf(alive.length > 0 && luck.strikes(0.8) ? alive : desk).read());
    },
  };
}
