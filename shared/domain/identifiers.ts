/** Identifiers and code formats of the field. Sources: X12 278, CMS NPI check-digit rule, ICD-10-CM, HCPCS, NUBC formats. */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type RequestId = Branded<"RequestId">;
export type DocumentId = Branded<"DocumentId">;
export type NoticeId = Branded<"NoticeId">;
export type Npi = Branded<"Npi">;
export type MemberId = Branded<"MemberId">;

export const patterns = {
  requestId: /^PA-[A-Z2-7]{26}$/,
  documentId: /^[A-Z2-7]{26}$/,
  noticeId: /^[0-9a-f]{32}$/,
  memberId: /^\d{11}$/,
  npi: /^[12]\d{9}$/,
  /** The second character may be a letter since FY2026. */
  icd10cm: /^[A-Z][0-9A][0-9A-Z](\.?[0-9A-Z]{1,4})?$/,
  cpt: /^\d{4}[0-9AFTUM]$/,
  hcpcs: /^[A-CE-V]\d{4}$/,
  procedureCode: /^(\d{4}[0-9AFTUM]|[A-CE-V]\d{4})$/,
  revenueCode: /^\d{4}$/,
  placeOfService: /^\d{2}$/,
  modifier: /^[A-Z0-9]{2}$/,
  nct: /^\d{8}$/,
} as const;

/** An NPI's last digit is the Luhn check digit over the prefix 80840 and the number (45 CFR 162.406). */
export function isNpi(text: string): text is Npi {
  if (!patterns.npi.test(text)) return false;
  const digits = [...`80840${text}`].reverse().map(Number);
  const sum = digits.reduce((total, digit, position) => {
    const weighed = position % 2 === 1 ? digit * 2 : digit;
    return total + (weighed > 9 ? weighed - 9 : weighed);
  }, 0);
  return sum % 10 === 0;
}

export const isRequestId = (text: string): text is RequestId => patterns.requestId.test(text);
export const isDocumentId = (text: string): text is DocumentId => patterns.documentId.test(text);
