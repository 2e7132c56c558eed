import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Period } from "../domain/period.ts";

/** A list of maps with `from` and, where the period has ended or will, `to`. */
export const periodsIn = (list: AttributeValue | undefined): readonly Period[] =>
  (list?.L ?? []).flatMap(({ M }) => periodIn(M) ?? []);

/** @returns undefined without a beginning: nothing is known to be covered then */
export function periodIn(map: Record<string, AttributeValue> | undefined): Period | undefined {
  const from = map?.from?.S;
  const to = map?.to?.S;
  return from === undefined ? undefined : { from, ...(to === undefined ? {} : { to }) };
}
