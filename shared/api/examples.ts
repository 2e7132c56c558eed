import type { OperationId } from "./operations.ts";
import { possibleNow } from "./possible-now.ts";
import { type ProblemName, problems } from "./problems.ts";

/** One call and its answer for every operation. The people and cases are invented; a test holds each of them true. */
export type Example = {
  readonly path?: Readonly<Record<string, string>>;
  /** As it stands in the URL. */
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly response: unknown;
  /** The same in comma-separated values, where that can be had. */
  readonly csv?: string;
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
  missedAt: null,
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
  clock: [
    {
      rule: "medicaid.standard",
      meaning: "Medicaid managed care, standard: seven days from receipt",
      cite: "42 CFR 438.210(d)(1)",
      dueAt: "2026-12-08T15:04:05.000Z",
      whenMissed: "adverse-notice",
    },
    {
      rule: "ohio.medicaid.standard",
      meaning: "Ohio Medicaid, standard: ten days from receipt",
      cite: "ORC 5160.34",
      dueAt: "2026-12-11T15:04:05.000Z",
      whenMissed: "adverse-notice",
    },
  ],
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
  closure: null,
  closeReason: null,
  appeals: [],
  reductions: [],
  supersededBy: [],
  continuedStay: [],
  notices: [],
};

const available = {
  id: documentId,
  fileName: "therapy-notes.pdf",
  contentType: "application/pdf",
  size: 482113,
  kind: "clinical",
  status: "available",
  registeredAt: "2026-12-01T15:10:00.000Z",
};

const notice = {
  id: "06e3ce64eb901edc21956915a37051eb",
  audience: "provider",
  kind: "approval",
  at: "2026-12-02T09:30:12.000Z",
  draft: false,
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
        grounds: null,
        x12: { action: "A1", reason: null },
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

const inReview = {
  ...submitted,
  version: 4,
  status: "in-review",
  missing: [],
  completeAt: "2026-12-01T16:00:00.000Z",
  lines: [
    {
      ...scan,
      investigational: false,
      lineNumber: 1,
      code: "97110",
      description: "Therapeutic exercises",
      category: "outpatient-therapy",
      requirement: "required",
      route: "plan",
      rule: "category",
      because: "Outpatient therapy (physical, occupational, speech): the plan lists it among the services that need authorization.",
      decision: null,
    },
  ],
  referral: null,
  review: { assignment: null, notes: [], peerToPeer: [], duplicateOf: null },
};

const nurse = { subject: "reviewer-7", name: "Nora Reviewer" };
const taken = { to: nurse.subject, name: nurse.name, at: "2026-12-02T14:00:00.000Z", until: "2026-12-02T15:00:00.000Z" };
const worklistItem = {
  ...submittedSummary,
  version: 4,
  status: "in-review",
  queue: "nurse",
  dueRule: "medicaid.standard",
  extended: false,
  missing: [],
  appealDueAt: null,
  categories: ["outpatient-therapy"],
  assignment: taken,
};
const asSeen = { "If-Match": '"4"' };
const reviewedAs = (more: object) => ({ ...inReview, version: 5, updatedAt: "2026-12-02T14:05:00.000Z", ...more });
const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" };

/** One visit, as asked. */
const approvedBy = (decidedBy: { name: string; credential: string }, decidedAt: string) => ({
  outcome: "approved",
  quantity: 1,
  unit: "visit",
  from: "2026-12-20",
  to: "2027-03-20",
  reason: null,
  criterion: null,
  grounds: met,
  decidedAt,
  decidedBy,
  x12: { action: "A1", reason: null },
});

const denial = {
  outcome: "denied",
  quantity: null,
  unit: null,
  from: null,
  to: null,
  reason: { code: "0F", text: "Six visits have restored full function." },
  criterion: "Plan guideline PT-4, section 2.",
  grounds: { ...met, medicalNecessity: "not-met" },
  decidedAt: "2026-12-02T14:05:00.000Z",
  decidedBy: { name: "Dana Director", credential: "MD" },
  x12: { action: "A3", reason: "0F" },
};
const filed = {
  id: "appeal-1",
  filedAt: "2026-12-10T09:00:00.000Z",
  reason: "The therapist's later notes show that strength has not come back.",
  expedited: false,
  reductionId: null,
  lines: [1],
  dueAt: "2027-01-09T09:00:00.000Z",
  rule: "medicaid.appeal.standard",
  cite: "42 CFR 438.408(b)(2)",
  overdue: false,
  decision: null,
};
const { review: _, ...inReviewForAll } = inReview;
const denied = {
  ...inReviewForAll,
  status: "denied",
  dueAt: null,
  dueRule: null,
  lines: [{ ...inReview.lines[0], decision: denial }],
};
const stay = {
  modifiers: [],
  serviceDate: "2026-12-20",
  endDate: "2026-12-23",
  quantity: 3,
  unit: "day",
  investigational: false,
  lineNumber: 1,
  category: "medical-inpatient",
  requirement: "required",
  route: "plan",
  rule: "inpatient",
  because: "Inpatient care needs authorization.",
};

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
  getNotice: {
    path: { requestId, noticeId: notice.id },
    response: {
      ...notice,
      download: {
        url: `https://records.s3.us-east-1.amazonaws.com/notices/${requestId}/${notice.id}.pdf?X-Amz-Expires=300&X-Amz-Signature=51f2ab`,
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
  getWorklist: { query: { queue: "nurse", limit: "25" }, response: { items: [worklistItem], nextCursor: null } },
  getWorklistOverview: {
    response: {
      at: "2026-12-02T14:05:00.000Z",
      queues: [
        {
          queue: "nurse",
          open: 61,
          overdue: 1,
          within4Hours: 3,
          within24Hours: 12,
          within72Hours: 20,
          later: 25,
          capped: false,
          oldest: { dueAt: "2026-12-02T13:31:07.000Z", requestId },
          next: { looked: 25, assigned: 9, unassigned: 16 },
        },
      ],
      turnaround: [
        {
          lineOfBusiness: "medicaid",
          priority: "standard",
          days: 7,
          hours: { unit: "hours", count: 2, totalMilliseconds: 360_000_000, mean: 50, median: 50 },
          inTime: { numerator: 2, denominator: 2, percent: 100 },
        },
      ],
    },
  },
  assignRequest: {
    path: { requestId },
    headers: asSeen,
    body: {},
    response: reviewedAs({ review: { ...inReview.review, assignment: taken } }),
  },
  addNote: {
    path: { requestId },
    body: { text: "Therapy notes cover six weeks; imaging report still to come." },
    response: reviewedAs({
      review: {
        ...inReview.review,
        notes: [
          { at: "2026-12-02T14:05:00.000Z", by: nurse, text: "Therapy notes cover six weeks; imaging report still to come." },
        ],
      },
    }),
  },
  requestInformation: {
    path: { requestId },
    body: { items: [{ code: "plan-of-care", text: "Please send the signed plan of care." }] },
    response: reviewedAs({
      status: "awaiting-information",
      informationRequest: {
        askedBy: "plan",
        items: [{ code: "plan-of-care", text: "Please send the signed plan of care." }],
        at: "2026-12-02T14:05:00.000Z",
        dueAt: "2026-12-05T14:34:32.500Z",
      },
    }),
  },
  extendRequest: {
    path: { requestId },
    headers: asSeen,
    body: { reason: "The specialist's report is due next week, and it may support the request." },
    response: reviewedAs({ extended: true, dueAt: "2026-12-11T15:04:05.000Z", dueRule: "ohio.medicaid.standard" }),
  },
  escalateRequest: {
    path: { requestId },
    headers: asSeen,
    body: { reason: "The criterion for a further course is not met." },
    response: reviewedAs({ status: "medical-director-review" }),
  },
  recordPeerToPeer: {
    path: { requestId },
    body: { with: "Dr. Jordan Wells", summary: "Home program was tried for two weeks only; the provider will send the log." },
    response: reviewedAs({
      review: {
        ...inReview.review,
        peerToPeer: [
          {
            at: "2026-12-02T14:05:00.000Z",
            by: { subject: "director-2", name: "Dana Director", credential: "MD" },
            with: "Dr. Jordan Wells",
            summary: "Home program was tried for two weeks only; the provider will send the log.",
          },
        ],
      },
    }),
  },
  resolveException: {
    path: { requestId },
    headers: asSeen,
    body: { note: "The vendor confirmed by telephone that its approval stands; its later word was sent in error." },
    response: reviewedAs({
      exception: null,
      review: {
        ...inReview.review,
        notes: [
          {
            at: "2026-12-02T14:05:00.000Z",
            by: nurse,
            text: "The vendor confirmed by telephone that its approval stands; its later word was sent in error.",
          },
        ],
      },
    }),
  },
  determineRequest: {
    path: { requestId },
    headers: asSeen,
    body: { lines: [{ lineNumber: 1, outcome: "approved", to: "2027-03-20", grounds: met }] },
    response: reviewedAs({
      status: "approved",
      dueAt: null,
      dueRule: null,
      authorization: { number: authorizationNumber, from: "2026-12-20", to: "2027-03-20" },
      lines: [
        {
          ...inReview.lines[0],
          decision: approvedBy({ name: "Nora Reviewer", credential: "RN" }, "2026-12-02T14:05:00.000Z"),
        },
      ],
    }),
  },
  closeRequest: {
    path: { requestId },
    headers: asSeen,
    body: { reason: "duplicate", duplicateOf: "PA-AAAAAAAAAAAAAAAAAAAAAAAAAA" },
    response: reviewedAs({
      status: "closed",
      dueAt: null,
      dueRule: null,
      closure: { reason: "duplicate", at: "2026-12-02T14:05:00.000Z" },
      closeReason: "duplicate",
      review: { ...inReview.review, duplicateOf: "PA-AAAAAAAAAAAAAAAAAAAAAAAAAA" },
    }),
  },
  fileAppeal: {
    path: { requestId },
    body: { reason: filed.reason, lines: [1] },
    response: { ...denied, version: 6, appeals: [filed], updatedAt: filed.filedAt },
  },
  decideAppeal: {
    path: { requestId, appealId: "appeal-1" },
    body: { outcome: "overturned" },
    response: {
      ...denied,
      version: 7,
      status: "approved",
      authorization: { number: authorizationNumber, from: "2026-12-20", to: "2027-03-20" },
      lines: [
        {
          ...inReview.lines[0],
          decision: approvedBy({ name: "Dale Director", credential: "DO" }, "2026-12-15T10:00:00.000Z"),
        },
      ],
      appeals: [
        {
          ...filed,
          decision: {
            outcome: "overturned",
            decidedAt: "2026-12-15T10:00:00.000Z",
            decidedBy: { name: "Dale Director", credential: "DO" },
            grounds: null,
            reason: null,
            criterion: null,
            replaced: [{ lineNumber: 1, decision: denial }],
            effectiveAt: "2026-12-15T10:00:00.000Z",
            effectiveBy: "2026-12-18T10:00:00.000Z",
            effectiveCite: "42 CFR 438.424(a)",
          },
        },
      ],
      review: inReview.review,
      updatedAt: "2026-12-15T10:00:00.000Z",
    },
  },
  reduceAuthorization: {
    path: { requestId },
    headers: asSeen,
    body: {
      lines: [{ lineNumber: 1, quantity: 6 }],
      grounds: { ...met, medicalNecessity: "not-met" },
      reason: { code: "0F", text: "Strength is restored; six visits complete the home programme." },
      criterion: "Plan guideline PT-4, section 2.",
      effectiveFrom: "2027-01-05",
    },
    response: reviewedAs({
      version: 7,
      status: "approved",
      dueAt: null,
      dueRule: null,
      authorization: { number: authorizationNumber, from: "2026-12-20", to: "2027-03-20" },
      lines: [
        {
          ...inReview.lines[0],
          quantity: 12,
          decision: { ...approvedBy({ name: "Nora Reviewer", credential: "RN" }, "2026-12-02T14:05:00.000Z"), quantity: 12 },
        },
      ],
      reductions: [
        {
          id: "reduction-1",
          noticedAt: "2026-12-22T15:00:00.000Z",
          grounds: { ...met, medicalNecessity: "not-met" },
          reason: { code: "0F", text: "Strength is restored; six visits complete the home programme." },
          criterion: "Plan guideline PT-4, section 2.",
          decidedBy: { name: "Dana Director", credential: "MD" },
          lines: [{ lineNumber: 1, quantity: 6, to: null, before: { quantity: 12, to: "2027-03-20" } }],
          effectiveFrom: "2027-01-05",
          holdsFrom: "2027-01-05",
          cite: "42 CFR 438.404(c)(1), 431.211",
          standing: "announced",
        },
      ],
      updatedAt: "2026-12-22T15:00:00.000Z",
    }),
  },
  continueStay: {
    path: { requestId },
    body: { days: 2, from: "2026-12-23" },
    response: {
      ...inReviewForAll,
      version: 6,
      setting: "inpatient",
      admission: { date: "2026-12-20", type: "elective", levelOfCare: "acute", days: 3 },
      dueAt: "2026-12-24T16:30:00.000Z",
      dueRule: "ohio.medicaid.expedited",
      authorization: { number: authorizationNumber, from: "2026-12-20", to: "2026-12-23", nextReviewAt: "2026-12-23" },
      lines: [
        {
          ...stay,
          decision: {
            outcome: "approved",
            quantity: 3,
            unit: "day",
            from: "2026-12-20",
            to: "2026-12-23",
            reason: null,
            criterion: null,
            grounds: met,
            decidedAt: "2026-12-02T14:05:00.000Z",
            decidedBy: { name: "Nora Reviewer", credential: "RN" },
            x12: { action: "A1", reason: null },
          },
        },
        { ...stay, lineNumber: 2, serviceDate: "2026-12-23", endDate: "2026-12-25", quantity: 2, decision: null },
      ],
      continuedStay: [{ lineNumber: 2, from: "2026-12-23", days: 2, askedAt: "2026-12-22T16:30:00.000Z" }],
      updatedAt: "2026-12-22T16:30:00.000Z",
    },
  },
  expediteRequest: {
    path: { requestId },
    body: { reason: "New loss of strength in the left leg.", requestedBy: "physician" },
    response: { ...submitted, version: 3, priority: "expedited" },
  },
  judgeExpedite: {
    path: { requestId },
    body: { granted: false },
    response: reviewedAs({}),
  },
  checkAuthorization: {
    body: { memberId: member.id, npi: servicingProvider.npi, code: "72148", modifiers: [], serviceDate: "2026-12-20", units: 1 },
    response: {
      answer: "authorized",
      authorizationNumber,
      unitsLeft: 1,
      because: "The authorization covers date and units.",
    },
  },
  useAuthorization: {
    path: { number: authorizationNumber },
    body: { claimLineId: "C-20261221-0007.1", units: 1, serviceDate: "2026-12-20" },
    response: {
      authorizationNumber,
      claimLineId: "C-20261221-0007.1",
      lineNumber: 1,
      units: 1,
      serviceDate: "2026-12-20",
      unitsLeft: 0,
    },
  },
  releaseUsage: {
    path: { number: authorizationNumber, claimLineId: "C-20261221-0007.1" },
    response: { authorizationNumber, claimLineId: "C-20261221-0007.1" },
  },
  getMetrics: {
    path: { year: "2026" },
    query: { lineOfBusiness: "medicaid" },
    response: {
      year: 2026,
      timeZone: "America/New_York",
      postBy: "2027-03-31",
      programs: [
        {
          lineOfBusiness: "medicaid",
          program: "Medicaid plan",
          cite: "42 CFR 438.210(f)",
          shares: {
            standardApproved: { numerator: 2, denominator: 3, percent: 66.67 },
            standardDenied: { numerator: 1, denominator: 3, percent: 33.33 },
            standardApprovedAfterAppeal: { numerator: 1, denominator: 3, percent: 33.33 },
            extendedAndApproved: { numerator: 1, denominator: 4, percent: 25 },
            expeditedApproved: { numerator: 1, denominator: 1, percent: 100 },
            expeditedDenied: { numerator: 0, denominator: 1, percent: 0 },
          },
          timeToDecision: {
            standard: { unit: "days", count: 3, totalMilliseconds: 1296000000, mean: 5, median: 3 },
            expedited: { unit: "hours", count: 1, totalMilliseconds: 108000000, mean: 30, median: 30 },
          },
          excluded: { drugs: 1, retrospective: 0 },
        },
      ],
      services: {
        policyVersion: "2026-11-22",
        items: [{ id: "transcranial-magnetic-stimulation", name: "Transcranial magnetic stimulation" }],
      },
      definitions: [{ measure: "standardApproved", meaning: "Of all standard asks, those that were approved in full." }],
    },
    csv: "year,lineOfBusiness,program,measure,numerator,denominator,value,unit\r\n2026,medicaid,Medicaid plan,standardApproved,2,3,66.67,percent\r\n",
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
  "if-match-required": "Send the ETag of the request as you read it as If-Match.",
  "invalid-cursor": "Start again without a cursor: this one is not for you, or not for this query.",
  "vendor-signature-invalid": "Sign timestamp, dot and raw body with a live key: X-Timestamp, X-Key-Id, X-Signature.",
  "not-allowed": "Your token does not allow this.",
  "npi-not-on-roster": "The plan's roster does not let the organization act for the requesting NPI.",
  "organization-required": "Your token names no organization to submit for.",
  "channel-not-allowed": "Your token does not submit through this channel.",
  "request-not-found": "There is no such request, or it is not yours to see.",
  "document-not-found": "The request has no such document.",
  "notice-not-found": "The request has no such notice.",
  "authorization-not-found": "There is no such authorization.",
  "not-authorized": "The authorization covers no such line on this date of service.",
  "benefit-exhausted": "The benefit has 4 left in its period, counted by the visit: approve so many, or deny on its limit.",
  "units-exceeded": "The authorization has 2 units left for this line.",
  "claim-line-reused": "This claim line was counted with other units, date or line: take it back first.",
  "vendor-event-unknown-case": "There is no referral to this vendor that the event could be about.",
  "route-not-found": "There is no such operation: see /docs.",
  "method-not-allowed": "Allowed here: GET, POST.",
  "not-possible-now":
    'The request is approved: "withdraw" is possible only while it is awaiting-information, in-review, medical-director-review, referred-to-vendor.',
  "line-not-decidable": "Line 1 is decided already.",
  "clinician-required":
    "Denying, approving less, or deciding what waits for the medical director takes a clinician who may deny this service.",
  "another-clinician-required": "You made the decision that is appealed: another clinician decides.",
  "appeal-not-found": "The request has no such appeal.",
  "appeal-open": "An appeal of line 1 is open: wait for its decision.",
  "appeal-window-over": "The time for an appeal of line 1 is over.",
  "line-not-appealable": "No line was decided against what was asked.",
  "reduction-not-possible": "Nothing is authorized on line 1.",
  "continued-stay-not-possible": "No inpatient stay of this request is authorized.",
  "extension-not-possible": "The request has been extended already: once is all.",
  "assigned-to-another": "Somebody else works on this request until their time is up.",
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
  ...(name === "not-possible-now" ? { requestStatus: "approved", possible: possibleNow.approved } : {}),
});
