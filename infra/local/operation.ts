/** One operation of an AWS JSON service, found by its `X-Amz-Target`. */
export type Operation = {
  /** What a policy calls it: `events:PutEvents`. */
  action: string;
  /** The ARNs that the call touches; the caller must be allowed on each. */
  resources(input: Input): string[];
  run(input: Input): unknown;
};

export type Operations = Record<string, Operation>;

export type Input = Record<string, unknown>;

/** A refusal in AWS's words; the endpoint turns it into the protocol's error. */
export class AwsRefusal extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
  }
}

/** A required text of the input. */
export const textIn = (input: Input, field: string): string => {
  const value = input[field];
  if (typeof value !== "string" || value === "") throw new AwsRefusal("ValidationException", `${field} is required`);
  return value;
};
