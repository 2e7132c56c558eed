import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { examples } from "../../../shared/api/examples.ts";
import { metricsCsv, metricsView } from "../../../shared/api/metrics-views.ts";
import { toInquiry, toKnownFacts, toSubmission } from "../../../shared/api/parse.ts";
import { lookUpView, requirementCheckView, servicesView } from "../../../shared/api/policy-views.ts";
import { responseSchemas } from "../../../shared/api/responses.ts";
import { lookUpQuery, requirementCheckBody, submissionBody } from "../../../shared/api/schemas.ts";
import { documentView, eventsView, registeredView, requestView, summaryView } from "../../../shared/api/views.ts";
import { uploadForms } from "../../../shared/aws/s3-document-links.ts";
import type { DecidedAsk } from "../../../shared/domain/decided-asks.ts";
import { isIntact } from "../../../shared/domain/events.ts";
import { metricsOf } from "../../../shared/domain/metrics.ts";
import { submitted } from "../../../shared/domain/transitions/submit.ts";
import { decisionRules, settings } from "../../../shared/domain/vocabulary.ts";
import { policy } from "../../../shared/policy/policy.ts";
import { documentId } from "../../../shared/sealing/ids.ts";
import { checkRequirements } from "../../../shared/use-cases/check-requirements.ts";
import { aDecidedAsk } from "../../builders.ts";
import { story } from "./story.ts";

/** As it goes over the wire: what is undefined is absent. */
const sent = (view: unknown): unknown => JSON.parse(JSON.stringify(view));
const to = (now: string, reviews = false) => ({ now, policy, reviews });
const told = story();
const { registered, checked, available, rejected } = told.documents;
const { upload } = examples.registerDocument.response;
const { download } = examples.getDocument.response;

describe("the examples are what the desk would answer", () => {
  it("to a submission", () => {
    expect(sent(requestView(told.asSubmitted, [], to(told.asSubmitted.updatedAt)))).toEqual(examples.submitRequest.response);
  });
  it("to a withdrawal", () => {
    expect(sent(requestView(told.asWithdrawn, undefined, to(told.asWithdrawn.updatedAt)))).toEqual(
      examples.withdrawRequest.response,
    );
  });
  it("to information", () => {
    expect(sent(requestView(told.informed, undefined, to(told.informed.updatedAt)))).toEqual(examples.addInformation.response);
  });
  it("to a reader, once the vendor has approved", () => {
    expect(sent(requestView(told.approved, [available], to(told.approved.updatedAt)))).toEqual(examples.getRequest.response);
    expect(sent(summaryView(told.approved, told.approved.updatedAt))).toEqual(examples.listRequests.response.items[0]);
  });
  it("to a reader of several documents, in the order of their registration", () => {
    const first = { ...available, id: "Z".repeat(26), registeredAt: "2026-12-01T15:09:00.000Z" } as typeof available;
    const { documents } = requestView(told.approved, [available, first], to(told.approved.updatedAt));
    expect(documents.map(({ id }) => id)).toEqual([first.id, available.id]);
  });
  it("to a reader of the history, whose chain is intact", () => {
    const { events } = examples.listEvents.response;
    expect(sent(told.events.slice(0, events.length))).toEqual(events);
    expect(isIntact(told.events)).toBe(true);
  });
  it("to who registers a document and reads it", () => {
    expect(sent(registeredView(registered, upload))).toEqual(examples.registerDocument.response);
    expect(sent({ ...documentView(available), download })).toEqual(examples.getDocument.response);
    const { sha256, size, contentType } = examples.registerDocument.body;
    expect(documentId(told.approved.id, sha256, size, contentType)).toBe(examples.getDocument.path.documentId);
  });
  it("with a form of just these fields", async () => {
    const credentials = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "invented", sessionToken: "invented" };
    const forms = uploadForms({ region: "us-east-1", endpoint: undefined, credentials }, "intake");
    const form = await forms.uploadForm(registered, registered.registeredAt);
    expect(Object.keys(form.fields).sort()).toEqual(Object.keys(upload.fields).sort());
    expect({ url: form.url, expiresAt: form.expiresAt }).toEqual({ url: upload.url, expiresAt: upload.expiresAt });
  });
  it("to a look-up", () => {
    const known = toKnownFacts(z.parse(lookUpQuery(), examples.lookUpProcedureCode.query));
    expect(sent(lookUpView("72148", known, policy))).toEqual(examples.lookUpProcedureCode.response);
  });
  it("to a check of what would be required", async () => {
    const always = [{ from: "0001-01-01" }];
    const entry = { participation: always, organizations: [], home: null };
    const directory = { lookUp: async (npis: readonly string[]) => new Map(npis.map((npi) => [npi, entry])) };
    const clock = { now: () => told.asSubmitted.receivedAt };
    const inquiry = toInquiry(z.parse(requirementCheckBody(), examples.checkRequirements.body));
    const checked = await checkRequirements({ directory, policies: { at: async () => policy }, clock }, inquiry);
    expect(sent(requirementCheckView(checked))).toEqual(examples.checkRequirements.response);
  });
  it("to who asks for a year's metrics, of which the example shows one program, one service and one definition", () => {
    const day = 86_400_000;
    const submittedAt = "2026-12-01T15:00:00.000Z";
    const decided = (days: number, more: Partial<DecidedAsk> = {}): DecidedAsk =>
      aDecidedAsk({
        requestId: told.approved.id,
        submittedAt,
        decidedAt: new Date(Date.parse(submittedAt) + days * day).toISOString(),
        ...more,
      });
    const entries = [
      decided(2),
      decided(3, { outcome: "denied", approvedAfterAppeal: true }),
      decided(10, { extended: true }),
      decided(1.25, { priority: "expedited" }),
      decided(1, { drugs: true }),
    ];
    const programs = metricsOf(entries, 2026, ["medicaid"]);
    const { services, definitions, ...rest } = examples.getMetrics.response;
    const view = metricsView(2026, programs, policy);
    expect(sent(view)).toMatchObject(rest);
    expect(view.services.items).toContainEqual(services.items[0]);
    expect(view.definitions).toContainEqual(definitions[0]);
    expect(metricsCsv(2026, programs).startsWith(examples.getMetrics.csv)).toBe(true);
    const fitting = [metricsOf([], 2026), metricsOf(entries, 2026)];
    for (const one of fitting)
      expect(z.safeParse(responseSchemas.getMetrics, sent(metricsView(2026, one, policy)))).toMatchObject({ success: true });
  });
  it("to who asks for the list of services, of which the example shows one of each kind", () => {
    const { services, decisionOrder, exceptions, noAuthorization, ...rest } = examples.listServices.response;
    const view = sent(servicesView(policy));
    expect(view).toMatchObject(rest);
    for (const [name, shown] of Object.entries({ services, decisionOrder, exceptions, noAuthorization })) {
      expect(shown).toHaveLength(1);
      expect((view as Record<string, unknown>)[name]).toContainEqual(shown[0]);
    }
  });
});

describe("every answer fits its schema to the letter", () => {
  const fits = (schema: z.ZodMiniType, view: unknown) => expect(z.safeParse(schema, sent(view))).toMatchObject({ success: true });

  it("requests at every stage", () => {
    for (const request of [told.asSubmitted, told.asWithdrawn, told.asked, told.informed, told.approved])
      for (const documents of [undefined, [registered, checked, available, rejected]]) {
        for (const reviews of [false, true])
          fits(responseSchemas.getRequest, requestView(request, documents, to(request.updatedAt, reviews)));
        fits(responseSchemas.listRequests, { items: [summaryView(request, request.updatedAt)], nextCursor: null });
      }
  });

  it("what the plan's data say of the member is in the answer to a reviewer alone", () => {
    const { eligible, checkedFor } = told.approved.membership;
    const now = told.approved.updatedAt;
    expect(requestView(told.approved, [], to(now, true))).toMatchObject({ eligibility: { eligible, checkedFor } });
    expect(requestView(told.approved, [], to(now))).not.toHaveProperty("eligibility");
  });

  it("a request that says all there is to say, and every member of the schemas is met", () => {
    const request = saidInFull();
    fits(responseSchemas.getRequest, requestView(request, [], to(request.updatedAt, true)));
    const view = sent(requestView(request, [], to(request.updatedAt, true))) as {
      lines: object[];
      member: object;
      requestingProvider: object;
    };
    const { shape } = responseSchemas.getRequest;
    expect(Object.keys(view).sort()).toEqual(Object.keys(shape).sort());
    expect(Object.keys(view.member).sort()).toEqual(Object.keys(shape.member.shape).sort());
    expect(Object.keys(view.requestingProvider).sort()).toEqual(Object.keys(shape.requestingProvider.shape).sort());
    const lineMembers = new Set(view.lines.flatMap((line) => Object.keys(line)));
    expect([...lineMembers].sort()).toEqual(Object.keys(shape.lines.def.element.shape).sort());
  });

  it("documents in every state", () => {
    for (const document of [registered, checked, available, rejected]) {
      fits(responseSchemas.registerDocument, registeredView(document, document === registered ? upload : null));
      fits(responseSchemas.getDocument, documentView(document));
    }
  });

  it("histories", () => fits(responseSchemas.listEvents, eventsView(told.events)));

  it("look-ups of any code in any setting, by every step of the order of decision", () => {
    const steps = new Set<string>();
    for (const code of ["72148", "99213", "E0601", "0362T", "G0480", "A0428", "99999"])
      for (const known of [{}, ...settings.map((setting) => ({ setting }))]) {
        const found = lookUpView(code, known, policy);
        for (const { rule } of found.answers) steps.add(rule);
        fits(responseSchemas.lookUpProcedureCode, found);
      }
    expect([...steps].sort()).toEqual([...decisionRules].sort());
  });

  it("the list of services", () => fits(responseSchemas.listServices, servicesView(policy)));

  it("and nothing more fits", () => {
    const { response } = examples.getRequest;
    const broken = [
      { ...response, surprise: 1 },
      { ...response, lines: [{ ...response.lines[0], escalated: false }] },
      { ...response, member: { ...response.member, ssn: "1" } },
      { ...response, documents: [{ ...response.documents[0], recordsVersionId: "r1" }] },
      { ...response, dueAt: undefined },
      { ...response, referral: { ...response.referral, heard: [] } },
    ];
    for (const answer of broken) expect(z.safeParse(responseSchemas.getRequest, answer).success).toBe(false);
  });
});

function saidInFull() {
  const { response: _, body } = examples.submitRequest;
  const facility = { npi: "1679576722", name: "Miami Valley Hospital" };
  const submission = toSubmission(
    z.parse(submissionBody(), {
      ...body,
      setting: "inpatient",
      servicingFacility: facility,
      outOfNetworkReason: "No participating provider has the equipment.",
      admission: { date: "2026-12-20", type: "elective", levelOfCare: "acute", days: 2 },
      clinicalTrial: { nct: "01234567" },
      certification: { type: "renewal", previousAuthorization: "earlier" },
      expedite: { reason: "Loss of function is near.", requestedBy: "Dr. Invented" },
      lines: [
        {
          ...body.lines[0],
          modifiers: ["26"],
          revenueCode: "0120",
          endDate: "2026-12-22",
          placeOfService: "21",
          elective: true,
          investigational: false,
          diagnosisPointers: [1],
          servicingProvider: facility,
        },
        {},
      ],
    }),
  );
  const now = "2026-12-01T15:04:05.000Z";
  const { id } = told.asSubmitted;
  const context = { now, actor: { type: "clerk", id: "clerk-1" } as const, policy };
  const network = { servicingProvider: true };
  return submitted(
    {
      id,
      organization: null,
      servicingOrganization: null,
      keyedBy: "clerk",
      submission,
      network,
      membership: { eligible: true, checkedFor: ["2026-12-01"] },
      receivedAt: now,
      epoch: 0,
    },
    context,
  ).request;
}
