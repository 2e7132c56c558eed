import * as z from "zod/mini";
import {
  appealBody,
  appealDecisionBody,
  assignmentBody,
  authorizationCheckBody,
  closureBody,
  continuedStayBody,
  determinationBody,
  documentBody,
  escalationBody,
  exceptionResolutionBody,
  expediteBody,
  expediteDecisionBody,
  extensionBody,
  informationBody,
  informationRequestBody,
  noteBody,
  npi,
  peerToPeerBody,
  procedureCode,
  reductionBody,
  requirementCheckBody,
  searchBody,
  submissionBody,
  usageBody,
  vendorEventBody,
  withdrawalBody,
} from "./schemas.ts";

/**
 * Names and sentences for the bodies of calls. They stand apart from the schemas because every function loads those, and no
 * function needs these.
 */
export function describeRequestBodies(): void {
  const { shape: asked } = submissionBody();
  name(
    submissionBody(),
    "Submission",
    "A request as it is submitted. What is optional here but needed for a decision is listed as `missing` in the answer.",
  );
  name(asked.member, "SubmittedMember", "The member for whom the service is asked.");
  name(asked.requestingProvider, "SubmittedProvider", "A provider, by NPI.");
  name(
    asked.admission.def.innerType,
    "SubmittedAdmission",
    "An inpatient stay. A line without any code stands for the stay itself.",
  );
  const submittedLine = asked.lines.def.element;
  name(submittedLine, "SubmittedLine", "One service. A `code` or a `revenueCode` is required, unless an admission is asked for.");
  name(asked.diagnoses.def.innerType.def.element, "SubmittedDiagnosis", "An ICD-10-CM code and its narrative.");
  say(npi, "National Provider Identifier, check digit included.", { pattern: "^[12]\\d{9}$" });
  say(procedureCode, "A CPT or HCPCS Level II code.");

  sayOf(asked, {
    channel:
      "How it reached the plan. `portal` and `api` by providers; `mail`, `phone` and `fax` by clerks who key it in; never `vendor` here.",
    state: "The US state or territory whose law applies.",
    priority: "`expedited` when waiting could seriously harm the member.",
    setting: "Where the service is delivered.",
    emergency: "Is the service an emergency? Default: false.",
    postStabilization: "Care after an emergency, to keep the member stable. Default: false.",
    servicingProvider: "Who delivers the service.",
    servicingFacility: "Where, if it is a facility of its own.",
    outOfNetworkReason: "Why a provider or facility outside the network is needed.",
    certification:
      "How it follows on an earlier authorization of the member's. A `renewal` stands beside it. A `revised` one, once it is authorized, stands in its place from its own first day on, with its own units: say all that is still needed. Until then, and for what was delivered, the earlier one stands; what is delivered once and was still to come has been moved. What is denied leaves the earlier authorization as it is.",
    clinicalSummary: "What supports medical necessity, in short; the proof is in the documents.",
    organization: "From clerks only: whose request it is. Default: the home organization of the requesting NPI.",
    receivedAt: "From clerks only: when it reached the plan. A date alone is the start of that day in the plan's time zone.",
  });
  sayOf(asked.certification.def.innerType.shape, {
    previousAuthorization: "Its number (AU-…): one that stands, and that you may see, or that revises what you may.",
  });
  sayOf(asked.member.shape, { id: "The member ID, 11 digits.", programs: "Ids of programs in which the member is enrolled." });
  sayOf(submittedLine.shape, {
    endDate: "Last day of service, not before `serviceDate`.",
    quantity: "How many, in `unit`.",
    elective: "Default: not an emergency.",
    investigational: "Unproven, experimental or investigational. Default: false.",
    diagnosisPointers: "Positions in `diagnoses`, from 1.",
    servicingProvider: "Who delivers this line, when it is not the request's servicing provider.",
  });

  name(
    requirementCheckBody(),
    "RequirementCheck",
    "A submission without its `member`. The same members are required, and what is absent is listed as `missing`.",
  );
  const { channel, ...same } = requirementCheckBody().shape;
  say(channel, "How the submission would reach the plan.");
  say(same.programs, "Ids of programs in which the member is enrolled, as in a submission's `member`.");
  sayOf(same, {
    organization: "As in a submission; the answer does not depend on it.",
    receivedAt: "As in a submission; the answer is that of the rules in force now.",
  });

  name(informationBody(), "Information", "A partial submission, answers, or both; at least one thing.");
  name(
    informationBody().shape.lines.def.innerType.def.element,
    "LineSupplement",
    "What is added to a line, or takes the place of what was said.",
  );
  const answer = informationBody().shape.answers.def.innerType.def.element;
  name(answer, "CodedText", "A code, and its words.");
  sayOf(informationBody().shape, { answers: "To what was asked, by the code of the item." });

  name(withdrawalBody(), "Withdrawal", "Why the request is taken back.");

  name(assignmentBody(), "AssignmentChange", "Empty: the request is the caller's own for a while.");
  sayOf(assignmentBody().shape, { release: "Give it back to the queue.", assignee: "Give it to another: supervisors only." });
  name(noteBody(), "NoteText", "For the plan's eyes only.");
  name(informationRequestBody(), "InformationRequest", "What is asked of the provider, item by item.");
  sayOf(informationRequestBody().shape, { dueAt: "Until when the answer is awaited. Default: the plan's usual time." });
  name(extensionBody(), "Extension", "Why more time is needed, and why that is in the member's interest.");
  name(escalationBody(), "Escalation", "Why a clinician has to decide.");
  name(peerToPeerBody(), "PeerToPeer", "With whom, and what came of it.");
  name(exceptionResolutionBody(), "ExceptionResolution", "What came of it, as a note that providers never see.");
  name(expediteBody(), "ExpediteRequest", "Why the standard time could harm the member, and who says so.");
  name(expediteDecisionBody(), "ExpediteDecision", "Granted or refused.");
  name(determinationBody(), "Determination", "Decisions by line: all of them stand, or none.");
  const determined = determinationBody().shape.lines.def.element;
  name(determined, "DeterminedLine", "The decision on one line. What is left unsaid is as asked.");
  sayOf(determined.shape, {
    outcome: "`approved-less` for fewer units, a later start or an earlier end than were asked for, or a limit that was not.",
    grounds: "An approval leaves none unmet; an adverse decision names at least one that is not met.",
    reason: "Required with anything adverse: an X12 886 value, and what it means here.",
    criterion: "Required with anything adverse: the guideline or rule that it rests on.",
  });

  name(closureBody(), "Closure", "Why the request is not judged.");
  sayOf(closureBody().shape, { duplicateOf: "The request that asks for the same, of the same member." });
  name(appealBody(), "AppealFiling", "What is wrong with the decision.");
  sayOf(appealBody().shape, {
    expedited: "When waiting could seriously harm the member. Default: false.",
    lines: "Whose decisions it is against. Default: every one that can be appealed.",
    reductionId: "Instead of decisions: the reduction that it is against, all of it.",
    receivedAt:
      "From clerks only: when the appeal reached the plan. A date alone is the start of that day in the plan's time zone. Default: now.",
  });
  name(reductionBody(), "ReductionOfAuthorization", "What is left of lines whose authorization runs, from a day on.");
  sayOf(reductionBody().shape, {
    grounds: "What is found on each of the three grounds: at least one is not met.",
    reason: "An X12 886 value, and what it means here.",
    criterion: "The guideline or rule that it rests on.",
    effectiveFrom: "The first day of service for which less is authorized: the law's days lie between the notice and it.",
  });
  name(reductionBody().shape.lines.def.element, "ReducedLine", "At least one of the two: units in all, or the last day.");
  name(appealDecisionBody(), "AppealJudgment", "What becomes of the decisions that are appealed.");
  sayOf(appealDecisionBody().shape, {
    grounds: "What is found on each of the three grounds. Required with whatever is upheld: at least one is not met.",
    lines: "What is overturned. Required with `partly-overturned`, refused with `upheld`.",
    reason: "Required with whatever is upheld: an X12 886 value, and what it means here.",
    criterion: "Required with whatever is upheld: the guideline or rule that it rests on.",
  });
  name(
    appealDecisionBody().shape.lines.def.innerType.def.element,
    "OverturnedLine",
    "Approved as asked; by `quantity`, `from` or `to` more than before, but less than that.",
  );
  name(continuedStayBody(), "ContinuedStay", "How many days more, and from which day on.");

  name(documentBody(), "DocumentDescription", "What will be uploaded, to the byte.");
  sayOf(documentBody().shape, {
    fileName: "Kept for people who may read the request; the file itself is stored and downloaded under the document's id.",
    contentType: "PDF, TIFF, JPEG, PNG, DICOM, DOCX, RTF, plain text or C-CDA XML.",
    size: "In bytes, at most 104857600.",
    sha256: "SHA-256 of the bytes, in base64.",
    kind: "Default: clinical.",
  });

  name(authorizationCheckBody(), "AuthorizationCheck", "One line of a claim. A `code` or a `revenueCode` is required.");
  name(usageBody(), "ClaimLine", "What is to be counted.");

  name(searchBody(), "Search", "Whose requests, or which; with neither, your own organization's.");
  sayOf(searchBody().shape, {
    authorizationNumber: "The number of an authorization, or of a reference.",
    serviceFrom: "First day of service.",
    serviceTo: "Last day of service, included.",
    limit: "How many at most. Default: 25.",
    cursor: "The `nextCursor` of the page before.",
  });

  name(vendorEventBody(), "VendorEvent", "What the vendor says of its case.");
  name(
    vendorEventBody().shape.lines.def.innerType.def.element,
    "VendorLine",
    "The vendor's decision on a line. An adverse one names the clinician who made it, and the criterion that it rests on where the vendor has one.",
  );
  name(vendorEventBody().shape.submission.def.innerType, "VendorSubmission", "What the provider told the vendor.");
  sayOf(vendorEventBody().shape, {
    eventId: "Names the event; a repeat changes nothing.",
    requestId: "The plan's request; absent when the vendor opened the case itself.",
    version: "Counts the case's own changes.",
    lines: "Required with `decided`.",
    items: "With `information-requested`: what is asked of the provider.",
    submission: "Required with `opened`, when `requestId` is absent.",
  });
}

type Meta = { readonly override?: Readonly<Record<string, unknown>> };

const name = (schema: z.core.$ZodType, id: string, description: string) => {
  z.globalRegistry.add(schema, { id, description });
};

const say = (schema: z.core.$ZodType, description: string, override?: Meta["override"]) => {
  z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), description, ...(override ? { override } : {}) });
};

function sayOf<Shape extends Readonly<Record<string, z.core.$ZodType>>>(
  shape: Shape,
  sentences: { readonly [Name in keyof Shape]?: string },
): void {
  for (const [member, sentence] of Object.entries(sentences)) {
    const schema = shape[member];
    if (schema && sentence) say(schema, sentence);
  }
}
