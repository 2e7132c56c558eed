import * as z from "zod/mini";
import { isNpi, type MemberId, type Npi, patterns, type RequestId } from "../domain/identifiers.ts";
import { vendorEventTypes } from "../domain/vendor-event.ts";
import {
  admissionTypes,
  adverseReasonCodes,
  appealOutcomes,
  certificationTypes,
  channels,
  closeReasons,
  documentKinds,
  expediteRequesters,
  findings,
  levelsOfCare,
  linesOfBusiness,
  outcomes,
  priorities,
  queues,
  requestStatuses,
  settings,
  units,
} from "../domain/vocabulary.ts";

/** Shapes of what clients send. Unknown members and `null` are refused; faults name what is wrong, never the value. */

/** Made when it is asked for, and once: a function has one operation, and does not wait at its start for the shapes of the others. */
const onDemand = <Schema>(make: () => Schema): (() => Schema) => {
  let made: Schema | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const controlCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
const text = (max: number) =>
  z.string("Must be text.").check(
    z.minLength(1, "Must not be empty."),
    z.maxLength(max, `At most ${max} characters.`),
    z.refine((given) => !controlCharacter.test(given), "Must not hold control characters."),
  );
const code = (pattern: RegExp, says: string) => z.string("Must be text.").check(z.toUpperCase(), z.regex(pattern, says));
const digits = (pattern: RegExp, says: string) => z.string("Must be text.").check(z.regex(pattern, says));
const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, `Must be one of: ${values.join(", ")}.`);
const flag = z.boolean("Must be true or false.");
const wholeNumber = (min: number, max: number) => {
  const says = `Must be a whole number from ${min} to ${max}.`;
  return z.number(says).check(z.refine(Number.isSafeInteger, says), z.minimum(min, says), z.maximum(max, says));
};
const list = <Item extends z.core.SomeType>(item: Item, min: number, max: number) =>
  z.array(item, "Must be a list.").check(z.minLength(min, `At least ${min}.`), z.maxLength(max, `At most ${max}.`));
const aDay = () => z.iso.date("Must be an ISO date, like 2026-12-20.");
const day = aDay();
const instant = z.iso.datetime({ offset: true, error: "Must be an RFC 3339 time, like 2026-12-20T15:00:00Z." });

const receipt = () => z.optional(z.union([day, instant], "Must be an RFC 3339 time or an ISO date."));

const longText = text(4000);
const shortText = text(200);

/** What has passed the check may be called by its name. */
const branded = <Name extends string>(schema: z.ZodMiniType<string, string>) => schema as unknown as z.ZodMiniType<Name, string>;

export const memberId = branded<MemberId>(digits(patterns.memberId, "Must be the 11-digit member ID."));
export const npi = branded<Npi>(
  z.string("Must be text.").check(z.refine(isNpi, "Must be a valid NPI: ten digits with a matching check digit.")),
);
export const procedureCode = code(patterns.procedureCode, "Must be a CPT or HCPCS Level II code.");
const usState = code(
  /^(A[KLRSZ]|C[AOT]|D[CE]|FL|G[AU]|HI|I[ADLN]|K[SY]|LA|M[ADEINOPST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AIT]|W[AIVY]|MP)$/,
  "Must be the two-letter code of a US state or territory.",
);

const contact = {
  name: z.optional(shortText),
  email: z.optional(z.email("Must be an e-mail address.").check(z.maxLength(254, "At most 254 characters."))),
  phone: z.optional(digits(/^\+[1-9]\d{6,14}$/, "Must be a telephone number like +19375550100.")),
};
const provider = z.strictObject({ npi, ...contact });

const diagnosis = z.strictObject({
  code: code(patterns.icd10cm, "Must be an ICD-10-CM code."),
  narrative: z.optional(longText),
});

const admission = z.strictObject({
  date: z.optional(day),
  type: z.optional(oneOf(admissionTypes)),
  levelOfCare: z.optional(oneOf(levelsOfCare)),
  days: z.optional(wholeNumber(1, 999)),
});

const lineFields = {
  modifiers: z.optional(list(code(patterns.modifier, "Must be a two-character modifier."), 0, 4)),
  description: z.optional(longText),
  serviceDate: z.optional(day),
  endDate: z.optional(day),
  quantity: z.optional(wholeNumber(1, 99_999)),
  unit: z.optional(oneOf(units)),
  placeOfService: z.optional(digits(patterns.placeOfService, "Must be a two-digit place of service.")),
  elective: z.optional(flag),
  investigational: z.optional(flag),
  diagnosisPointers: z.optional(list(wholeNumber(1, 12), 1, 12)),
  servicingProvider: z.optional(provider),
};

const submittedLine = z.strictObject({
  code: z.optional(procedureCode),
  revenueCode: z.optional(digits(patterns.revenueCode, "Must be a four-digit revenue code.")),
  ...lineFields,
});

const member = { givenName: z.optional(shortText), familyName: z.optional(shortText), birthDate: z.optional(day) };
const programs = z.optional(list(digits(/^[A-Za-z0-9-]{1,40}$/, "Must be a program's id."), 0, 20));

const whatIsAsked = {
  lineOfBusiness: oneOf(linesOfBusiness),
  state: usState,
  priority: oneOf(priorities),
  setting: oneOf(settings),
  emergency: z.optional(flag),
  postStabilization: z.optional(flag),
  requestingProvider: provider,
  servicingProvider: z.optional(provider),
  servicingFacility: z.optional(provider),
  outOfNetworkReason: z.optional(longText),
  admission: z.optional(admission),
  clinicalTrial: z.optional(
    z.strictObject({ nct: z.optional(digits(patterns.nct, "Must be the eight digits of an NCT number.")) }),
  ),
  certification: z.optional(z.strictObject({ type: oneOf(certificationTypes), previousAuthorization: z.optional(shortText) })),
  expedite: z.optional(z.strictObject({ reason: longText, requestedBy: shortText })),
  diagnoses: z.optional(list(diagnosis, 0, 12)),
  lines: list(submittedLine, 1, 50),
  clinicalSummary: z.optional(longText),
};

export const submissionBody = onDemand(() =>
  z.strictObject({
    channel: oneOf(channels),
    ...whatIsAsked,
    member: z.strictObject({ id: memberId, ...member, programs }),
    organization: z.optional(shortText),
    receivedAt: receipt(),
  }),
);

/** A submission before it is said for whom. What came by mail, phone or fax may be asked about as it would be keyed in. */
export const requirementCheckBody = onDemand(() =>
  z.strictObject({
    channel: oneOf(channels),
    ...whatIsAsked,
    programs,
    organization: z.optional(shortText),
    receivedAt: receipt(),
  }),
);

/** The vendor passes on what the provider told it; the channel is the vendor itself. */
const vendorSubmission = onDemand(() =>
  z.strictObject({
    ...whatIsAsked,
    channel: z.optional(z.literal("vendor")),
    member: z.strictObject({ id: memberId, ...member, programs }),
  }),
);

const codedText = z.strictObject({ code: text(40), text: longText });

export const informationBody = onDemand(() =>
  z.strictObject({
    member: z.optional(z.strictObject(member)),
    requestingProvider: z.optional(z.strictObject(contact)),
    servicingProvider: z.optional(provider),
    servicingFacility: z.optional(provider),
    outOfNetworkReason: z.optional(longText),
    admission: z.optional(admission),
    diagnoses: z.optional(list(diagnosis, 1, 12)),
    clinicalSummary: z.optional(longText),
    lines: z.optional(list(z.strictObject({ lineNumber: wholeNumber(1, 50), ...lineFields }), 1, 50)),
    answers: z.optional(list(codedText, 1, 50)),
  }),
);

export const withdrawalBody = onDemand(() => z.strictObject({ reason: longText }));

/** Empty: for oneself. */
export const assignmentBody = onDemand(() =>
  z.strictObject({
    release: z.optional(z.literal(true, "Only true: left out, it is no release.")),
    assignee: z.optional(z.strictObject({ subject: shortText, name: shortText })),
  }),
);
export const noteBody = onDemand(() => z.strictObject({ text: longText }));
export const informationRequestBody = onDemand(() => z.strictObject({ items: list(codedText, 1, 50), dueAt: z.optional(instant) }));
export const extensionBody = onDemand(() => z.strictObject({ reason: longText }));
export const escalationBody = onDemand(() => z.strictObject({ reason: longText }));
export const exceptionResolutionBody = onDemand(() => z.strictObject({ note: longText }));
export const peerToPeerBody = onDemand(() => z.strictObject({ with: shortText, summary: longText }));
export const expediteBody = onDemand(() => z.strictObject({ reason: longText, requestedBy: oneOf(expediteRequesters) }));
export const expediteDecisionBody = onDemand(() => z.strictObject({ granted: flag }));

export const closureBody = onDemand(() =>
  z.strictObject({
    reason: oneOf(closeReasons),
    duplicateOf: z.optional(branded<RequestId>(digits(patterns.requestId, "Must be a request's id."))),
  }),
);
const lineNumbers = list(wholeNumber(1, 50), 1, 50);
const finding = oneOf(findings);
// New each time where it is described, so that the description is its own.
const groundsFound = () => z.strictObject({ medicalNecessity: finding, medicalAppropriateness: finding, benefitLimits: finding });
const adverseReason = () => z.strictObject({ code: oneOf(adverseReasonCodes), text: longText });
export const appealBody = onDemand(() =>
  z.strictObject({
    reason: longText,
    expedited: z.optional(flag),
    lines: z.optional(lineNumbers),
    reductionId: z.optional(shortText),
    receivedAt: receipt(),
  }),
);
export const reductionBody = onDemand(() =>
  z.strictObject({
    lines: list(
      z.strictObject({ lineNumber: wholeNumber(1, 50), quantity: z.optional(wholeNumber(1, 99_999)), to: z.optional(day) }),
      1,
      50,
    ),
    grounds: groundsFound(),
    reason: adverseReason(),
    criterion: text(4000),
    effectiveFrom: aDay(),
  }),
);
export const appealDecisionBody = onDemand(() =>
  z.strictObject({
    outcome: oneOf(appealOutcomes),
    lines: z.optional(
      list(
        z.strictObject({
          lineNumber: wholeNumber(1, 50),
          quantity: z.optional(wholeNumber(1, 99_999)),
          from: z.optional(day),
          to: z.optional(day),
        }),
        1,
        50,
      ),
    ),
    grounds: z.optional(groundsFound()),
    reason: z.optional(adverseReason()),
    criterion: z.optional(longText),
  }),
);
export const continuedStayBody = onDemand(() => z.strictObject({ days: wholeNumber(1, 999), from: day }));

export const determinationBody = onDemand(() =>
  z.strictObject({
    lines: list(
      z.strictObject({
        lineNumber: wholeNumber(1, 50),
        outcome: oneOf(outcomes),
        quantity: z.optional(wholeNumber(1, 99_999)),
        unit: z.optional(oneOf(units)),
        from: z.optional(day),
        to: z.optional(day),
        grounds: groundsFound(),
        reason: z.optional(adverseReason()),
        criterion: z.optional(longText),
      }),
      1,
      50,
    ),
  }),
);

export const documentBody = onDemand(() =>
  z.strictObject({
    fileName: text(255),
    contentType: digits(/^[\w.+-]+\/[\w.+-]+$/, "Must be a media type, like application/pdf."),
    size: z
      .number("Must be a whole number of bytes.")
      .check(z.refine(Number.isSafeInteger, "Must be a whole number of bytes."), z.minimum(1, "An empty file is no document.")),
    sha256: digits(/^[A-Za-z0-9+/]{43}=$/, "Must be the SHA-256 of the bytes in base64."),
    kind: z.optional(oneOf(documentKinds)),
  }),
);

export const searchBody = onDemand(() =>
  z.strictObject({
    memberId: z.optional(memberId),
    authorizationNumber: z.optional(
      code(/^(AU|NR)-[A-Z2-7]{26}$/, "Must be the number of an authorization or a reference, like AU-… or NR-…."),
    ),
    serviceFrom: z.optional(day),
    serviceTo: z.optional(day),
    limit: z.optional(wholeNumber(1, 100)),
    cursor: z.optional(text(1000)),
  }),
);

const revenueCode = digits(patterns.revenueCode, "Must be a four-digit revenue code.");
export const authorizationCheckBody = onDemand(() =>
  z.strictObject({
    memberId,
    npi,
    code: z.optional(procedureCode),
    revenueCode: z.optional(revenueCode),
    modifiers: z.optional(list(code(patterns.modifier, "Must be a two-character modifier."), 0, 4)),
    serviceDate: day,
    units: wholeNumber(1, 99_999),
    placeOfService: z.optional(digits(patterns.placeOfService, "Must be a two-digit place of service.")),
    emergency: z.optional(flag),
  }),
);

export const usageBody = onDemand(() =>
  z.strictObject({
    claimLineId: digits(/^[A-Za-z0-9_.:-]{1,100}$/, "Must be 1 to 100 letters, digits and _ . : -"),
    units: wholeNumber(1, 99_999),
    serviceDate: day,
    lineNumber: z.optional(wholeNumber(1, 50)),
  }),
);

export const vendorEventBody = onDemand(() =>
  z.strictObject({
    eventId: digits(/^[A-Za-z0-9_.:-]{1,100}$/, "Must be 1 to 100 letters, digits and _ . : -"),
    type: oneOf(vendorEventTypes),
    requestId: z.optional(digits(patterns.requestId, "Must be a request's id.")),
    caseId: digits(/^[A-Za-z0-9_.:-]{1,100}$/, "Must be 1 to 100 letters, digits and _ . : -"),
    version: wholeNumber(1, 1_000_000),
    occurredAt: instant,
    lines: z.optional(
      list(
        z.strictObject({
          lineNumber: wholeNumber(1, 50),
          outcome: oneOf(outcomes),
          reason: z.optional(codedText),
          criterion: z.optional(longText),
          clinician: z.optional(z.strictObject({ name: shortText, credential: text(20) })),
          quantity: z.optional(wholeNumber(1, 99_999)),
          from: z.optional(day),
          to: z.optional(day),
        }),
        1,
        50,
      ),
    ),
    items: z.optional(list(codedText, 1, 50)),
    submission: z.optional(vendorSubmission()),
  }),
);

const limit = z.optional(
  z.pipe(
    digits(/^([1-9]\d?|100)$/, "Must be a whole number from 1 to 100."),
    z.transform((given) => Number(given)),
  ),
);
const yesOrNo = z.optional(
  z.pipe(
    z.enum(["true", "false"], "Must be true or false."),
    z.transform((given) => given === "true"),
  ),
);
const networkStatus = z.optional(z.enum(["participating", "not-participating"], "Must be participating or not-participating."));

export const listQuery = onDemand(() =>
  z.strictObject({
    organization: z.optional(shortText),
    status: z.optional(oneOf(requestStatuses)),
    updatedSince: z.optional(instant),
    limit,
    cursor: z.optional(text(1000)),
  }),
);

export const metricsPath = onDemand(() => z.strictObject({ year: digits(/^(20\d\d|2100)$/, "Must be a year from 2000 to 2100.") }));

export const metricsQuery = onDemand(() =>
  z.strictObject({
    lineOfBusiness: z.optional(oneOf(linesOfBusiness)),
    format: z.optional(oneOf(["json", "csv"])),
  }),
);

export const worklistQuery = onDemand(() => z.strictObject({ queue: oneOf(queues), limit, cursor: z.optional(text(1000)) }));

/** Several modifiers, programs or diagnoses: one parameter, comma between them. */
const commaList = (item: z.ZodMiniType<string, string>, max: number) =>
  z.optional(
    z.pipe(
      z.pipe(
        z.string(),
        z.transform((given) => given.split(",")),
      ),
      list(item, 1, max),
    ),
  );

/** There is none, where nothing said means that it is not known yet. */
export const none = "none";
/** One parameter with all of them, or with the word that there are none. */
const listOrNone = (item: z.ZodMiniType<string, string>, max: number) =>
  z.optional(
    z.pipe(
      z.pipe(
        z.string(),
        z.transform((given) => (given === none ? [] : given.split(","))),
      ),
      list(item, 0, max),
    ),
  );
const daysOrNone = "Must be a whole number from 1 to 999, or none.";

export const lookUpPath = onDemand(() => z.strictObject({ code: procedureCode }));

export const lookUpQuery = onDemand(() =>
  z.strictObject({
    lineOfBusiness: z.optional(oneOf(linesOfBusiness)),
    setting: z.optional(oneOf(settings)),
    network: networkStatus,
    facilityNetwork: networkStatus,
    emergency: yesOrNo,
    postStabilization: yesOrNo,
    program: commaList(digits(/^[A-Za-z0-9-]{1,40}$/, "Must be a program's id."), 20),
    modifiers: listOrNone(code(patterns.modifier, "Must be a two-character modifier."), 4),
    revenueCode: z.optional(digits(/^(\d{4}|none)$/, "Must be a four-digit revenue code, or none.")),
    diagnosis: listOrNone(code(patterns.icd10cm, "Must be an ICD-10-CM code."), 12),
    levelOfCare: z.optional(oneOf([...levelsOfCare, none])),
    days: z.optional(
      z.pipe(
        digits(/^([1-9]\d{0,2}|none)$/, daysOrNone),
        z.transform((given) => (given === none ? given : Number(given))),
      ),
    ),
    trial: yesOrNo,
    investigational: yesOrNo,
    elective: yesOrNo,
    serviceDate: z.optional(day),
  }),
);
