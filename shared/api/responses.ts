import * as z from "zod/mini";
import { acceptedTypes, maxDocumentBytes } from "../domain/document.ts";
import { eventTypes } from "../domain/events.ts";
import { patterns } from "../domain/identifiers.ts";
import { lookUpFacts } from "../domain/look-up.ts";
import { openEndedFacts } from "../domain/telling-values.ts";
import {
  admissionTypes,
  appealOutcomes,
  authorizationAnswers,
  certificationTypes,
  channels,
  claimFields,
  closeReasons,
  decisionRules,
  documentKinds,
  documentStatuses,
  findings,
  levelsOfCare,
  linesOfBusiness,
  missedClocks,
  missingItems,
  noticeAudiences,
  noticeKinds,
  outcomes,
  priorities,
  queues,
  reductionStandings,
  referralStatuses,
  requestStatuses,
  requirements,
  routes,
  settings,
  units,
} from "../domain/vocabulary.ts";
import { type OperationId, operationOf, problemsOf } from "./operations.ts";
import { type ProblemName, problems } from "./problems.ts";
import { npi, procedureCode } from "./schemas.ts";

/**
 * Shapes of what clients get, as `views.ts` makes them and to the letter: a member that stands in no schema is a fault. For the
 * OpenAPI document and for tests; no function loads this, for what is answered is not parsed again.
 */

/** A schema that clients meet by its name, and what it stands for. */
const named = <Schema extends z.core.$ZodType>(id: string, description: string, schema: Schema): Schema => {
  z.globalRegistry.add(schema, { id, description });
  return schema;
};

/** A new member schema each time, so that its description is its own. */
const said = <Schema extends z.core.$ZodType>(description: string, schema: Schema): Schema => {
  z.globalRegistry.add(schema, { description });
  return schema;
};

const count = (min: number, max: number) => z.int().check(z.minimum(min), z.maximum(max));
const instant = () => z.iso.datetime();
const matching = (pattern: RegExp) => z.string().check(z.regex(pattern));
const requestIdSchema = () => matching(patterns.requestId);

const requestStatus = named(
  "RequestStatus",
  "Rolls up over the lines that need a decision; with none it is not-required, whatever is absent. Something missing or an open question comes first (awaiting-information), then who owes the next decision (in-review, medical-director-review, referred-to-vendor), then the decisions themselves. withdrawn and closed end a request without one.",
  z.enum(requestStatuses),
);

const provider = named(
  "Provider",
  "A provider, by NPI; name and contact as they were given.",
  z.strictObject({ npi, name: z.optional(z.string()), email: z.optional(z.string()), phone: z.optional(z.string()) }),
);

const diagnosis = named(
  "Diagnosis",
  "An ICD-10-CM code and its narrative.",
  z.strictObject({ code: matching(patterns.icd10cm), narrative: z.optional(z.string()) }),
);

const admission = named(
  "Admission",
  "An inpatient stay that is asked for by date, level of care and days.",
  z.strictObject({
    date: z.optional(z.iso.date()),
    type: z.optional(z.enum(admissionTypes)),
    levelOfCare: z.optional(z.enum(levelsOfCare)),
    days: z.optional(count(1, 999)),
  }),
);

const codedText = () => z.strictObject({ code: z.string(), text: z.string() });

const finding = () => z.enum(findings);
const groundsFound = () =>
  z.strictObject({ medicalNecessity: finding(), medicalAppropriateness: finding(), benefitLimits: finding() });

const decision = named(
  "Decision",
  "What was decided of one line, by whom and when. Automation approves, it never denies: whatever is adverse names the clinician who decided and a specific reason.",
  z.strictObject({
    outcome: z.enum(outcomes),
    quantity: said("What was granted, in `unit`; `null` when nothing was, or nothing was counted.", z.nullable(count(1, 99_999))),
    unit: z.nullable(z.enum(units)),
    from: said("First day on which the service may be delivered.", z.nullable(z.iso.date())),
    to: said("Last day, included.", z.nullable(z.iso.date())),
    reason: said("Always given with anything adverse.", z.nullable(codedText())),
    criterion: said("The criterion on which the decision rests.", z.nullable(z.string())),
    decidedAt: instant(),
    decidedBy: z.strictObject({ name: z.string(), credential: z.nullable(z.string()) }),
    grounds: said(
      "What the reviewer found on each of the plan's three grounds; `null` where the vendor or the law decided.",
      z.nullable(groundsFound()),
    ),
    x12: said(
      "The decision in X12 codes: the action (306), and the reason (886) of an adverse one.",
      z.strictObject({ action: z.enum(["A1", "A3", "A6"]), reason: z.nullable(z.string()) }),
    ),
  }),
);

const benefitStanding = named(
  "BenefitStanding",
  "A benefit with a limit, for this member and period.",
  z.strictObject({
    benefit: said("The plan's id of it.", z.string()),
    name: z.string(),
    period: said("First and last day, both included.", z.strictObject({ from: z.iso.date(), to: z.iso.date() })),
    unit: z.enum(units),
    limit: said("How much of it there is in a period.", count(1, 99_999)),
    used: said("What claims have taken.", z.int().check(z.minimum(0))),
    reserved: said("What is approved, or is just being approved, and not claimed yet.", z.int().check(z.minimum(0))),
    left: z.int().check(z.minimum(0)),
    ofRevised: said(
      "What is reserved for the authorization that this request asks to revise. It goes over to this one, if nothing of that runs on until this one begins.",
      z.int().check(z.minimum(0)),
    ),
    lines: said("The lines of this request that draw on it.", z.array(count(1, 50))),
    asked: said("What those of them ask for that are not decided.", z.int().check(z.minimum(0))),
    beyond: said(
      "More is asked for than is left with what is reserved for what it revises, or the vendor's word or the law has approved more than there is: a person has to see to it.",
      z.boolean(),
    ),
  }),
);

const requirement = {
  requirement: said(
    "`required`, `not-required`, or `review`: the code stands in neither of the plan's lists, so a person decides.",
    z.enum(requirements),
  ),
  route: said("Who decides: the plan, its imaging vendor, or nobody because nothing needs deciding.", z.enum(routes)),
  category: said("The plan's category of service, an id of its published list.", z.nullable(z.string())),
  rule: said("The step of the plan's order of decision that settled it.", z.enum(decisionRules)),
  because: said("The facts that decided, in a sentence.", z.string()),
};

const line = named(
  "Line",
  "One service asked for, as it was submitted, and what the plan makes of it. Decisions are per line and roll up to the request.",
  z.strictObject({
    lineNumber: said("From 1, in the order of submission.", count(1, 50)),
    code: z.optional(procedureCode),
    revenueCode: z.optional(matching(patterns.revenueCode)),
    modifiers: z.array(matching(patterns.modifier)),
    description: z.optional(z.string()),
    serviceDate: z.optional(z.iso.date()),
    endDate: z.optional(z.iso.date()),
    quantity: z.optional(count(1, 99_999)),
    unit: z.optional(z.enum(units)),
    placeOfService: z.optional(matching(patterns.placeOfService)),
    elective: z.optional(z.boolean()),
    investigational: z.boolean(),
    diagnosisPointers: said("Positions in the request's diagnoses, from 1.", z.optional(z.array(count(1, 12)))),
    servicingProvider: z.optional(provider),
    ...requirement,
    decision: said("`null` while the line is undecided, or needs no decision.", z.nullable(decision)),
  }),
);

const referral = named(
  "Referral",
  "The part of a request that the imaging vendor decides. It goes out when nothing is missing, or when a quarter of the clock has passed, whichever is first.",
  z.strictObject({
    vendor: z.string(),
    portalUrl: said("The vendor's own site for providers.", z.url()),
    status: z.enum(referralStatuses),
    caseId: said("The vendor's name for its case, once it has acknowledged.", z.nullable(z.string())),
    sentAt: said("When the referral that the vendor took was sent.", z.nullable(instant())),
  }),
);

const documentStatus = named(
  "DocumentStatus",
  "`awaiting-upload` until the bytes arrive, `verifying` while they are checked and scanned, then `available` or `rejected`; `expired` when nothing was uploaded in time.",
  z.enum(documentStatuses),
);

const documentMembers = {
  id: matching(patterns.documentId),
  fileName: said("As it was registered. The download itself is named by the document's id.", z.string()),
  contentType: z.enum(Object.keys(acceptedTypes)),
  size: said("In bytes.", count(1, maxDocumentBytes)),
  kind: z.enum(documentKinds),
  status: documentStatus,
  registeredAt: said("When it was registered first.", instant()),
  reason: said("Why it was rejected or has expired, and what to do.", z.optional(z.string())),
};

const document = named("Document", "A document and how far its verification is.", z.strictObject(documentMembers));

const attachedDocument = named(
  "AttachedDocument",
  "A document in the answer to a change of its request; read the request for the rest.",
  z.strictObject({ id: matching(patterns.documentId), kind: z.enum(documentKinds), status: documentStatus }),
);

const registeredDocument = named(
  "RegisteredDocument",
  "A document and, while its upload is awaited, the form for it.",
  z.strictObject({
    ...documentMembers,
    upload: said(
      "A form to be sent as `multipart/form-data` by POST to `url`: every field as it is given, then the bytes as the last field, `file`. It takes exactly the registered bytes, until `expiresAt`; register again for a fresh one.",
      z.optional(z.strictObject({ url: z.url(), fields: z.record(z.string(), z.string()), expiresAt: instant() })),
    ),
  }),
);

const readableDocument = named(
  "ReadableDocument",
  "A document and, once it is available, a short-lived link to its bytes.",
  z.strictObject({
    ...documentMembers,
    download: said("Read it again for a fresh link.", z.optional(z.strictObject({ url: z.url(), expiresAt: instant() }))),
  }),
);

const noticeMembers = {
  id: matching(patterns.noticeId),
  audience: said("To whom the letter is addressed.", z.enum(noticeAudiences)),
  kind: said(
    "`adverse` when anything was denied or approved for less; `missed-clock` is begun when the law counts a missed due time as a denial.",
    z.enum(noticeKinds),
  ),
  at: said("The date of the letter: rights are counted from it.", instant()),
  draft: said("Not sent: it stands with the plan's reviewers alone.", z.boolean()),
};

const notice = named("Notice", "A letter about the request, as PDF.", z.strictObject(noticeMembers));

const readableNotice = named(
  "ReadableNotice",
  "A letter about the request and a short-lived link to it.",
  z.strictObject({
    ...noticeMembers,
    download: said("Read it again for a fresh link.", z.strictObject({ url: z.url(), expiresAt: instant() })),
  }),
);

const authorization = named(
  "Authorization",
  "What claims refer to: given once a line is approved, for the dates from first to last; without dates when a revision stood in its place before its first day.",
  z.strictObject({
    number: matching(/^AU-[A-Z2-7]{26}$/),
    from: z.nullable(z.iso.date()),
    to: z.nullable(z.iso.date()),
    nextReviewAt: said(
      "Of an inpatient stay: the day until which more days are asked for, and reviewed.",
      z.optional(z.nullable(z.iso.date())),
    ),
  }),
);

const reference = named(
  "Reference",
  "What claims can check where nothing needed authorization.",
  z.strictObject({ number: matching(/^NR-[A-Z2-7]{26}$/), kind: z.literal("not-required") }),
);

const summaryMembers = {
  id: requestIdSchema(),
  version: said("Counts the request's changes; its ETag is this number in quotes.", count(1, 1_000_000_000)),
  status: requestStatus,
  channel: z.enum(channels),
  lineOfBusiness: z.enum(linesOfBusiness),
  priority: z.enum(priorities),
  receivedAt: said("Receipt by the plan: the clock's start, whoever keyed it in and whenever.", instant()),
  dueAt: said("When the decision is due; `null` once decided or closed.", z.nullable(instant())),
  overdue: said("Undecided when `dueAt` came, or since. A decision of that very instant is in time.", z.boolean()),
  missedAt: said(
    "The due time that passed without a decision. It stays once all is decided: what was decided late is known by it.",
    z.nullable(instant()),
  ),
  authorization: z.nullable(authorization),
  reference: said("Given with the status not-required, at once and for good; else `null`.", z.nullable(reference)),
  updatedAt: instant(),
};

const reminder = () => said("Needing no authorization is not being covered.", z.string());

const requestSummary = named("RequestSummary", "One row of a list.", z.strictObject(summaryMembers));

const clockCandidate = named(
  "ClockCandidate",
  "A rule of law that applies, and the time that it sets.",
  z.strictObject({
    rule: z.string(),
    meaning: said("What the rule says, in a few words.", z.string()),
    cite: z.string(),
    dueAt: said("`null` while what starts it has not happened yet.", z.nullable(instant())),
    whenMissed: said("What follows by law when the decision is not made in time.", z.enum(missedClocks)),
  }),
);

const assignment = named(
  "Assignment",
  "Who works on a request, until when it is theirs.",
  z.strictObject({ to: z.string(), name: z.string(), at: instant(), until: instant() }),
);

const appeal = named(
  "Appeal",
  "An appeal of adverse decisions. What was decided stands until the appeal is; what it replaces is kept here.",
  z.strictObject({
    id: said("Within its request.", z.string()),
    filedAt: instant(),
    reason: z.string(),
    expedited: z.boolean(),
    reductionId: said("The reduction that it is against; `null`: decisions.", z.nullable(z.string())),
    lines: said("Whose decisions it is against, or which were reduced.", z.array(count(1, 50))),
    dueAt: instant(),
    rule: z.string(),
    cite: z.string(),
    overdue: z.boolean(),
    decision: z.nullable(
      z.strictObject({
        outcome: z.enum(appealOutcomes),
        decidedAt: instant(),
        decidedBy: z.strictObject({ name: z.string(), credential: z.string() }),
        grounds: said("As found on the appeal; `null` where all was overturned and none was named.", z.nullable(groundsFound())),
        reason: said("Of whatever was upheld.", z.nullable(codedText())),
        criterion: z.nullable(z.string()),
        replaced: said(
          "Decisions that were overturned, as they were.",
          z.array(z.strictObject({ lineNumber: count(1, 50), decision })),
        ),
        effectiveAt: said("Since when what was overturned is in effect; `null` where nothing was.", z.nullable(instant())),
        effectiveBy: said("Until when what was overturned must be in effect, by law.", z.nullable(instant())),
        effectiveCite: z.nullable(z.string()),
      }),
    ),
  }),
);

const extent = z.strictObject({ quantity: z.nullable(z.int()), to: z.nullable(z.iso.date()) });
const reduction = named(
  "Reduction",
  "Less than was authorized, while services run. The decision that it takes from stays as it was made.",
  z.strictObject({
    id: said("Within its request.", z.string()),
    noticedAt: said("The date of the letters that tell of it.", instant()),
    grounds: groundsFound(),
    reason: codedText(),
    criterion: z.string(),
    decidedBy: z.strictObject({ name: z.string(), credential: z.string() }),
    lines: said(
      "What is left of each line: units in all and last day; `null`: as before.",
      z.array(z.strictObject({ lineNumber: count(1, 50), ...extent.shape, before: extent })),
    ),
    effectiveFrom: said("The first day of service of which the member was told.", z.iso.date()),
    holdsFrom: said(
      "The first day of service for which it holds; `null` while an appeal that came in time is open, and once it was overturned.",
      z.nullable(z.iso.date()),
    ),
    cite: z.string(),
    standing: z.enum(reductionStandings),
  }),
);

const request = named(
  "Request",
  "A prior-authorization request as it stands. What does not exist yet is `null`; what was not said when it was submitted is absent.",
  z.strictObject({
    ...summaryMembers,
    organization: said("The requesting organization; `null` when only the plan sees the request.", z.nullable(z.string())),
    retrospective: said(
      "A date of service lies before the day of receipt: the service was delivered before it was asked for.",
      z.boolean(),
    ),
    eligibility: said(
      "For reviewers alone: the member by the plan's eligibility data; one whom they do not know counts as eligible. A person decides what follows.",
      z.optional(
        z.strictObject({
          eligible: said("On every day of service.", z.boolean()),
          checkedFor: said(
            "The days that were asked about; none for a request from before there were data.",
            z.array(z.iso.date()),
          ),
        }),
      ),
    ),
    completeAt: said("When nothing was missing, and no question of the plan open, for the first time.", z.nullable(instant())),
    dueRule: said("The rule that set `dueAt`.", z.nullable(z.string())),
    clock: said("Every rule that applies, the earliest first: that one rules.", z.array(clockCandidate)),
    extended: z.boolean(),
    missing: said("What the plan still needs. The clock runs all the same.", z.array(z.enum(missingItems))),
    policyVersion: said("The edition of the plan's rules by which the lines were judged.", z.string()),
    setting: z.enum(settings),
    emergency: z.boolean(),
    postStabilization: z.boolean(),
    state: matching(/^[A-Z]{2}$/),
    member: z.strictObject({
      id: matching(patterns.memberId),
      givenName: z.optional(z.string()),
      familyName: z.optional(z.string()),
      birthDate: z.optional(z.iso.date()),
      programs: z.array(z.string()),
    }),
    requestingProvider: provider,
    servicingProvider: z.optional(provider),
    servicingFacility: z.optional(provider),
    outOfNetworkReason: z.optional(z.string()),
    admission: z.optional(admission),
    clinicalTrial: z.optional(z.strictObject({ nct: z.optional(matching(patterns.nct)) })),
    certification: z.optional(z.strictObject({ type: z.enum(certificationTypes), previousAuthorization: z.optional(z.string()) })),
    expedite: z.optional(z.strictObject({ reason: z.string(), requestedBy: z.string() })),
    diagnoses: z.array(diagnosis),
    clinicalSummary: z.optional(z.string()),
    lines: z.array(line),
    reminder: reminder(),
    referral: said("`null` when no line is the vendor's.", z.nullable(referral)),
    informationRequest: said(
      "An open question to the provider.",
      z.nullable(
        z.strictObject({
          askedBy: z.enum(["vendor", "plan"]),
          items: z.array(codedText()),
          at: instant(),
          dueAt: z.nullable(instant()),
        }),
      ),
    ),
    answers: z.array(z.strictObject({ code: z.string(), text: z.string(), at: instant() })),
    documents: said(
      "In the order of their registration. In full when the request is read; in the answer to a change, their state alone.",
      z.array(z.union([document, attachedDocument])),
    ),
    exception: said(
      "Something that a person of the plan has to judge.",
      z.nullable(z.strictObject({ reason: z.string(), at: instant() })),
    ),
    withdrawal: z.nullable(z.strictObject({ reason: z.string(), at: instant() })),
    notices: said("Letters about it that are for the caller, the latest last.", z.array(notice)),
    closure: said(
      "Ended by the plan without being judged.",
      z.nullable(z.strictObject({ reason: z.enum(closeReasons), at: instant() })),
    ),
    closeReason: said("Why it is `closed`; else `null`.", z.nullable(z.enum(closeReasons))),
    appeals: z.array(appeal),
    reductions: said("Of what was authorized, the latest last.", z.array(reduction)),
    supersededBy: said(
      "Revisions that stand in the place of what was authorized here. Of a line nothing is authorized for days of service from `from` on, of several the first; what the revision grants is claimed there. What is used stays used.",
      z.array(
        z.strictObject({
          authorizationNumber: matching(/^AU-[A-Z2-7]{26}$/),
          at: instant(),
          lines: z.array(z.strictObject({ lineNumber: count(1, 50), from: z.iso.date() })),
        }),
      ),
    ),
    continuedStay: said(
      "Days that were asked for after a stay was authorized, each a line of its own.",
      z.array(z.strictObject({ lineNumber: count(1, 50), from: z.iso.date(), days: count(1, 999), askedAt: instant() })),
    ),
    review: said(
      "What the plan keeps to itself: for its reviewers only.",
      z.optional(
        z.strictObject({
          assignment: z.nullable(assignment),
          notes: z.array(
            z.strictObject({ at: instant(), by: z.strictObject({ subject: z.string(), name: z.string() }), text: z.string() }),
          ),
          duplicateOf: said(
            "The request for the same for whose sake this one was closed.",
            z.nullable(matching(patterns.requestId)),
          ),
          similar: said(
            "When the request is read: others for the same member with a service in common on days that overlap.",
            z.optional(
              z.array(
                z.strictObject({
                  id: requestIdSchema(),
                  organization: z.nullable(z.string()),
                  status: requestStatus,
                  receivedAt: instant(),
                  lines: said("Of this request, which the other has as well.", z.array(count(1, 50))),
                }),
              ),
            ),
          ),
          peerToPeer: z.array(
            z.strictObject({
              at: instant(),
              by: z.strictObject({ subject: z.string(), name: z.string(), credential: z.nullable(z.string()) }),
              with: z.string(),
              summary: z.string(),
            }),
          ),
          benefits: said(
            "The benefits with a limit that lines draw on. When the request is read; not in the answer to a change.",
            z.optional(z.array(benefitStanding)),
          ),
        }),
      ),
    ),
  }),
);

const submittedRequest = named(
  "SubmittedRequest",
  "The request as it is taken in, or as it stood before.",
  z.extend(request, {
    duplicate: said(
      "Your organization waits for the same already: this request stands for both, and nothing was stored.",
      z.optional(z.literal(true)),
    ),
  }),
);

const worklistPage = named(
  "WorklistPage",
  "A page of a queue, the earliest due first. A request leaves the queue as it is decided, whatever page it stood on.",
  z.strictObject({
    items: z.array(
      named(
        "WorklistItem",
        "A request that waits for somebody of the plan.",
        z.strictObject({
          ...summaryMembers,
          queue: z.enum(queues),
          dueRule: said("The rule that set `dueAt`.", z.nullable(z.string())),
          extended: z.boolean(),
          missing: z.array(z.enum(missingItems)),
          appealDueAt: said("When the first open appeal is due; `null` without one.", z.nullable(instant())),
          categories: said("Categories of the lines that need a decision.", z.array(z.string())),
          assignment: said("Who works on it; `null` when it is free.", z.nullable(assignment)),
        }),
      ),
    ),
    nextCursor: said("Send it with the same query to go on.", z.nullable(z.string())),
  }),
);

const requestPage = named(
  "RequestPage",
  "A page of a list. It may be short, or even empty, and still carry a cursor: the list ends where `nextCursor` is `null`.",
  z.strictObject({
    items: z.array(requestSummary),
    nextCursor: said("Send it with the same query to go on.", z.nullable(z.string())),
  }),
);

const event = named(
  "Event",
  "Something that happened to a request: final, and without personal data. Each event's hash covers the one before it, so the last vouches for all.",
  z.strictObject({
    schemaVersion: z.literal(1),
    requestId: requestIdSchema(),
    sequence: said("From 1, without gaps.", count(1, 1_000_000_000)),
    epoch: said(
      "Of the last restore of the plan's records before it (Unix seconds); absent when there was none. Numbers are used again after a restore: tell events apart by request, epoch and sequence.",
      z.optional(count(1, 10_000_000_000)),
    ),
    at: instant(),
    actor: z.strictObject({
      type: z.enum(["provider", "clerk", "reviewer", "vendor", "system"]),
      id: said("The subject of a token, a vendor or a job: never a person's name.", z.string()),
    }),
    type: z.enum(eventTypes),
    lines: said("Numbers of the lines it is about.", z.optional(z.array(count(1, 50)))),
    documentId: z.optional(matching(patterns.documentId)),
    noticeId: z.optional(matching(patterns.noticeId)),
    outcome: z.optional(z.enum([...outcomes, ...appealOutcomes])),
    reason: z.optional(z.string()),
    fields: said("Names of the members that were given, never their values.", z.optional(z.array(z.string()))),
    caseId: z.optional(z.string()),
    appealId: z.optional(z.string()),
    reductionId: z.optional(z.string()),
    revision: said(
      "Of a decision, of information or of a restore: the request revises an authorization, or has been revised.",
      z.optional(z.literal(true)),
    ),
    authorizationNumber: said(
      "Of `authorization.superseded`: the one that stands in its place.",
      z.optional(matching(/^AU-[A-Z2-7]{26}$/)),
    ),
    restoredTo: said(
      "Of `history.restored`: what happened to the request after this moment is lost, and may be told again.",
      z.optional(instant()),
    ),
    previousHash: said("The hash of the event before; 64 zeros for the first.", matching(/^[0-9a-f]{64}$/)),
    hash: said("SHA-256 of the event's canonical JSON without this member.", matching(/^[0-9a-f]{64}$/)),
  }),
);

const history = named(
  "History",
  "All events of a request in order, those not yet published included.",
  z.strictObject({ events: z.array(event) }),
);

const fact = (description: string) => said(description, z.optional(z.array(z.boolean())));
const networkStatus = z.enum(["participating", "not-participating"]);
const conditions = named(
  "Conditions",
  "Under which an answer holds: for each fact that it depends on, the values that lead to it. No member: it holds in any case.",
  z.strictObject({
    lineOfBusiness: z.optional(z.array(z.enum(linesOfBusiness))),
    setting: z.optional(z.array(z.enum(settings))),
    emergency: fact("Is it an emergency?"),
    postStabilization: fact("Is it post-stabilization care?"),
    network: said("Does the servicing provider participate?", z.optional(z.array(networkStatus))),
    facilityNetwork: said("Does the facility participate?", z.optional(z.array(networkStatus))),
    trial: fact("Is it part of a clinical trial?"),
    investigational: fact("Is it unproven, experimental or investigational?"),
    elective: fact("Is it elective?"),
    program: said("Programs in which the member is enrolled; `none` for no such program.", z.optional(z.array(z.string()))),
  }),
);

const lookUpAnswer = named(
  "LookUpAnswer",
  "One answer that is still possible, and when it is the one.",
  z.strictObject({
    when: conditions,
    ...requirement,
    whatToSend: said(
      "What a submission with this answer will be asked for. A reason for leaving the network stands here only where the answer is about a provider outside it.",
      z.array(z.enum(missingItems)),
    ),
  }),
);

const unless = named(
  "Unless",
  "Values of a fact that was not said, and what they make of the answer in the cases where they change it.",
  z.strictObject({
    fact: z.enum(openEndedFacts),
    values: said(
      "Modifiers, revenue codes and ranges of them, ICD-10-CM codes and what they begin with, levels of care, numbers of days (`1-2`), or spans of dates (`2027-01-01/..`).",
      z.array(z.string()).check(z.minLength(1)),
    ),
    about: said("The service or exception that they tell of; `null` where they keep one from holding.", z.nullable(z.string())),
    leadsTo: z
      .array(z.strictObject({ requirement: requirement.requirement, route: requirement.route, category: requirement.category }))
      .check(z.minLength(1)),
  }),
);

const contact = named(
  "Contact",
  "A way to reach whoever decides.",
  z.strictObject({
    channel: z.enum(["portal", "mail", "phone", "fax"]),
    name: z.string(),
    note: z.optional(z.string()),
    url: z.optional(z.url()),
    address: z.optional(z.string()),
    number: z.optional(z.string()),
  }),
);

const contacts = named(
  "Contacts",
  "Whom to turn to, by who decides (`route`), the preferred way first; a vendor's authorization can be asked for at the vendor itself, or through the plan. No member: nothing here needs a decision of theirs.",
  z.strictObject({ plan: z.optional(z.array(contact)), vendor: z.optional(z.array(contact)) }),
);

const lookUp = named(
  "LookUp",
  "Every answer that the given facts leave possible in the usual case, which `unless` bounds. The answers exclude each other and leave nothing out.",
  z.strictObject({
    code: procedureCode,
    policyVersion: said("The edition of the plan's rules that answered.", z.string()),
    answers: z.array(lookUpAnswer).check(z.minLength(1)),
    dependsOn: said(
      "Every fact that is not said and could change the answer. Empty when there is one answer, whatever else is the case.",
      z.array(z.enum(lookUpFacts)),
    ),
    unless: said(
      "The answers take it that there is no modifier, revenue code, diagnosis, level of care or number of days but those that were said, and that the service is delivered today. Here stands what would lead elsewhere.",
      z.array(unless),
    ),
    contacts,
    reminder: reminder(),
  }),
);

const codes = (description: string) => said(description, z.array(z.string()));

const provenance = {
  meaning: said("What it covers, in the plan's own words.", z.string()),
  source: said("Where it is published.", z.string()),
  effectiveFrom: said("The first day of service for which it holds.", z.iso.date()),
  effectiveTo: said("The last; `null` while no end is set.", z.nullable(z.iso.date())),
};

const service = named(
  "Service",
  "A service that needs authorization, and all that leads to it: any of its codes, revenue codes, modifiers or diagnoses where `only` holds, or everything that `alsoWhen` names.",
  z.strictObject({
    id: said("Stable: the `category` of lines.", z.string()),
    group: z.string(),
    name: z.string(),
    ...provenance,
    precedence: said("Its place in the order in which services are tried; the first that fits names the line.", count(1, 10_000)),
    route: z.enum(["plan", "vendor"]),
    codes: codes("CPT and HCPCS codes, and ranges of them."),
    revenueCodes: codes("Revenue codes, and ranges of them."),
    modifiers: codes("Modifiers that suffice."),
    diagnoses: codes("ICD-10-CM codes that suffice."),
    excluded: codes("Codes that are no part of it, whatever else holds."),
    unconfirmed: codes("Codes that a person reviews: they are not confirmed for this service."),
    only: said(
      "Limits, all of which must hold; `null` where there are none.",
      z.nullable(
        z.strictObject({
          settings: z.optional(z.array(z.enum(settings))),
          programs: z.optional(z.array(z.string())),
          elective: z.optional(z.boolean()),
        }),
      ),
    ),
    alsoWhen: said(
      "A second way in, all of it together; `null` where there is none.",
      z.nullable(
        z.strictObject({
          settings: z.optional(z.array(z.enum(settings))),
          levelsOfCare: z.optional(z.array(z.enum(levelsOfCare))),
          codesOf: said("Ids of services whose codes are meant.", z.optional(z.array(z.string()))),
          fact: z.optional(z.enum(["clinicalTrial", "line.investigational"])),
        }),
      ),
    ),
    countsVisits: said("Is the number of visits asked for?", z.boolean()),
  }),
);

const exception = named(
  "RuleException",
  "What a step of the order of decision does not hold for: any of the codes, revenue codes or families of diagnoses, where all of `only` holds.",
  z.strictObject({
    id: z.string(),
    step: z.enum(decisionRules),
    name: z.string(),
    ...provenance,
    codes: codes("CPT and HCPCS codes, and ranges of them."),
    revenueCodes: codes("Revenue codes, and ranges of them."),
    diagnosisFamilies: codes("How ICD-10-CM codes begin."),
    only: z.strictObject({
      settings: z.optional(z.array(z.enum(settings))),
      levelsOfCare: z.optional(z.array(z.enum(levelsOfCare))),
      categories: z.optional(z.array(z.string())),
      linesOfBusiness: z.optional(z.array(z.enum(linesOfBusiness))),
      daysAtMost: said("Days of the stay.", z.optional(count(1, 999))),
    }),
  }),
);

const serviceList = named(
  "ServiceList",
  "The services that need authorization as the plan publishes them, and what needs none.",
  z.strictObject({
    policyVersion: said("The edition of the plan's rules.", z.string()),
    effectiveFrom: said("The first day of receipt that it judges.", z.iso.date()),
    services: said("In the order in which they are tried.", z.array(service)),
    decisionOrder: said(
      "The steps by which a line is settled: the first that applies answers, and is the line's `rule`.",
      z.array(z.strictObject({ id: z.enum(decisionRules), meaning: z.string(), source: z.string() })),
    ),
    exceptions: z.array(exception),
    noAuthorization: said(
      "What needs none, where no step before says otherwise.",
      z.array(
        z.strictObject({
          id: z.string(),
          ...provenance,
          codes: codes("Codes, and ranges of them."),
          excluded: codes("Codes that are no part of it."),
        }),
      ),
    ),
    contacts,
    reminder: reminder(),
  }),
);

const share = (description: string) =>
  said(
    description,
    z.strictObject({
      numerator: z.int().check(z.minimum(0)),
      denominator: z.int().check(z.minimum(0)),
      percent: said("Two decimals, rounded half up; `null` where nothing was decided.", z.nullable(z.number())),
    }),
  );

const elapsed = (unit: "days" | "hours") =>
  z.strictObject({
    unit: z.literal(unit),
    count: said("Of how many.", z.int().check(z.minimum(0))),
    totalMilliseconds: said("From which the mean is made.", z.int().check(z.minimum(0))),
    mean: said("Two decimals, rounded half up; `null` where nothing was decided.", z.nullable(z.number())),
    median: said("Two decimals, rounded half up; `null` where nothing was decided.", z.nullable(z.number())),
  });

const atLeastNone = (description: string) => said(description, z.int().check(z.minimum(0)));

const worklistOverview = named(
  "WorklistOverview",
  "What waits, how long it still can, and how fast the desk has been.",
  z.strictObject({
    at: said("The moment from which is counted.", instant()),
    queues: z.array(
      z.strictObject({
        queue: z.enum(queues),
        open: atLeastNone("All that wait: the sum of the counts that follow."),
        overdue: atLeastNone("Those whose time is over."),
        within4Hours: atLeastNone("Due within 4 hours."),
        within24Hours: atLeastNone("Due within 24 hours, but not within 4."),
        within72Hours: atLeastNone("Due within 72 hours, but not within 24."),
        later: atLeastNone("Due later than that."),
        capped: said("There are more than were counted; those that are due first were.", z.boolean()),
        oldest: said(
          "What is due first; `null` for an empty queue.",
          z.nullable(
            z.strictObject({
              dueAt: said("`null`: it waits without a due time.", z.nullable(instant())),
              requestId: requestIdSchema(),
            }),
          ),
        ),
        next: said(
          "Of the 25 that are due first: how many somebody works on.",
          z.strictObject({
            looked: z.int().check(z.minimum(0)),
            assigned: z.int().check(z.minimum(0)),
            unassigned: z.int().check(z.minimum(0)),
          }),
        ),
      }),
    ),
    turnaround: said(
      "For each line of business and priority. All decisions count, drugs and services that were over already too.",
      z.array(
        z.strictObject({
          lineOfBusiness: z.enum(linesOfBusiness),
          priority: z.enum(priorities),
          days: said("Decided within so many days until now.", z.literal([7, 30])),
          hours: said("From the receipt to the first decision.", elapsed("hours")),
          inTime: share("Of all these: decided before the clock ran out."),
        }),
      ),
    ),
  }),
);

const programMetrics = named(
  "ProgramMetrics",
  "The figures of one program. Approved is approved in full; denied is denied in full or in part. What an appeal changes later stays in the figures of the first decision.",
  z.strictObject({
    lineOfBusiness: z.enum(linesOfBusiness),
    program: said("The level at which the law wants it reported.", z.string()),
    cite: z.string(),
    shares: z.strictObject({
      standardApproved: share("Of all standard asks."),
      standardDenied: share("Of all standard asks."),
      standardApprovedAfterAppeal: share("Of all standard asks: denied at first, approved in full after an appeal."),
      extendedAndApproved: share("Of all asks: the time was extended, and they were approved in full."),
      expeditedApproved: share("Of all expedited asks."),
      expeditedDenied: share("Of all expedited asks."),
    }),
    timeToDecision: said(
      "From the receipt to the first decision.",
      z.strictObject({ standard: elapsed("days"), expedited: elapsed("hours") }),
    ),
    excluded: said(
      "Decided, and in none of the figures: drugs, and what was asked for after its service.",
      z.strictObject({ drugs: z.int().check(z.minimum(0)), retrospective: z.int().check(z.minimum(0)) }),
    ),
  }),
);

const yearMetrics = named(
  "YearMetrics",
  "A calendar year's public metrics.",
  z.strictObject({
    year: count(2000, 2100),
    timeZone: said("The plan's: its calendar year is meant.", z.string()),
    postBy: said("By when they have to be public.", z.iso.date()),
    programs: z.array(programMetrics),
    services: said(
      "What needs prior authorization at some time of the year by the rules as they are now, drugs left out; `GET /v1/services` has all that leads to each.",
      z.strictObject({ policyVersion: z.string(), items: z.array(z.strictObject({ id: z.string(), name: z.string() })) }),
    ),
    definitions: said("What each figure is.", z.array(z.strictObject({ measure: z.string(), meaning: z.string() }))),
  }),
);

const requirementCheck = named(
  "CheckedRequirements",
  "What a submission would need. Nothing is stored.",
  z.strictObject({
    policyVersion: said("The edition of the plan's rules that answered.", z.string()),
    status: said("What the lines would add up to when submitted so.", z.enum(requestStatuses)),
    missing: said(
      "What a submission of just this would still be asked for, the member's name apart.",
      z.array(z.enum(missingItems)),
    ),
    lines: z.array(
      named(
        "CheckedLine",
        "A line, by its place in the body, and what the plan would make of it.",
        z.strictObject({
          lineNumber: count(1, 50),
          code: z.optional(procedureCode),
          revenueCode: z.optional(matching(patterns.revenueCode)),
          modifiers: z.array(matching(patterns.modifier)),
          ...requirement,
        }),
      ),
    ),
    contacts,
    reminder: reminder(),
  }),
);

const checkAnswer = named(
  "AuthorizationAnswer",
  "Whether a service was authorized, and what the claim may count on.",
  z.strictObject({
    answer: z.enum(authorizationAnswers),
    authorizationNumber: z.optional(matching(/^AU-[A-Z2-7]{26}$/)),
    unitsLeft: said("Absent where none are counted.", z.optional(z.int())),
    field: said("In `mismatch`: what differs from what was authorized.", z.optional(z.enum(claimFields))),
    because: z.string(),
  }),
);

const usage = named(
  "Usage",
  "A claim line that counts against an authorization.",
  z.strictObject({
    authorizationNumber: matching(/^AU-[A-Z2-7]{26}$/),
    claimLineId: z.string(),
    lineNumber: said("The authorized line that it counts against.", count(1, 50)),
    units: count(1, 99_999),
    serviceDate: z.iso.date(),
    unitsLeft: said("Of that line, after this; `null` where none are counted.", z.nullable(z.int())),
  }),
);

const releasedUsage = named(
  "ReleasedUsage",
  "The claim line counts no more, if it ever did.",
  z.strictObject({ authorizationNumber: matching(/^AU-[A-Z2-7]{26}$/), claimLineId: z.string() }),
);

const vendorReceipt = named(
  "VendorReceipt",
  "The event was taken, now or before.",
  z.strictObject({ requestId: requestIdSchema(), replayed: z.boolean() }),
);

const openapiDocument = z.looseObject({
  openapi: z.string(),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.unknown()),
});

type ProblemType = `/problems/${ProblemName}`;
const problemNames = Object.keys(problems) as ProblemName[];
export const problemTypeOf = (name: ProblemName): ProblemType => `/problems/${name}`;

export const problemSchema = named(
  "Problem",
  "A refusal (RFC 9457). It says what is wrong and what to do, and never repeats a value that was sent.",
  z.strictObject({
    type: said("Which refusal: stable, to be switched on.", z.enum(problemNames.map(problemTypeOf))),
    title: z.string(),
    status: said("The HTTP status again.", z.int().check(z.minimum(400), z.maximum(599))),
    detail: said("For people; its words may change.", z.string()),
    traceId: said("Names the call in our logs.", z.string()),
    errors: said(
      "All faults of the body or the query at once, in `validation-failed`.",
      z.optional(
        z.array(
          named(
            "Fault",
            "One fault, and where it is.",
            z.strictObject({ pointer: said("JSON pointer (RFC 6901).", z.string()), detail: z.string() }),
          ),
        ),
      ),
    ),
    requestStatus: said("The request's, where its state stands in the way (409).", z.optional(z.enum(requestStatuses))),
    possible: said("Operations by which a request may be changed in that status.", z.optional(z.array(z.string()))),
  }),
);

export const gatewayErrorSchema = named(
  "GatewayError",
  "Answered by the gateway before any function of ours was asked, or when one did not answer.",
  z.strictObject({ message: z.string() }),
);

/** The answer of a success by operation: what HTTP tests parse every answer with. */
export const responseSchemas = {
  submitRequest: submittedRequest,
  listRequests: requestPage,
  searchRequests: requestPage,
  getRequest: request,
  listEvents: history,
  registerDocument: registeredDocument,
  getDocument: readableDocument,
  getNotice: readableNotice,
  addInformation: request,
  withdrawRequest: request,
  getWorklist: worklistPage,
  getWorklistOverview: worklistOverview,
  assignRequest: request,
  addNote: request,
  requestInformation: request,
  extendRequest: request,
  escalateRequest: request,
  recordPeerToPeer: request,
  resolveException: request,
  determineRequest: request,
  closeRequest: request,
  fileAppeal: request,
  decideAppeal: request,
  reduceAuthorization: request,
  continueStay: request,
  expediteRequest: request,
  judgeExpedite: request,
  checkAuthorization: checkAnswer,
  useAuthorization: usage,
  releaseUsage: releasedUsage,
  getMetrics: yearMetrics,
  recordVendorEvent: vendorReceipt,
  lookUpProcedureCode: lookUp,
  listServices: serviceList,
  checkRequirements: requirementCheck,
  getLookup: z.string(),
  getOpenapi: openapiDocument,
  getDocs: z.string(),
  getDocsScript: z.string(),
} as const satisfies Record<OperationId, z.ZodMiniType>;

/** Media type of a success, where it is not JSON. */
const otherMediaTypes: Partial<Record<OperationId, string>> = {
  getLookup: "text/html",
  getDocs: "text/html",
  getDocsScript: "text/javascript",
};
/** Of what can be had as a table of rows besides. */
export const csvType = "text/csv";
export const mediaTypeOf = (id: OperationId): string => otherMediaTypes[id] ?? "application/json";

/** Statuses of success: the table's own, and that of what was there before: a vendor's event, a request for the same. */
export const successStatusesOf = (id: OperationId): readonly number[] =>
  id === "recordVendorEvent" || id === "submitRequest" ? [operationOf(id).status, 200] : [operationOf(id).status];

/** What the gateway answers by itself: its statuses, and its words. */
export const gatewayMessages = {
  401: "Unauthorized",
  403: "Forbidden",
  413: "Request Entity Too Large",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
} as const;
export type GatewayStatus = keyof typeof gatewayMessages;

export function gatewayStatusesOf(id: OperationId): readonly GatewayStatus[] {
  const { scopes, body } = operationOf(id);
  return [...(typeof scopes === "string" ? [] : ([401, 403] as const)), ...(body ? ([413] as const) : []), 429, 500, 503];
}

/** @returns the schema of an answer, or `undefined` when the document knows no such answer of this operation */
export function answerSchema(id: OperationId, status: number, contentType: string): z.ZodMiniType | undefined {
  const mediaType = contentType.split(";")[0]?.trim();
  if (mediaType === mediaTypeOf(id) && successStatusesOf(id).includes(status)) return responseSchemas[id];
  if (mediaType === csvType && id === "getMetrics" && successStatusesOf(id).includes(status)) return z.string();
  if (status === 304 && operationOf(id).revalidates) return z.literal("");
  if (mediaType === "application/problem+json") {
    const known = problemsOf(id).filter((name) => problems[name].status === status);
    return known.length > 0
      ? z.extend(problemSchema, { type: z.enum(known.map(problemTypeOf)), status: z.literal(status) })
      : undefined;
  }
  return mediaType === "application/json" && gatewayStatusesOf(id).some((known) => known === status)
    ? gatewayErrorSchema
    : undefined;
}
