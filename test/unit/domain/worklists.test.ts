import { describe, expect, test } from "vitest";
import { indexAttributes } from "../../../shared/aws/stored-request.ts";
import { unused } from "../../../shared/domain/authorization.ts";
import { queueOf, type Request } from "../../../shared/domain/request.ts";
import { apply } from "../../../shared/domain/transition.ts";
import { assign } from "../../../shared/domain/transitions/assign.ts";
import { decideAppeal } from "../../../shared/domain/transitions/decide-appeal.ts";
import { type DeterminedLine, determine } from "../../../shared/domain/transitions/determine.ts";
import { escalate } from "../../../shared/domain/transitions/escalate.ts";
import { fileAppeal } from "../../../shared/domain/transitions/file-appeal.ts";
import { hearVendor, recordContradiction } from "../../../shared/domain/transitions/hear-vendor.ts";
import { reduce } from "../../../shared/domain/transitions/reduce.ts";
import { recallReferral, recordReferralFailed } from "../../../shared/domain/transitions/refer.ts";
import { resolveException } from "../../../shared/domain/transitions/resolve-exception.ts";
import { withdraw } from "../../../shared/domain/transitions/withdraw.ts";
import { type RequestStatus, requestStatuses } from "../../../shared/domain/vocabulary.ts";
import {
  aRequest,
  at,
  changed,
  complete,
  hoursAfter,
  referred,
  released,
  therapyLine,
  vendor,
  vendorDecides,
  denial as vendorDenial,
  vendorSays,
  visitLine,
} from "../../builders.ts";

const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" } as const;
const unmet = { ...met, medicalNecessity: "not-met" } as const;
const because = { grounds: unmet, reason: { code: "0F", text: "Function is restored." }, criterion: "PT-4" } as const;
const director = { subject: "director-1", name: "Dana Director", credential: "MD", mayDeny: true };
const second = { ...director, subject: "director-2", name: "Dale Director" };
const approval = (lineNumber = 1): DeterminedLine => ({ lineNumber, outcome: "approved", grounds: met });
const denial: DeterminedLine = { lineNumber: 1, outcome: "denied", ...because };
const less: DeterminedLine = { ...denial, outcome: "approved-less", quantity: 3 };

const therapy = (days = {}) => complete(aRequest({ lines: [therapyLine(days)] }));
const decided = (request: Request, ...lines: readonly DeterminedLine[]) =>
  changed(request, determine, { lines, reviewer: director }, at(hoursAfter(2)));
const contradicted = (request: Request) =>
  changed(request, recordContradiction, { event: vendorSays("acknowledged", 9), reason: "z" }, at(hoursAfter(30), vendor));
const appealed = (request: Request) => changed(request, fileAppeal, { reason: "It helps.", expedited: false }, at(hoursAfter(20)));

const reduction = { lines: [{ lineNumber: 1, quantity: 3 }], effectiveFrom: "2026-12-20", ...because, reviewer: director };
const reduced = () => {
  const running = decided(therapy({ serviceDate: "2026-11-23", endDate: "2027-02-01" }), approval());
  return changed(running, reduce, { ...reduction, use: unused(running.id) }, at(hoursAfter(10)));
};
const againstReduction = { reason: "It helps.", expedited: false, reductionId: "reduction-1" };

/** One of each status. */
const standing: Readonly<Record<RequestStatus, () => Request>> = {
  "awaiting-information": () => aRequest({ lines: [therapyLine()] }),
  "in-review": () => therapy(),
  "medical-director-review": () => changed(therapy(), escalate, { reason: "Doubt.", reviewer: director }),
  "referred-to-vendor": () => referred(),
  approved: () => decided(therapy(), approval()),
  "partially-approved": () => decided(therapy(), less),
  denied: () => decided(therapy(), denial),
  "not-required": () => aRequest({ lines: [visitLine()] }),
  withdrawn: () => changed(referred(), withdraw, { reason: "Moved away." }),
  closed: () => ({ ...referred(), status: "closed", closure: { reason: "ineligible", duplicateOf: null, at: "", by: "" } }),
};

const taking = (request: Request) =>
  apply(
    assign,
    request,
    { to: { subject: second.subject, name: second.name }, supervising: false },
    at(hoursAfter(40), { type: "reviewer", id: second.subject }),
  );
const resolving = (request: Request, note = "The vendor takes it back.") =>
  apply(resolveException, request, { note, reviewer: second }, at(hoursAfter(41)));

describe("whatever stands in a queue", () => {
  const appeals: readonly [string, Request][] = [
    ["an appeal of a denial", appealed(standing.denied())],
    ["an appeal of less", appealed(standing["partially-approved"]())],
    ["an appeal of a reduction", changed(reduced(), fileAppeal, againstReduction, at(hoursAfter(20)))],
  ];
  const rows: readonly [string, Request][] = [
    ...requestStatuses.flatMap((status): [string, Request][] => {
      const request = standing[status]();
      return [
        [`${status}, as it is`, request],
        [`${status}, and contradicted`, contradicted(request)],
      ];
    }),
    ...appeals.flatMap(([what, request]): [string, Request][] => [
      [what, request],
      [`${what}, and contradicted`, contradicted(request)],
    ]),
  ].filter((row): row is [string, Request] => queueOf(row[1] as Request) !== null);

  test("is of every status, some of them in two queues", () => {
    expect(new Set(rows.map(([, { status }]) => status))).toEqual(new Set(requestStatuses));
    expect(new Set(rows.map(([, request]) => queueOf(request))).size).toBe(4);
  });

  test.each(rows)("can be taken up: %s", (_what, request) => {
    expect(taking(request)).toMatchObject({ ok: true, value: { request: { assignment: { to: second.subject } } } });
  });

  test.each(rows.filter(([, { exception }]) => exception))(
    "leaves the vendor's exceptions by what somebody says: %s",
    (_what, request) => {
      const resolved = resolving(request);
      expect(resolved).toMatchObject({
        ok: true,
        value: {
          request: {
            exception: null,
            status: request.status,
            assignment: null,
            notes: expect.arrayContaining([expect.objectContaining({ text: "The vendor takes it back." })]),
          },
          events: [{ type: "exception.resolved" }],
        },
      });
      if (!resolved.ok) return;
      expect(queueOf(resolved.value.request)).not.toBe("vendor-exceptions");
      expect(resolving(resolved.value.request)).toEqual({ ok: true, value: { request: resolved.value.request, events: [] } });
      expect(resolving(resolved.value.request, "Once more.")).toMatchObject({ refusal: { problem: "not-possible-now" } });
    },
  );

  test.each(appeals)("leaves the director's queue by the appeal's decision: %s", (_what, request) => {
    const judgment = { appealId: "appeal-1", outcome: "overturned", reviewer: second } as const;
    expect(queueOf(changed(request, decideAppeal, judgment, at(hoursAfter(40))))).toBeNull();
  });
});

describe("an escalation", () => {
  const reason = "Doubt.";
  const handing = (request: Request, reviewer = director) => apply(escalate, request, { reason, reviewer }, at(hoursAfter(42)));

  test("is not possible where nothing of the plan's waits: decided, ended, or with the medical director already", () => {
    const ended = requestStatuses.filter((status) => status !== "in-review" && status !== "awaiting-information");
    for (const status of ended)
      expect(handing(standing[status](), second), status).toMatchObject({
        refusal: { problem: "not-possible-now", requestStatus: status },
      });
  });

  test("changes nothing when the same reviewer repeats it", () => {
    const request = handing(standing["in-review"]());
    if (!request.ok) throw new Error(request.refusal.detail);
    expect(request.value.request.status).toBe("medical-director-review");
    expect(handing(request.value.request)).toEqual({ ok: true, value: { request: request.value.request, events: [] } });
  });
});

test("what waits without a due time stands behind everything that has one", () => {
  const places = [contradicted(standing.approved()), contradicted(therapy())].map(
    (request) => indexAttributes(request).worklistSort ?? "",
  );
  expect(places.map((place) => place.slice(0, 5)).sort()).toEqual(["2026-", "~2026"]);
});

test("nothing is taken up where nothing is open", () => {
  for (const status of ["approved", "denied", "not-required", "withdrawn", "closed"] as const)
    expect(taking(standing[status]()), status).toMatchObject({ refusal: { problem: "not-possible-now", requestStatus: status } });
});

describe("the decision of the last line by a person", () => {
  test("settles what had kept it from the vendor", () => {
    const failed = changed(released(referred()), recordReferralFailed, { number: 1, reason: "No answer." }, at(hoursAfter(20)));
    const recalled = changed(failed, recallReferral, {}, at(hoursAfter(100)));
    expect(queueOf(recalled)).toBe("vendor-exceptions");
    const command = { lines: [approval()], reviewer: director };
    const result = apply(determine, recalled, command, at(hoursAfter(101)));
    expect(result).toMatchObject({ value: { request: { status: "approved", exception: null } } });
    expect(result.ok && result.value.events.map(({ type }) => type)).toEqual(["line.decided", "exception.resolved"]);
  });

  test("does not settle what the vendor said otherwise of its own decision", () => {
    const mixed = contradicted(
      changed(
        complete(aRequest({ lines: [aRequest().submission.lines[0] ?? therapyLine(), therapyLine()] })),
        hearVendor,
        vendorDecides(2, [vendorDenial]),
        at(hoursAfter(3), vendor),
      ),
    );
    expect(mixed.lines[0]?.decision).toMatchObject({ outcome: "denied" });
    const done = changed(mixed, determine, { lines: [approval(2)], reviewer: director }, at(hoursAfter(40)));
    expect([done.status, queueOf(done)]).toEqual(["partially-approved", "vendor-exceptions"]);
  });
});
