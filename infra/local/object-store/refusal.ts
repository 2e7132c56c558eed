/** S3's error codes, as far as this store has reason to use them, with the status that S3 answers. */
const statuses = {
  AccessControlListNotSupported: 400,
  AccessDenied: 403,
  AuthorizationHeaderMalformed: 400,
  AuthorizationQueryParametersError: 400,
  BadDigest: 400,
  EntityTooLarge: 400,
  EntityTooSmall: 400,
  IncompleteBody: 400,
  InternalError: 500,
  InvalidAccessKeyId: 403,
  InvalidArgument: 400,
  InvalidDigest: 400,
  InvalidPolicyDocument: 400,
  InvalidRange: 416,
  InvalidRequest: 400,
  InvalidToken: 400,
  InvalidURI: 400,
  KeyTooLongError: 400,
  MalformedPOSTRequest: 400,
  MaxPostPreDataLengthExceeded: 400,
  MetadataTooLarge: 400,
  MethodNotAllowed: 405,
  MissingContentLength: 411,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchVersion: 404,
  NotImplemented: 501,
  NotModified: 304,
  PreconditionFailed: 412,
  RequestTimeTooSkewed: 403,
  SignatureDoesNotMatch: 403,
  XAmzContentSHA256Mismatch: 400,
} as const;

export type RefusalCode = keyof typeof statuses;

/**
 * A request that S3 would refuse. Thrown, because most of them arise in the middle of a stream, where the one place that may
 * answer (after draining the body) is far up the stack.
 */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly status: number;
  /** Elements that S3 puts beside `Code` and `Message`. */
  readonly details: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: RefusalCode,
    message: string,
    more: { details?: Record<string, string>; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.status = statuses[code];
    this.details = more.details ?? {};
    this.headers = more.headers ?? {};
  }
}

export const accessDenied = (message = "Access Denied"): Refusal => new Refusal("AccessDenied", message);

export const invalidArgument = (message: string, name: string): Refusal =>
  new Refusal("InvalidArgument", message, { details: { ArgumentName: name } });

export const notImplemented = (what: string): Refusal =>
  new Refusal("NotImplemented", `A header or parameter you provided implies functionality that is not implemented: ${what}`);
