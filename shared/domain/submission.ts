import type { MemberId, Npi } from "./identifiers.ts";
import type { Channel, DocumentKind, LevelOfCare, LineOfBusiness, Priority, Setting, Unit } from "./vocabulary.ts";

/** What was asked for, in the words of who asked. Instants are RFC 3339 UTC, dates ISO; absent means not said. */

export type Provider = {
  readonly npi: Npi;
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
};

export type Diagnosis = { readonly code: string; readonly narrative?: string };

export type Admission = {
  readonly date?: string;
  readonly type?: "elective" | "urgent" | "emergency";
  readonly levelOfCare?: LevelOfCare;
  readonly days?: number;
};

export type SubmittedLine = {
  readonly code?: string;
  readonly revenueCode?: string;
  readonly modifiers: readonly string[];
  readonly description?: string;
  readonly serviceDate?: string;
  readonly endDate?: string;
  readonly quantity?: number;
  readonly unit?: Unit;
  readonly placeOfService?: string;
  readonly elective?: boolean;
  readonly investigational: boolean;
  /** 1-based positions in `diagnoses`. */
  readonly diagnosisPointers?: readonly number[];
  readonly servicingProvider?: Provider;
};

export type Submission = {
  readonly channel: Channel;
  readonly lineOfBusiness: LineOfBusiness;
  readonly state: string;
  readonly priority: Priority;
  readonly setting: Setting;
  readonly emergency: boolean;
  readonly postStabilization: boolean;
  readonly member: {
    readonly id: MemberId;
    readonly givenName?: string;
    readonly familyName?: string;
    readonly birthDate?: string;
    readonly programs: readonly string[];
  };
  readonly requestingProvider: Provider;
  readonly servicingProvider?: Provider;
  readonly servicingFacility?: Provider;
  readonly outOfNetworkReason?: string;
  readonly admission?: Admission;
  readonly clinicalTrial?: { readonly nct?: string };
  readonly certification?: { readonly type: "initial" | "renewal" | "revised"; readonly previousAuthorization?: string };
  readonly expedite?: { readonly reason: string; readonly requestedBy: string };
  readonly diagnoses: readonly Diagnosis[];
  readonly lines: readonly SubmittedLine[];
  readonly clinicalSummary?: string;
};

/** What is asked for before it is said for whom: the member's programs alone. */
export type Inquiry = Omit<Submission, "member"> & { readonly member: Omit<Submission["member"], "id"> };

/** Gaps may be filled later; a line is named by its 1-based number. Channel, receipt, member id and requesting NPI stay as submitted. */
export type Supplement = {
  readonly member?: { readonly givenName?: string; readonly familyName?: string; readonly birthDate?: string };
  readonly requestingProvider?: Omit<Provider, "npi">;
  readonly servicingProvider?: Provider;
  readonly servicingFacility?: Provider;
  readonly outOfNetworkReason?: string;
  readonly admission?: Admission;
  readonly diagnoses?: readonly Diagnosis[];
  readonly clinicalSummary?: string;
  readonly lines?: readonly (Partial<Omit<SubmittedLine, "code" | "revenueCode">> & { readonly lineNumber: number })[];
};

/** The submission with a supplement's words in place of what was absent or said before. Line numbers must exist. */
export function supplemented(submission: Submission, supplement: Supplement): Submission {
  const { lines: lineSupplements = [], member, requestingProvider, admission, ...rest } = supplement;
  return {
    ...submission,
    ...rest,
    member: { ...submission.member, ...member },
    requestingProvider: { ...submission.requestingProvider, ...requestingProvider },
    ...(admission || submission.admission ? { admission: { ...submission.admission, ...admission } } : {}),
    lines: submission.lines.map((line, index) => {
      const { lineNumber: _, ...given } = lineSupplements.find((one) => one.lineNumber === index + 1) ?? { lineNumber: 0 };
      return { ...line, ...given };
    }),
  };
}

/** A line without any code stands for the admission itself. */
export const isStay = (line: SubmittedLine): boolean => line.code === undefined && line.revenueCode === undefined;

export type DocumentDescription = {
  readonly fileName: string;
  readonly contentType: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of the bytes, base64. */
  readonly sha256: string;
  readonly kind: DocumentKind;
};
