import { largestUpload, type SizeRange } from "./receive.ts";
import { accessDenied, Refusal } from "./refusal.ts";

type Condition =
  | { operator: "eq" | "starts-with"; field: string; value: string; written: unknown }
  | { operator: "content-length-range"; minimum: number; maximum: number };

/** What the signer of a form allows its bearer to upload. */
type PostPolicy = { expiration: Date; conditions: Condition[] };

const invalid = (message: string): Refusal => new Refusal("InvalidPolicyDocument", `Invalid Policy: ${message}`);

/** Reads a policy out of its base64. Anything that is not understood to the letter is refused. */
export const parsePolicy = (encoded: string): PostPolicy => {
  if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(encoded)) throw invalid("Invalid Base64.");
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(encoded, "base64")));
  } catch {
    throw invalid("Invalid JSON.");
  }
  if (typeof document !== "object" || document === null || Array.isArray(document)) throw invalid("Invalid JSON.");
  const { expiration, conditions, ...rest } = document as Record<string, unknown>;
  if (Object.keys(rest).length > 0) throw invalid(`Unexpected: '${Object.keys(rest)[0]}'`);
  if (
    typeof expiration !== "string" ||
    !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(expiration) ||
    Number.isNaN(Date.parse(expiration))
  ) {
    throw invalid("Invalid 'expiration' value");
  }
  if (!Array.isArray(conditions)) throw invalid("Policy missing conditions.");
  return { expiration: new Date(expiration), conditions: conditions.map(parseCondition) };
};

const parseCondition = (condition: unknown): Condition => {
  if (Array.isArray(condition)) return parseListCondition(condition);
  const entries = typeof condition === "object" && condition !== null ? Object.entries(condition) : [];
  const [entry] = entries;
  if (!entry || entries.length !== 1)
    throw invalid("Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.");
  const [name, value] = entry;
  if (typeof value !== "string") throw invalid("Invalid Simple-Condition: value must be a string.");
  return { operator: "eq", field: name.toLowerCase(), value, written: ["eq", `$${name}`, value] };
};

const parseListCondition = (condition: unknown[]): Condition => {
  const [name, left, right, ...rest] = condition;
  const operator = typeof name === "string" ? name.toLowerCase() : "";
  if (rest.length > 0) throw invalid("Invalid Condition: wrong number of arguments.");
  if (operator === "content-length-range") return { operator, minimum: wholeNumber(left), maximum: wholeNumber(right) };
  if (operator !== "eq" && operator !== "starts-with") throw invalid("Invalid Condition: unknown operation.");
  if (typeof left !== "string" || !left.startsWith("$") || typeof right !== "string")
    throw invalid("Invalid Condition: invalid arguments.");
  return { operator, field: left.slice(1).toLowerCase(), value: right, written: condition };
};

const wholeNumber = (value: unknown): number => {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isSafeInteger(number) || number < 0) {
    throw invalid("Invalid content-length-range: arguments must be whole numbers.");
  }
  return number;
};

const needsNoCondition = (field: string): boolean =>
  ["policy", "x-amz-signature", "file"].includes(field) || field.startsWith("x-ignore-");

/** An absent field fails every condition, even one that would take any value. A list of content types must match one by one. */
const holds = (condition: Exclude<Condition, { operator: "content-length-range" }>, actual: string | undefined): boolean => {
  if (actual === undefined) return false;
  if (condition.operator === "eq") return actual === condition.value;
  const values = condition.field === "content-type" ? actual.split(",").map((one) => one.trim()) : [actual];
  return values.every((one) => one.startsWith(condition.value));
};

/**
 * Checks a form against its policy: not expired, every condition met, every field named by a condition, the bucket included, which
 * S3 treats as a field of each form. `fields` are by lower-case name, `${filename}` already replaced. Answers the sizes allowed.
 */
export const checkPolicy = (
  policy: PostPolicy,
  form: { fields: ReadonlyMap<string, string>; bucket: string; now: Date },
): SizeRange => {
  const refused = (message: string): Refusal => accessDenied(`Invalid according to Policy: ${message}`);
  if (form.now >= policy.expiration) throw refused("Policy expired.");
  const fields = new Map([...form.fields, ["bucket", form.bucket]]);
  const covered = new Set<string>();
  const range = { minimum: 0, maximum: largestUpload };
  for (const condition of policy.conditions) {
    if (condition.operator === "content-length-range") {
      range.minimum = Math.max(range.minimum, condition.minimum);
      range.maximum = Math.min(range.maximum, condition.maximum);
      continue;
    }
    covered.add(condition.field);
    if (!holds(condition, fields.get(condition.field)))
      throw refused(`Policy Condition failed: ${JSON.stringify(condition.written)}`);
  }
  const extra = [...fields.keys()].filter((field) => !covered.has(field) && !needsNoCondition(field));
  if (extra.length > 0) throw refused(`Extra input fields: ${extra.join(", ")}`);
  return range;
};
