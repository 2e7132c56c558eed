import type { Item } from "./wire.ts";

/** What DynamoDB answers instead of a result. The shape is dynalite's own, so that its refusals pass through unchanged. */
export type Refusal = { statusCode: number; body: { __type: string; message?: string; Message?: string; Item?: Item } };

export const isRefusal = (thrown: unknown): thrown is Refusal =>
  typeof thrown === "object" && thrown !== null && "statusCode" in thrown && "body" in thrown;

const of =
  (namespace: string) =>
  (name: string, message?: string): Refusal => ({
    statusCode: 400,
    body: { __type: `${namespace}#${name}`, ...(message === undefined ? {} : { message }) },
  });

/** Refused by the service's common front door: who asks, and whether it can be read at all. */
export const refusedAtTheDoor = of("com.amazon.coral.service");

const invalid = of("com.amazon.coral.validate");
export const validation = (message: string): Refusal => invalid("ValidationException", message);

export const accessDenied = (message: string): Refusal => ({
  statusCode: 400,
  body: { __type: "com.amazon.coral.service#AccessDeniedException", Message: message },
});
