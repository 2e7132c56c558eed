import * as z from "zod/mini";

/** Settings by name, checked when a module asks for them: a function that is wired wrongly fails at its start, naming what is missing. */
export function env<const Name extends string>(...names: readonly Name[]): Record<Name, string> {
  const schema = z.object(Object.fromEntries(names.map((name) => [name, z.string().check(z.minLength(1))])));
  const parsed = z.safeParse(schema, process.env);
  if (parsed.success) return parsed.data as Record<Name, string>;
  throw new Error(`missing in the environment: ${parsed.error.issues.map((issue) => issue.path.join(".")).join(", ")}`);
}
