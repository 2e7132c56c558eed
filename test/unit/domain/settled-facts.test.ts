import { describe, expect, test } from "vitest";
import type { Request } from "../../../shared/domain/request.ts";
import type { Submission, Supplement } from "../../../shared/domain/submission.ts";
import { apply } from "../../../shared/domain/transition.ts";
import { type DeterminedLine, determine } from "../../../shared/domain/transitions/determine.ts";
import { inform } from "../../../shared/domain/transitions/inform.ts";
import { aRequest, asked, at, changed, complete, done, hoursAfter, npis, therapyLine } from "../../builders.ts";

const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" } as const;
const reviewer = { subject: "director-1", name: "Dana Director", credential: "MD", mayDeny: true };
const denied = {
  outcome: "denied",
  grounds: { ...met, medicalNecessity: "not-met" },
  reason: { code: "0F", text: "Full function has been restored." },
  criterion: "Guideline",
} as const;
const outside = { npi: npis.outside, name: "Elsewhere" };

/** The first of two lines is decided, the second waits. */
const half = (said: Partial<DeterminedLine> = {}, submission: Partial<Submission> = {}): Request =>
  changed(
    complete(aRequest({ lines: [therapyLine(), therapyLine({ code: "97530" })], ...submission })),
    determine,
    { lines: [{ lineNumber: 1, outcome: "approved", grounds: met, ...said }], reviewer },
    at(hoursAfter(2)),
  );
const informed = (request: Request, supplement: Supplement) =>
  apply(
    inform,
    request,
    { supplement, answers: [], network: { servicingProvider: true }, membership: asked(), servicingOrganization: null },
    at(hoursAfter(3)),
  );
const pointersOf = (request: Request, supplement: Supplement) => {
  const result = informed(request, supplement);
  return result.ok ? [] : (result.refusal.errors?.map(({ pointer }) => pointer) ?? [result.refusal.problem]);
};

describe.each([
  ["approved", {}],
  ["denied", denied],
] as const)("a line that is %s while another waits", (_how, said) => {
  test.each<NonNullable<Supplement["lines"]>[number]>([
    { lineNumber: 1, quantity: 500 },
    { lineNumber: 1, servicingProvider: outside },
    { lineNumber: 1, serviceDate: "2026-12-01" },
    { lineNumber: 1, endDate: "2027-12-31" },
  ])("stays as it was asked for: %o is refused", (line) => {
    expect(pointersOf(half(said), { lines: [line] })).toEqual(["/lines/0"]);
    expect(pointersOf(half(said), { lines: [{ lineNumber: 2, quantity: 12 }, line] })).toEqual(["/lines/1"]);
  });

  test.each<[string, Supplement]>([
    ["/servicingProvider", { servicingProvider: outside }],
    ["/servicingFacility", { servicingFacility: outside }],
    ["/diagnoses", { diagnoses: [{ code: "S83.2", narrative: "Another one" }] }],
    ["/diagnoses", { diagnoses: [{ code: "M54.16", narrative: "In other words" }] }],
    ["/diagnoses", { diagnoses: [...half().submission.diagnoses, { code: "S83.2" }] }],
  ])("rests on what stays: a change of %s is refused", (pointer, supplement) => {
    expect(pointersOf(half(said), supplement)).toEqual([pointer]);
    expect(pointersOf(complete(aRequest({ lines: [therapyLine()] })), supplement)).toEqual([]);
  });

  test("leaves the other to be asked for otherwise, and the same to be said again", () => {
    const {
      servicingProvider,
      diagnoses,
      lines: [first],
    } = half().submission;
    const again = { lineNumber: 1, quantity: first?.quantity ?? 0 };
    const request = done(
      informed(half(said), {
        ...(servicingProvider ? { servicingProvider: { ...servicingProvider, phone: "+19375550100" } } : {}),
        diagnoses,
        lines: [again, { lineNumber: 2, quantity: 12, servicingProvider: outside }],
      }),
    );
    expect(request.submission.lines).toMatchObject([{ quantity: 8 }, { quantity: 12, servicingProvider: outside }]);
  });
});

test("what was missing can be added, but no provider to whom the decided line would pass", () => {
  const { servicingProvider: _, ...nobody } = aRequest({ lines: [therapyLine(), therapyLine({ code: "97530" })] }).submission;
  const stay = {
    ...nobody,
    setting: "inpatient",
    admission: { date: "2026-12-20" },
    diagnoses: [{ code: "M54.16" }],
  } as const;
  const request = half({}, stay);
  // A builder's provider would come back by itself.
  const anonymous = { ...request, submission: { ...stay, lines: request.submission.lines } };
  const more = { admission: { days: 5, levelOfCare: "acute" }, diagnoses: [{ code: "M54.16", narrative: "Lumbar" }] } as const;
  expect(pointersOf(anonymous, more)).toEqual([]);
  expect(pointersOf(anonymous, { admission: { date: "2026-12-21" } })).toEqual(["/admission"]);
  expect(pointersOf(anonymous, { servicingProvider: outside })).toEqual(["/servicingProvider"]);
});
