import type { OperationId } from "./operations.ts";
import { type ProblemName, problems } from "./problems.ts";

/** One call and its answer for every operation. The people and cases are invented; a test holds each of them true. */
export type Example = {
  readonly path?: Readonly<Record<string, string>>;
  /** As it stands in the URL. */
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly response: unknown;
};

const requestId = "PA-Q5WJ7GH2KXZ4TNVB3MDRE6YLCA";
const authorizationNumber = "AU-Q5WJ7GH2KXZ4TNVB3MDRE6YLCA";
const documentId = "YLDUXZLBTGTCGZ6JEZ43XNARZE";
const receivedAt = "2026-12-01T15:04:05.000Z";
const sha256 = "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=";

/** Asked for in one call, echoed by the answers. */
const member = { id: "10487654321", givenName: "Ada", familyName: "Reyes", birthDate: "1986-04-02", programs: [] };
const requestingProvider = { npi: "1234567893", name: "Dayton Orthopaedics", email: "desk@example.org", phone: "+19375550100" };
const servicingProvider = { npi: "1245319599", name: "Miami Valley Imaging" };
const diagnoses = [{ code: "M54.16", narrative: "Radiculopathy, lumbar region" }];
const scan = {
  code: "72148",
  modifiers: [],
  description: "MRI lumbar spine",
  serviceDate: "2026-12-20",
  quantity: 1,
  unit: "visit",
};

const submission = {
  channel: "portal",
  lineOfBusiness: "medicaid",
  state: "OH",
  priority: "standard",
  member,
  requestingProvider,
  servicingProvider,
  setting: "outpatient",
  emergency: false,
  postStabilization: false,
  diagnoses,
  lines: [scan],
  clinicalSummary: "Six weeks of physical therapy without relief.",
};

const submittedSummary = {
  id: requestId,
  version: 1,
  status: "awaiting-information",
  channel: "portal",
  lineOfBusiness: "medicaid",
  priority: "standard",
  receivedAt,
  dueAt: "2026-12-08T15:04:05.000Z",
  overdue: false,
  authorization: null,
  reference: null,
  updatedAt: receivedAt,
};

const judged = {
  ...scan,
  investigational: false,
  lineNumber: 1,
  requirement: "required",
  route: "vendor",
  category: "imaging-mri-mra",
  rule: "advanced-imaging",
  because: "Outpatient, non-emergent MRI / MRA: the plan's imaging vendor decides.",
  decision: null,
};

const waitingReferral = { vendor: "NIA", portalUrl: "https://www.radmd.com", status: "waiting", caseId: null, sentAt: null };

const reminder = "Check benefit coverage and limits before providing services.";

const submitted = {
  ...submittedSummary,
  organization: "org-demo",
  retrospective: false,
  completeAt: null,
  dueRule: "medicaid.standard",
  clock: [{ rule: "medicaid.standard", cite: "42 CFR 438.210(d)(1)", dueAt: "2026-12-08T15:04:05.000Z" }],
  extended: false,
  missing: ["clinical-documents"],
  policyVersion: "2026-11-22",
  setting: "outpatient",
  emergency: false,
  postStabilization: false,
  state: "OH",
  member,
  requestingProvider,
  servicingProvider,
  diagnoses,
  clinicalSummary: submission.clinicalSummary,
  lines: [judged],
  reminder,
  referral: waitingReferral,
  informationRequest: null,
  answers: [],
  documents: [],
  exception: null,
  withdrawal: null,
};

const available = {
  id: documentId,
  fileName: "therapy-notes.pdf",
  contentType: "application/pdf",
  size: 482113,
  kind: "clinical",
  status: "available",
};

const authorization = { number: authorizationNumber, from: "2026-12-20", to: "2026-12-20" };

const therapy = { code: "conservative-therapy", text: "Physical therapy twice a week from October 12 to November 23." };
const therapyAt = { ...therapy, at: "2026-12-01T18:02:09.000Z" };

const approvedSummary = {
  ...submittedSummary,
  version: 8,
  status: "approved",
  dueAt: null,
  authorization,
  updatedAt: "2026-12-02T09:30:12.000Z",
};

const approved = {
  ...submitted,
  ...approvedSummary,
  completeAt: "2026-12-01T15:20:41.000Z",
  dueRule: null,
  missing: [],
  lines: [
    {
      ...judged,
      endDate: "2026-12-20",
      decision: {
        outcome: "approved",
        quantity: 1,
        unit: "visit",
        from: "2026-12-20",
        to: "2026-12-20",
        reason: null,
        criterion: null,
        decidedAt: "2026-12-02T09:30:10.000Z",
        decidedBy: { name: "NIA", credential: null },
      },
    },
  ],
  referral: { ...waitingReferral, status: "decided", caseId: "NIA-40017", sentAt: "2026-12-01T15:20:43.000Z" },
  answers: [therapyAt],
  documents: [available],
};

const attached = [{ id: documentId, kind: "clinical", status: "available" }];

/** Of a case for the imaging vendor, which whoever asks may turn to as well. */
const vendorContacts = { vendor: [{ channel: "portal", name: "NIA", url: "https://www.radmd.com" }] };
const planContacts = {
  plan: [
    { channel: "portal", name: "Provider Portal", note: "Preferred: answers at once where possible." },
    { channel: "mail", name: "Mail", address: "P.O. Box 1307, Dayton, OH 45401-1307" },
  ],
};

const page = { items: [approvedSummary], nextCursor: null };

export const examples = {
  submitRequest: {
    headers: { "Idempotency-Key": "desk-1-2026-12-01-000417" },
    body: submission,
    response: submitted,
  },
  listRequests: {
    query: { status: "approved", updatedSince: "2026-12-01T00:00:00Z", limit: "25" },
    response: page,
  },
  searchRequests: {
    body: { memberId: member.id, serviceFrom: "2026-12-01", serviceTo: "2026-12-31" },
    response: page,
  },
  getRequest: { path: { requestId }, response: approved },
  listEvents: {
    path: { requestId },
    response: {
      events: [
        {
          schemaVersion: 1,
          requestId,
          sequence: 1,
          at: receivedAt,
          actor: { type: "provider", id: "desk-1" },
          type: "request.submitted",
          lines: [1],
          previousHash: "0000000000000000000000000000000000000000000000000000000000000000",
          hash: "a1bccf5e6d5d0ccd2d95720b9f072414fd1e6973e19541393cb85a2953b37b07",
        },
        {
          schemaVersion: 1,
          requestId,
          sequence: 2,
          at: "2026-12-01T15:10:00.000Z",
          actor: { type: "provider", id: "desk-1" },
          type: "document.registered",
          documentId,
          previousHash: "a1bccf5e6d5d0ccd2d95720b9f072414fd1e6973e19541393cb85a2953b37b07",
          hash: "9b9c3ea965461a79626ed415c7416d7b8a2001c577e23ac1c7d721e605dbc741",
        },
      ],
    },
  },
  registerDocument: {
    path: { requestId },
    body: { fileName: available.fileName, contentType: available.contentType, size: available.size, sha256, kind: "clinical" },
    response: {
      ...available,
      status: "awaiting-upload",
      upload: {
        url: "https://intake.s3.us-east-1.amazonaws.com/",
        fields: {
          "Content-Type": available.contentType,
          "Content-Disposition": "attachment",
          "x-amz-checksum-algorithm": "SHA256",
          "x-amz-checksum-sha256": sha256,
          "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
          "X-Amz-Credential": "ASIAEXAMPLE/20261201/us-east-1/s3/aws4_request",
          "X-Amz-Date": "20261201T151000Z",
          "X-Amz-Security-Token": "IQoJb3JpZ2lu…",
          key: `${requestId}/${documentId}`,
          Policy: "eyJleHBpcmF0aW9uIjoi…",
          "X-Amz-Signature": "f9a1cf723ffae10e…",
        },
        expiresAt: "2026-12-01T15:25:00.000Z",
      },
    },
  },
  getDocument: {
    path: { requestId, documentId },
    response: {
      ...available,
      download: {
        url: `https://records.s3.us-east-1.amazonaws.com/${requestId}/${documentId}?X-Amz-Expires=300&X-Amz-Signature=51f2ab`,
        expiresAt: "2026-12-02T10:05:00.000Z",
      },
    },
  },
  addInformation: {
    path: { requestId },
    headers: { "If-Match": '"6"' },
    body: {
      lines: [{ lineNumber: 1, endDate: "2026-12-20" }],
      answers: [therapy],
    },
    response: {
      ...submitted,
      version: 7,
      status: "referred-to-vendor",
      completeAt: "2026-12-01T15:20:41.000Z",
      missing: [],
      lines: [{ ...judged, endDate: "2026-12-20" }],
      referral: { ...waitingReferral, status: "acknowledged", caseId: "NIA-40017", sentAt: "2026-12-01T15:20:43.000Z" },
      answers: [therapyAt],
      documents: attached,
      updatedAt: "2026-12-01T18:02:09.000Z",
    },
  },
  withdrawRequest: {
    path: { requestId },
    headers: { "If-Match": '"1"' },
    body: { reason: "The member has moved away." },
    response: {
      ...submitted,
      version: 2,
      status: "withdrawn",
      dueAt: null,
      dueRule: null,
      withdrawal: { reason: "The member has moved away.", at: "2026-12-01T16:45:00.000Z" },
      updatedAt: "2026-12-01T16:45:00.000Z",
    },
  },
  recordVendorEvent: {
    headers: { "X-Timestamp": "1796203810", "X-Key-Id": "nia-2026-2" },
    body: {
      eventId: "evt-90210",
      type: "decided",
      requestId,
      caseId: "NIA-40017",
      version: 3,
      occurredAt: "2026-12-02T09:30:10Z",
      lines: [{ lineNumber: 1, outcome: "approved", quantity: 1, from: "2026-12-20" }],
    },
    response: { requestId, replayed: false },
  },
  lookUpProcedureCode: {
    path: { code: "72148" },
    query: {
      setting: "outpatient",
      network: "participating",
      facilityNetwork: "participating",
      trial: "false",
      revenueCode: "none",
      diagnosis: "M54.16",
    },
    response: {
      code: "72148",
      policyVersion: "2026-11-22",
      answers: [
        {
          requirement: "required",
          route: "vendor",
          category: "imaging-mri-mra",
          rule: "advanced-imaging",
          because: judged.because,
          when: { emergency: [false] },
          whatToSend: [
            "member-name",
            "provider-name",
            "servicing-provider",
            "service-date",
            "diagnosis",
            "diagnosis-narrative",
            "service-description",
            "clinical-documents",
          ],
        },
        {
          requirement: "not-required",
          route: "none",
          category: "imaging-mri-mra",
          rule: "outpatient-emergency",
          because: "An emergency outside an inpatient stay: outpatient emergency services need no authorization.",
          when: { emergency: [true] },
          whatToSend: [],
        },
      ],
      dependsOn: ["emergency", "modifiers"],
      unless: [
        {
          fact: "modifiers",
          values: ["Q0", "Q1"],
          about: "Clinical trial",
          leadsTo: [{ requirement: "required", route: "plan", category: "imaging-mri-mra" }],
        },
      ],
      contacts: vendorContacts,
      reminder,
    },
  },
  listServices: {
    response: {
      policyVersion: "2026-11-22",
      effectiveFrom: "2026-11-22",
      services: [
        {
          id: "transcranial-magnetic-stimulation",
          group: "behavioral-health",
          name: "Transcranial magnetic stimulation",
          meaning: "Treatment of the brain by magnetic pulses from outside, planning included.",
          source: "Plan's published list: behavioral health",
          effectiveFrom: "2000-01-01",
          effectiveTo: null,
          precedence: 4,
          route: "plan",
          codes: ["90867-90869"],
          revenueCodes: [],
          modifiers: [],
          diagnoses: [],
          excluded: [],
          unconfirmed: ["0889T-0892T"],
          only: null,
          alsoWhen: null,
          countsVisits: true,
        },
      ],
      decisionOrder: [
        {
          id: "no-authorization",
          meaning: "A code that the plan lists among those that need no authorization.",
          source: "Plan data, unconfirmed",
        },
      ],
      exceptions: [
        {
          id: "delivery-stay",
          step: "inpatient",
          name: "Delivery stay",
          meaning: "A hospital stay for childbirth of up to 48 hours: the hospital notifies the plan and needs no authorization.",
          source: "45 CFR 146.130, 148.170; the codes are plan data, unconfirmed",
          effectiveFrom: "2000-01-01",
          effectiveTo: null,
          codes: ["59400-59410", "59414", "59610-59614"],
          revenueCodes: ["0720-0722", "0724"],
          diagnosisFamilies: ["O80", "Z37", "Z38"],
          only: {
            settings: ["inpatient"],
            levelsOfCare: ["acute"],
            categories: ["inpatient"],
            daysAtMost: 2,
          },
        },
      ],
      noAuthorization: [
        {
          id: "crisis-psychotherapy",
          meaning: "Talking therapy in a crisis.",
          source: "Plan data, unconfirmed",
          effectiveFrom: "2000-01-01",
          effectiveTo: null,
          codes: ["90839-90840"],
          excluded: [],
        },
      ],
      contacts: { ...planContacts, ...vendorContacts },
      reminder,
    },
  },
  checkRequirements: {
    body: {
      channel: "portal",
      lineOfBusiness: "medicaid",
      state: "OH",
      priority: "standard",
      programs: [],
      requestingProvider,
      servicingProvider,
      setting: "outpatient",
      diagnoses,
      lines: [scan, { code: "99213", description: "Visit at the office", serviceDate: "2026-12-20" }],
    },
    response: {
      policyVersion: "2026-11-22",
      status: "awaiting-information",
      missing: ["clinical-documents"],
      lines: [
        {
          lineNumber: 1,
          code: "72148",
          modifiers: [],
          requirement: "required",
          route: "vendor",
          category: "imaging-mri-mra",
          rule: "advanced-imaging",
          because: judged.because,
        },
        {
          lineNumber: 2,
          code: "99213",
          modifiers: [],
          requirement: "not-required",
          route: "none",
          category: null,
          rule: "no-authorization",
          because: "The plan lists the code among those that need no authorization.",
        },
      ],
      contacts: vendorContacts,
      reminder,
    },
  },
  getLookup: { response: "<!doctype html>" },
  getOpenapi: {
    response: { openapi: "3.1.0", info: { title: "Prior authorization", version: "1.0.0" }, paths: {} },
  },
  getDocs: { response: "<!doctype html>" },
  getDocsScript: { response: "(()=>{})();" },
} as const satisfies Record<OperationId, Example>;

export const exampleOf = (id: OperationId): Example => examples[id];

/** What each refusal says and advises. */
const details: Readonly<Record<ProblemName, string>> = {
  "validation-failed": "The body has faults; each is named under errors.",
  "malformed-json": "The body names a member twice.",
  "idempotency-key-required": "Send an Idempotency-Key of 16 to 128 letters, digits, _ and -.",
  "if-match-malformed": "If-Match is the ETag of the request as you read it.",
  "invalid-cursor": "Start again without a cursor: this one is not for you, or not for this query.",
  "vendor-signature-invalid": "Sign timestamp, dot and raw body with a live key: X-Timestamp, X-Key-Id, X-Signature.",
  "not-allowed": "Your token does not allow this.",
  "npi-not-on-roster": "The plan's roster does not let the organization act for the requesting NPI.",
  "organization-required": "Your token names no organization to submit for.",
  "channel-not-allowed": "Your token does not submit through this channel.",
  "request-not-found": "There is no such request, or it is not yours to see.",
  "document-not-found": "The request has no such document.",
  "vendor-event-unknown-case": "There is no referral to this vendor that the event could be about.",
  "route-not-found": "There is no such operation: see /docs.",
  "method-not-allowed": "Allowed here: GET, POST.",
  "not-possible-now": 'The request is approved: "withdraw" is possible only while it is open.',
  "vendor-event-needs-review": "The event does not fit what stands: it went to the exceptions queue, a person will see to it.",
  "too-many-documents": "A request carries at most 50 documents: combine several into one file.",
  "version-conflict": "The request has changed since you read it: read it again and decide anew.",
  "body-too-large": "A body has at most 262144 bytes; documents are uploaded by form.",
  "document-too-large": "A document has at most 104857600 bytes: split it, or send the relevant part.",
  "unsupported-media-type": "Send application/json.",
  "document-type-not-accepted": "Accepted types: application/pdf, image/tiff, image/jpeg, image/png, and others.",
  "idempotency-key-reused": "This Idempotency-Key was used with another body: use a new key for a new request.",
  "request-too-large": "The request cannot take more: withdraw it and submit it in parts, or leave texts to documents.",
  "too-many-uploads":
    "Your organization has registered as much as it may within an hour: go on in the next, or ask the plan for more.",
  "internal-error": "Try again; if it stays, tell us the traceId.",
  "busy-try-again": "Too many changes to this request at once: try again in a moment.",
  "temporarily-unavailable": "Try again in a moment, with the same Idempotency-Key.",
};

export const problemExample = (name: ProblemName) => ({
  type: `/problems/${name}`,
  title: problems[name].title,
  status: problems[name].status,
  detail: details[name],
  traceId: "JKJaXmPLvHcESHA=",
  ...(name === "validation-failed"
    ? { errors: [{ pointer: "/lines/0/code", detail: "Must be a CPT or HCPCS Level II code." }] }
    : {}),
});
