import type { Item, Value } from "./wire.ts";

/**
 * Bytes that DynamoDB counts for an item: UTF-8 names and values, numbers by significant digits, 3 bytes for each list or map and
 * 1 for each of their elements ("DynamoDB item sizes and formats", developer guide).
 */
export const itemSize = (item: Item): number => {
  let size = 0;
  for (const name in item) size += Buffer.byteLength(name) + valueSize(item[name]);
  return size;
};

const valueSize = (value: Value | undefined): number => {
  if (value === undefined) return 0;
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberSize(value.N);
  if (value.B !== undefined) return Buffer.byteLength(value.B, "base64");
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + itemSize(value.M);
  if (value.L !== undefined) return value.L.reduce((sum, element) => sum + 1 + valueSize(element), 3);
  if (value.SS !== undefined) return value.SS.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (value.NS !== undefined) return value.NS.reduce((sum, number) => sum + numberSize(number), 0);
  if (value.BS !== undefined) return value.BS.reduce((sum, bytes) => sum + Buffer.byteLength(bytes, "base64"), 0);
  return 1; // BOOL, NULL
};

/**
 * One byte, one per two significant digits, one for a minus sign. The pairs of digits are aligned on the decimal point, so that 120
 * ("01 20") takes a byte more than 12. Expects plain decimals, which is how dynalite stores every number.
 */
const numberSize = (text: string): number => {
  const [, minus = "", whole = "", fraction = ""] = /^(-?)0*(\d*)\.?(\d*)$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, "").replace(/0+$/, "");
  if (digits === "") return 1;
  const exponent = whole === "" ? -1 - (fraction.length - fraction.replace(/^0+/, "").length) : whole.length - 1;
  const unaligned = digits.length % 2 === 0 && exponent % 2 === 0 ? 1 : 0;
  return 1 + Math.ceil(digits.length / 2) + unaligned + minus.length;
};
