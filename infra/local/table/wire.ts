/** An attribute value as it travels in DynamoDB's JSON: exactly one member is set; binary is base64. */
export type Value = {
  S?: string;
  N?: string;
  B?: string;
  BOOL?: boolean;
  NULL?: boolean;
  SS?: string[];
  NS?: string[];
  BS?: string[];
  L?: Value[];
  M?: Record<string, Value>;
};

export type Item = Record<string, Value>;

export const region = "us-east-1";
export const account = "000000000000";

export const tableArn = (table: string, index?: string): string =>
  `arn:aws:dynamodb:${region}:${account}:table/${table}${index === undefined ? "" : `/index/${index}`}`;

/** The same value, whatever order a set or a map is written in. Numbers are already in one normal form when they get here. */
export const sameValue = (one: Value | undefined, other: Value | undefined): boolean => {
  if (one === other) return true;
  if (one === undefined || other === undefined) return false;
  if (one.M && other.M) return sameItem(one.M, other.M);
  if (one.L && other.L) {
    const others = other.L;
    return one.L.length === others.length && one.L.every((value, position) => sameValue(value, others[position]));
  }
  return (
    sameSet(one.SS, other.SS) &&
    sameSet(one.NS, other.NS) &&
    sameSet(one.BS, other.BS) &&
    one.S === other.S &&
    one.N === other.N &&
    one.B === other.B &&
    one.BOOL === other.BOOL &&
    one.NULL === other.NULL &&
    (one.M === undefined) === (other.M === undefined) &&
    (one.L === undefined) === (other.L === undefined)
  );
};

export const sameItem = (one: Item | undefined, other: Item | undefined): boolean => {
  if (one === undefined || other === undefined) return one === other;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => sameValue(one[name], other[name]));
};

const sameSet = (one: string[] | undefined, other: string[] | undefined): boolean => {
  if (one === undefined || other === undefined) return one === other;
  const members = new Set(one);
  return members.size === other.length && other.every((member) => members.has(member));
};
