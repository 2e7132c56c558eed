import type { Grant } from "../../infra/local/iam/grants.ts";
import { exceptions } from "./exceptions.ts";

/** The test that fails when a grant is taken away: `<file> > <describe> > … > <test>`. */
export type Proof = string;

const template = "test/local/iam-template.test.ts";
const stage = "test/local/iam-stage.test.ts";
const sweep = "test/http/sweep.test.ts > what the relay left is published by the sweep, and stands in the history";
const timers =
  "test/http/timers.test.ts > a referral with something missing > goes out then, once, with what there is, and the request still asks for the rest";
const reminded =
  "test/http/reminders.test.ts > while the scheduler runs > a request that nobody completes is reminded of at each of its times, once, never early";
const metrics =
  "test/http/observability.test.ts > gauges > are published with each run of the jobs, all of them, and are zero while nothing is late";

const example =
  "test/http/submitting.test.ts > the contract's example > is taken, and every field of the answer is as the contract says";
const readBack = "test/http/submitting.test.ts > the contract's example > reads back as it was answered";
const repeated =
  "test/http/idempotency.test.ts > an idempotency key > answers with the request as it stands now, and never expires";
const list = "test/http/listing.test.ts > an organization's list > has the latest change first, one row each";
const search = "test/http/listing.test.ts > searching > finds a member's requests, the latest receipt first";
const history = "test/http/events.test.ts > a request's history > tells what happened, in order, by whom and when";
const document =
  "test/http/documents.test.ts > a document's way > leads from awaiting-upload over verifying to available, and completes its request";
const filled = "test/http/information.test.ts > filling gaps > each gap closes when it is filled, and not before";
const withdrawn =
  "test/http/withdrawal.test.ts > taking a request back > ends it: no due time, no referral to come, its reason kept";
const review = "test/http/review.test.ts >";
const appeals = "test/http/appeals.test.ts >";
const revised = "test/http/revisions.test.ts > revising > stands in the place of what it revises once it is approved";
const duplicates = "test/http/duplicates.test.ts >";
const alike = `${duplicates} requests that are alike > are shown to reviewers, whose they are and how they stand, and to nobody else`;
const yearly = "test/http/metrics.test.ts > a year's metrics > are by program what was decided, drugs apart";
const setRight =
  "test/http/metrics.test.ts > a rebuild by command > finds what somebody has disturbed, says so, and puts it right to the last digit";
const letter = "test/http/notices.test.ts > a denial by a director > is told to the provider in a letter that is read by its link";
const approved =
  "test/http/vendor.test.ts > a vendor that > approves (most digits): the request is approved, its authorization says from when to when";
const opened =
  "test/http/vendor.test.ts > a case that the provider opened at the vendor's own site > becomes a request of the channel vendor, received when the vendor says";
const restored =
  "test/faults/restore.test.ts > a table restored to a random moment > goes on: chains in a new epoch, no effect doubled, every document accounted for";
const lookUp =
  "test/http/look-up.test.ts > does this service need authorization? > a lumbar MRI: that depends, and the answer says on what";

const adoption = "test/http/policies.test.ts > an override that is good > is adopted, behind the rules that are built in";
const asked =
  "test/http/policies.test.ts > an override that is good > answers who looks a code up, asks for the list, or asks beforehand";

const byDates = "test/http/listing.test.ts > searching > by dates alone looks through the organization's own requests";
const download =
  "test/http/documents.test.ts > nothing unverified can be downloaded > a link is good for its own version and name, and not for another method";

/** By function: the test in which it does its work. */
const byFunction: Record<string, Proof> = {
  "submit-request": example,
  "list-requests": list,
  "search-requests": search,
  "get-request": readBack,
  "list-events": history,
  "register-document": document,
  "get-document": document,
  "get-notice": letter,
  "add-information": filled,
  "withdraw-request": withdrawn,
  "get-worklist": `${review} a nurse's queue > has what waits for the plan, the earliest due first`,
  "get-worklist-overview": `${review} a supervisor's view > counts what waits, and what was decided`,
  "assign-request": `${review} taking a request up > keeps everybody else from it`,
  "add-note": `${review} a note > is for reviewers only`,
  "request-information": `${review} a question to the provider > waits for its answer, and the request goes on with it`,
  "extend-request": `${review} an extension > moves the due time once`,
  "escalate-request": `${review} an escalation > hands the request to the medical director`,
  "record-peer-to-peer": `${review} a talk with the provider's clinician > is history; what was said stays with the plan`,
  "resolve-exception": `${review} a contradiction of the vendor's > is taken up, and settled by whoever judged it`,
  "determine-request": `${review} a determination > by a nurse approves as asked, and the request has its authorization`,
  "close-request": `${duplicates} what is not to be judged > is closed by a reviewer, and says why`,
  "file-appeal": `${appeals} an appeal > is filed by the provider and waits for the medical director`,
  "decide-appeal": `${appeals} an appeal > that is overturned approves, gives the authorization, and keeps what it replaced`,
  "reduce-authorization":
    "test/http/reductions.test.ts > a reduction > takes effect with services from its day on, and for those before everything stands",
  "continue-stay": `${appeals} more days of a stay > are a line of their own with a clock of its own, while the first days stay authorized`,
  "expedite-request": `${review} haste > asked for by a physician is granted at once`,
  "judge-expedite": `${review} haste > asked for by a member is judged by a reviewer`,
  "check-authorization": "test/http/claims.test.ts > was it authorized? > yes, with its number and the units that are left",
  "use-authorization": "test/http/claims.test.ts > units > are counted once for each claim line, and never beyond what was granted",
  "release-usage": "test/http/claims.test.ts > units > are free again once the claim line is taken back",
  "get-metrics": yearly,
  "record-vendor-event": approved,
  "look-up-procedure-code": lookUp,
  "list-services":
    "test/http/services.test.ts > the published list > names every service of the rules once, with all that leads to it",
  "check-requirements":
    "test/http/requirement-checks.test.ts > a check > answers line by line what a submission of the same would get",
  "get-lookup": "test/http/look-up-page.test.ts > the look-up page > comes whole, in one answer, and asks nobody else for anything",
  "get-openapi": "test/http/service.test.ts > the API's document > is served as it was derived from the table",
  "get-docs": "test/http/service.test.ts > the page for people > fetches nothing from elsewhere",
  "get-docs-script":
    "test/http/service.test.ts > the page for people > has a script that is ours, compressed, and JavaScript once it is unpacked",
  "route-not-found":
    "test/http/service.test.ts > paths that are no operation's > neither asks for a token first, nor repeats the path",
  "relay-outbox": approved,
  "check-document": document,
  "record-scan": document,
  "scan-intake": document,
  "refer-to-vendor": approved,
  "record-decision": yearly,
  "rebuild-metrics": setRight,
  "supersede-authorization": revised,
  "write-notice": letter,
  "send-notice": reminded,
  "adopt-policy": adoption,
  "run-timers": timers,
  "start-run-timers": timers,
  "sweep-outbox": sweep,
  "start-sweep-outbox": sweep,
  "publish-metrics": metrics,
  "reconcile-restore": restored,
  "start-publish-metrics": metrics,
  "shape-token": `${stage} > the function that Cognito asks > finds a machine's organization in the plan's register`,
  "vendor-stand-in": `${stage} > the vendor's stand-in > takes a referral over its address, and is woken by its own table to acknowledge and decide it`,
};

/** Which the pocket cloud's template does not have. */
const ofAStage = ["shape-token", "vendor-stand-in"];

/** What another test shows than the one in which the function does its usual work: by function, action and, where it matters, the resource's end. */
const byAction: Record<string, Proof> = {
  "submit-request dynamodb:GetItem": repeated,
  "relay-outbox dynamodb:UpdateItem": "test/http/relay.test.ts > what the relay has published waits no longer",
  "record-vendor-event dynamodb:PutItem": opened,
  "record-vendor-event dynamodb:BatchGetItem": opened,
  "search-requests dynamodb:Query by-organization": byDates,
  "look-up-procedure-code dynamodb:GetItem": asked,
  "list-services dynamodb:GetItem": asked,
  "check-requirements dynamodb:GetItem": asked,
  "get-metrics dynamodb:GetItem":
    "test/http/policies.test.ts > an override that is good > is the list of services in the metrics of the years in which each was in force",
  "get-request dynamodb:BatchGetItem": alike,
  "get-request dynamodb:Query by-member": alike,
  "get-request dynamodb:GetItem":
    "test/http/benefits.test.ts > a benefit with a limit > is shown to reviewers: used, reserved and left",
  "get-document s3:GetObjectVersion": download,
  "shape-token lambda:InvokeFunction": `${stage} > the function that Cognito asks > is asked by the stage's own pool, and by no other`,
};

/** The test that fails without this grant. Undefined for a grant that nobody has put into this file. */
export const proofOf = ({ holder, action, resource, statement }: Grant): Proof | undefined => {
  const name = /prior-auth-(?:local|dev)-([a-z-]+?)(?:-\d{12}.*)?$/.exec(holder)?.[1] ?? "";
  const exception = exceptions.find(
    (one) => one.holder.test(holder) && (one.statement?.test(statement) ?? true) && one.actions.includes(action),
  );
  if (exception) return exception.test;
  if (statement.includes("UsedForOurLogs")) return `${template} > a function > submit-request writes its own log`;
  if (action.startsWith("kms:")) return document;
  if (action.startsWith("logs:"))
    return ofAStage.includes(name)
      ? `${stage} > a function of a stage > ${name} writes its own log`
      : `${template} > a function > ${name} writes its own log`;
  if (action === "sqs:SendMessage" && resource.endsWith("-dead")) return deadLetters(name);
  // Which of the two checkers learns last and copies is left to chance in the other tests.
  if (name === "check-document" || name === "record-scan")
    if (action.startsWith("s3:")) return `${template} > a checker > ${name} finds the copy that an attempt before it has made`;
  const end = resource.split("/").at(-1) ?? "";
  return byAction[`${name} ${action} ${end}`] ?? byAction[`${name} ${action}`] ?? byFunction[name];
};

const isScheduled = (name: string) => Object.hasOwn(byFunction, `start-${name}`);

const deadLetters = (name: string): Proof => {
  if (name === "relay-outbox")
    return `${template} > dead letters > what the relay gives up reaches its dead letters by its own right`;
  if (isScheduled(name))
    return `${template} > dead letters > a run of ${name} that fails reaches its dead letters by its own right`;
  if (name.startsWith("start-"))
    return `${template} > dead letters > what the schedule of ${name.slice("start-".length)} cannot start reaches its dead letters`;
  return `${template} > dead letters > an event that the queue of ${name.replace(/-dead$/, "")} does not take reaches its dead letters`;
};
