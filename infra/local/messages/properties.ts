import * as z from "zod";

/** CloudFormation writes numbers and booleans as texts now and then. */
export const wholeNumber = z.coerce.number().int();

/** A property that is known and changes nothing on this machine, such as a key or a tag. */
export const withoutEffect = z.unknown().optional();

export const flag = z.union([z.boolean(), z.stringbool()]);

/**
 * Resolved properties of a template's resource. Schemas are strict: a property that this cloud does not know is an
 * error, so that nothing of a template is silently left out.
 */
export const readProperties = <Schema extends z.ZodType>(what: string, schema: Schema, properties: unknown): z.infer<Schema> => {
  const parsed = schema.safeParse(properties);
  if (parsed.success) return parsed.data;
  throw new Error(`The template's ${what} cannot run here: ${z.prettifyError(parsed.error)}`);
};
