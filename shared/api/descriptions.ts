import { maxDocumentBytes } from "../domain/document.ts";
import type { OperationId } from "./operations.ts";
import { problems } from "./problems.ts";

/** What the OpenAPI document says in sentences. Shapes, statuses and scopes come from the table of operations, not from here. */

const table = (rows: readonly (readonly string[])[]) => rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");

export const introduction = `The prior-authorization desk of a health plan: submit a request, upload clinical documents, follow it until it is decided.

**JSON** in camelCase, times in RFC 3339 UTC, dates in ISO form. Members that are not listed here, \`null\` in place of absence and names that stand twice are refused; a body has at most 256 KB. Answers may gain members: take what you know, ignore the rest.

**Tokens.** Where a scope is listed, send a bearer token; any one of the listed scopes opens the operation. The token's \`org\` names the organization that acts. Another organization's request answers exactly as one that does not exist.

**Repeats.** \`POST /v1/requests\` takes an \`Idempotency-Key\`: the same key with the same body answers the request as it stands now, so repeat until you have an answer. Every other change recognises a repeat of what it has already recorded.

**Versions.** The \`ETag\` of a request is its version. Send it as \`If-Match\` to change only what you have seen. What the look-up answers may be kept for as long as it says, and asked about again by its own \`ETag\`, as \`If-None-Match\`.

**Refusals** are problem documents (RFC 9457), \`application/problem+json\`: \`type\` says which, \`detail\` what to do, \`errors\` names all faults at once by JSON pointer. Values that you sent are never repeated. What the gateway refuses by itself is a \`GatewayError\`. A path that is not listed here answers \`route-not-found\`, and another method on a listed path \`method-not-allowed\` with an \`Allow\` header.

${table([["Problem", "Status", "Title"], ["---", "---", "---"], ...Object.entries(problems).map(([name, { status, title }]) => [`\`${name}\``, String(status), title])])}

**Lists** come in pages; send \`nextCursor\` back as \`cursor\` with the same query. A cursor is good only for its caller and its query. No personal data stands in any URL: searching by member is a POST.`;

export const tags = {
  Requests: "Submit a request, add to it, take it back, find it again.",
  Documents: "Clinical documents: registered here, uploaded by form past the API, verified before anybody can read them.",
  Review: "For the plan's own people: the worklist, and every step from taking a request up to its decision.",
  Claims: "What claims ask: was it authorized, and how much of it is left.",
  Metrics: "What the plan makes public of its decisions each year.",
  Vendor: "What the imaging vendor tells the plan of its cases.",
  "Look-up": "Whether a service needs authorization, before anything is submitted.",
  Service: "This description, for machines and for people.",
};

type Words = { readonly description: string; readonly success: string };

const changesNothing =
  "A repeat of what is already recorded changes nothing and answers the request as it stands, whatever `If-Match` says.";

export const words: Readonly<Record<OperationId, Words>> = {
  submitRequest: {
    description: `Takes a request in and starts its legal clock. What the decision needs but the body lacks is listed as \`missing\`: the request is accepted and its clock runs all the same. Only what a request cannot exist without is refused.

The requesting organization is the token's \`org\`, and the plan's roster must let it act for the requesting NPI. Clerks (\`intake:write\`) key in what came by mail, phone or fax; they give \`receivedAt\`, and \`organization\` where it is not the home organization of the requesting NPI.

Whoever asks for what they wait for already (the same member, codes, days, providers, setting and priority, in an open request) is answered 200 with that request and \`duplicate: true\`; change its words and quantities with \`POST …/information\`. Requests that are only alike are shown to reviewers.

The \`Idempotency-Key\` belongs to the caller, and is judged before that. The same key with another body is refused; a refused request stores nothing, so correct the body and use the key again. Keys do not expire.`,
    success: "The request, new or as a repeat finds it now.",
  },
  listRequests: {
    description:
      "Requests of the token's organization; reviewers name the `organization`. A page that is filtered by status may be short and still carry a cursor. Clerks have no list.",
    success: "A page of requests, latest change first.",
  },
  searchRequests: {
    description:
      "A `memberId` or an `authorizationNumber` (of an authorization, or of the reference that a request got which needed none) is required; `serviceFrom` and `serviceTo` bound the dates of service, both days included. Only what you could list is found.",
    success: "A page of the requests that were found.",
  },
  getRequest: {
    description:
      "For the requesting organization, the home organization of the servicing NPI, the vendor it was referred to, reviewers, and the clerk who keyed it in. For everybody else it does not exist.",
    success: "The request with its documents.",
  },
  listEvents: {
    description: "For whoever may read the request. Events carry codes and references, no personal data, and never change.",
    success: "All events, in order.",
  },
  registerDocument: {
    description: `Says what will be uploaded, while the request or an appeal of it is open, and answers with a form: post its fields and the bytes to its \`url\`, straight to the store. The form takes exactly the bytes of this size and SHA-256 (at most ${maxDocumentBytes} bytes), and is valid for 15 minutes or less.

The same checksum, size and type again are the same document: freshly signed while its upload is awaited, reopened if it had expired, without a form once the bytes are there. What is uploaded is checked and scanned before anybody can read it; a document of another content or type than was registered, or with a threat, ends \`rejected\`, and the request lives on.`,
    success: "The document, with a form while its upload is awaited.",
  },
  getDocument: {
    description:
      "A link is given only once the document is `available`. It is good for five minutes; the file is named by the document's id.",
    success: "The document, with a link once it is available.",
  },
  getNotice: {
    description:
      "Letters are written within seconds of what they tell. Those to the provider are for whoever may read the request; of those to the member, who asked for the service and who keyed it in have copies; drafts are the reviewers'. The link is good for five minutes.",
    success: "The notice, with a link to the letter.",
  },
  addInformation: {
    description: `Fills gaps, line by \`lineNumber\`, and answers what was asked by its \`code\`. What is given takes the place of what was said before; channel, receipt, member ID and requesting NPI stay as they were submitted. Once a line is decided, it stays as it was asked for, and so does what it was judged by (servicing provider and facility, admission, diagnoses): there only what was missing can be added. When nothing is missing any more, the request moves on by itself. ${changesNothing}`,
    success: "The request after the change.",
  },
  withdrawRequest: {
    description: `Ends an open request of which no line is decided yet: an approval may be under claims, and a denial has its appeal. ${changesNothing}`,
    success: "The withdrawn request.",
  },
  getWorklist: {
    description:
      "Of all requests that wait in a queue, the earliest due first. What somebody works on stays in the list, with who it is. A page may be short and still carry a cursor.",
    success: "A page of the queue.",
  },
  getWorklistOverview: {
    description:
      "A supervisor's view. Of each queue what waits is counted by how soon it is due, from its head on: where `capped` is true the queue is longer than was counted, and each count says at least. What has no due time any more stands in its queue by when it came, and counts as overdue. Decisions are in the turnaround some seconds after they were made.",
    success: "The queues and the turnaround.",
  },
  assignRequest: {
    description:
      "For oneself with an empty body, back to the queue with `release`; only a supervisor, whose token has `reviews:supervise`, gives it to another or takes it from one whose time is not up. An assignment ends by itself with the decision, or when its time is up. A repeat changes nothing.",
    success: "The request, as reviewers see it.",
  },
  addNote: {
    description: `Notes are between reviewers and no part of the request's history. ${changesNothing}`,
    success: "The request, as reviewers see it.",
  },
  requestInformation: {
    description: `The provider answers with \`POST …/information\`, item by item by its \`code\`. Only the Marketplace's clock waits for the answer, and no longer than \`dueAt\`; without one it is the plan's usual time. ${changesNothing}`,
    success: "The request, as reviewers see it.",
  },
  extendRequest: {
    description: `Once (more days of a stay once by themselves), before the decision is due, and only where the rule that sets the due time allows it. ${changesNothing}`,
    success: "The request with its new due time.",
  },
  escalateRequest: {
    description: `Every line of the plan's that is undecided waits for the medical director from now on. ${changesNothing}`,
    success: "The request, as reviewers see it.",
  },
  recordPeerToPeer: {
    description: `That a talk was held is part of the history; what was said stays with the plan. ${changesNothing}`,
    success: "The request, as reviewers see it.",
  },
  resolveException: {
    description: `Whoever has judged what the vendor contradicted, or seen to a referral that could not be sent, says what came of it: the request leaves the queue \`vendor-exceptions\`. Decisions stand as they are; a determination of a request's last line by a person settles it too. ${changesNothing}`,
    success: "The request, as reviewers see it.",
  },
  determineRequest: {
    description: `Every line is decided on the plan's three grounds; all lines of the call are decided, or none. Denying, approving less than was asked, and whatever waits for the medical director takes the scope \`reviews:deny\` and a credential that may deny such a service; it names a specific reason, by its X12 886 code and in words, and the criterion it rests on. What is left unsaid is as asked: units, first and last day; of a stay the admission's days and the day after its last night, else the plan's usual term from the first day, or from today. Whatever falls short of that, and a number or unit that nobody asked for, is \`approved-less\`. What a benefit limits takes its units of the member's period first, and cannot be approved beyond what is left (\`benefit-exhausted\`). ${changesNothing}`,
    success: "The request with its decisions.",
  },
  closeRequest: {
    description: `For what is no clinical decision: another request asks for the same (\`duplicateOf\` says which; only reviewers see it), or the member is not eligible. ${changesNothing}`,
    success: "The closed request, as reviewers see it.",
  },
  fileAppeal: {
    description: `Against decisions that denied or granted less, within the law's time from the day of the decision, or of the letter that told of it if that is later: 60 days (medicaid), 65 (medicare-advantage), 180 (marketplace). Without \`lines\`: every such decision that can be appealed. With \`reductionId\`: against that reduction of what was authorized; filed on or before its first day, services go on until the appeal is decided. One appeal of a line is open at a time, and a line is appealed once. Clerks (\`intake:write\`), who key in a letter, give \`receivedAt\`, from which its time is counted. It is decided within 30 days, or 72 hours when \`expedited\`; until then the decision stands, and documents can be registered. ${changesNothing}`,
    success: "The request with its appeal.",
  },
  decideAppeal: {
    description: `By a clinician who may deny the service and did not make the decision that is appealed. \`lines\` names what is overturned: approved as asked, or by \`quantity\`, \`from\` and \`to\` more than before; without it all of the appeal is. Whatever is upheld, in whole or in part, needs \`grounds\`, \`reason\` and \`criterion\`. The decision that is replaced is kept with the appeal. What is overturned takes effect at once (\`effectiveAt\`); \`effectiveBy\` says until when the law wants it in effect. An appeal of a reduction is upheld or overturned as a whole. ${changesNothing}`,
    success: "The request with what stands now.",
  },
  reduceAuthorization: {
    description: `By a clinician who may deny the service: fewer units in all (\`quantity\`, those used before included) or an earlier end (\`to\`) of lines whose authorization runs today. It takes effect with services from \`effectiveFrom\` on, which leaves the law's days after the notice (medicaid: 10 full days in the plan's time zone); for every day before, what was authorized stands, and the decision itself stays as it was made. Member and provider are told by letter. An appeal that names the reduction (\`reductionId\`) on or before that day keeps the services going until it is decided. Nothing that claims have taken is taken back. In a line of business without such a rule in the plan's data nothing is reduced. ${changesNothing}`,
    success: "The request with its reduction, as reviewers see it.",
  },
  continueStay: {
    description: `Of an authorized inpatient stay, before its days are over: the new days follow on them without a gap and are a line of their own, decided by the expedited clock from now on, while what is authorized stands. ${changesNothing}`,
    success: "The request with the new line.",
  },
  expediteRequest: {
    description: `A physician's word is followed at once, and grants what waits to be judged; a provider's or a member's is judged by a reviewer, and the clock stays as it is until then. ${changesNothing}`,
    success: "The request, in haste or waiting to be judged.",
  },
  judgeExpedite: {
    description: `Refused, the request keeps its receipt and its time. What a physician asked for is granted already. ${changesNothing}`,
    success: "The request, as reviewers see it.",
  },
  checkAuthorization: {
    description:
      "Answers with the best that any of the member's requests gives: `authorized`, `partial` (fewer units are left), `late` (authorized only after the date of service), `expired`, `mismatch` (see `field`), `denied`; `not-required` when such a service needs none, `not-found` when nothing was asked for. `npi` is the billing or the rendering provider's.",
    success: "The answer, and the authorization it rests on.",
  },
  useAuthorization: {
    description:
      "Counts the units of a claim line, once however often it is sent, and never beyond what was granted. `lineNumber` is needed only where several lines are authorized on that date of service, which is not after today.",
    success: "What is counted, and what is left.",
  },
  releaseUsage: {
    description: "Gives the units of a claim line back. One that was never counted is no fault.",
    success: "The claim line counts no more.",
  },
  getMetrics: {
    description:
      "Decisions of a calendar year in the plan's time zone, by program (42 CFR 438.210(f), 422.122(c), 45 CFR 156.223(c)): shares with what they were made from, and the time to the first decision. Drugs are left out; what was asked for after its service is counted apart. Each continuation of a stay counts as an ask of its own. A decision is counted some seconds after it was made. `format=csv` gives one row for each program and measure; a year that has not come yet has nothing in it.",
    success: "The year's metrics as they are now.",
  },
  recordVendorEvent: {
    description: `For the vendor alone, which signs instead of carrying a token: \`X-Signature\` is \`v1=\` and the hex HMAC-SHA-256, with the key named by \`X-Key-Id\`, of \`X-Timestamp\`, a dot and the raw body. The timestamp is within five minutes of now. Two keys may be live at once.

Repeats are known by event id, and by case and version. \`opened\` without \`requestId\`, for a provider who went to the vendor's own site, carries the \`submission\` and creates a request that was received at \`occurredAt\`. What cannot be true together with what stands changes no decision: it goes to a person (\`vendor-event-needs-review\`), as does an adverse line that names no clinician who may deny. So do words that \`occurredAt\` dates before the receipt or the referral, or more than five minutes ahead, and a decision that arrives after it was due, however it is dated.`,
    success: "The event was taken.",
  },
  lookUpProcedureCode: {
    description:
      "Give what you know; the answers are those that are still possible, each with the facts under which it holds and with what a submission will be asked for, and `dependsOn` names every fact that is not said and could still change that. A modifier, revenue code, diagnosis, level of care or number of days counts only when it is said; what it would change stands under `unless`. Say `none` where there is none. A code in neither of the plan's lists is for a person to review. Benefit coverage and limits apply besides.",
    success: "Every answer that the given facts leave possible.",
  },
  listServices: {
    description:
      "The list that the plan publishes (42 CFR 422.122(b)(1)): every service with its stable id, what leads to it, and its place in the order in which services are tried. The first that fits names a line's `category`. What the plan lists as needing no authorization follows; a code in neither is for a person to review. Ranges of codes are written `first-last` and hold only codes of the same shape.",
    success: "The list as it is in force now.",
  },
  checkRequirements: {
    description:
      "Answers as a submission would be answered, by the rules in force now and by what the plan's directory says of the providers on the days of service. Nothing is stored, no clock starts, and no member is named: programs that only the plan knows of can change the answer.",
    success: "What each line would need, what would be missing, and the status it would add up to.",
  },
  getLookup: {
    description:
      "A page on which people look up a procedure code or a category: the answer, why, what to send, and whom to contact. It loads nothing from elsewhere; `q` and the facts of the look-up in its address open an answer.",
    success: "The page.",
  },
  getOpenapi: { description: "The OpenAPI document of this API.", success: "This document." },
  getDocs: { description: "The same document for people, as a page that loads nothing from elsewhere.", success: "The page." },
  getDocsScript: { description: "Sent compressed (gzip).", success: "The script of the page." },
};

export const notModified = "The answer is still the one that `If-None-Match` names.";
/** Of a success that changed nothing. */
export const alsoTaken: Readonly<Partial<Record<OperationId, string>>> = {
  recordVendorEvent: "The event had been taken before; nothing changed.",
  submitRequest: "Your organization waits for the same already: the request as it stands.",
};

export const parameters: Readonly<Record<string, string>> = {
  "path requestId": "The request's id.",
  "path documentId": "The document's id.",
  "path noticeId": "The notice's id.",
  "path number": "An authorization's number.",
  "path claimLineId": "The claim line's own id.",
  "path appealId": "The appeal's id within its request.",
  "path year": "The calendar year of the decisions, 2000 to 2100.",
  "path code": "A CPT or HCPCS Level II code, in any case.",
  "query organization": "Whose requests; for reviewers, who must name it.",
  "query status": "Only requests in this status.",
  "query queue": "Which of the plan's queues.",
  "query updatedSince": "Only requests that changed then or later.",
  "query limit": "How many at most.",
  "query cursor": "The `nextCursor` of the page before.",
  "query lineOfBusiness": "The line of business that covers the member.",
  "query format": "As JSON or as comma-separated values. Default: json.",
  "query setting": "Where the service is delivered.",
  "query network": "Does the servicing provider participate in the plan's network?",
  "query facilityNetwork": "Does the facility participate?",
  "query emergency": "Is it an emergency?",
  "query postStabilization": "Is it post-stabilization care?",
  "query program": "Programs in which the member is enrolled, a comma between them.",
  "query modifiers": "Modifiers, a comma between them; `none` when there are none.",
  "query revenueCode": "A revenue code, four digits; `none` when there is none.",
  "query diagnosis": "ICD-10-CM codes, a comma between them; `none` when there are none.",
  "query levelOfCare": "The level of care of a stay; `none` when none is given.",
  "query days": "Days of a stay that are asked for; `none` when none are given.",
  "query trial": "Is it part of a clinical trial?",
  "query investigational": "Is it unproven, experimental or investigational?",
  "query elective": "Is it elective?",
  "query serviceDate": "The day of service: rules that hold only from or to a day are judged by it. Default: today.",
  "header Idempotency-Key": "Chosen by you, one for each request that you mean to make; repeat it to repeat the call.",
  "header If-Match": "The ETag of the request as you read it: when it has changed since, nothing is done (412).",
  "header If-None-Match": "The ETag of the answer as you have it: while it is still the same, 304 comes back without it.",
  "header X-Timestamp": "When it was signed, in Unix seconds.",
  "header X-Key-Id": "Which of the live keys signed.",
};

export const headers = {
  ETag: "The version of what is answered: send that of a request as `If-Match`, that of an answer to keep as `If-None-Match`.",
  "Cache-Control": "How long the answer may be kept without asking again.",
  Location: "The path of the request.",
  "Idempotent-Replayed": "`true` when this key had made the request before.",
  "Retry-After": "Seconds to wait before trying again.",
};
export type HeaderName = keyof typeof headers;
