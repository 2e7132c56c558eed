import { isRole, type Role, roles, signToken } from "../tokens.ts";
import { dataDirectory, parseDuration, readArguments, WrongUse } from "./arguments.ts";
import { runCommand } from "./command.ts";

const usage = `npm run --silent token -- <role> [--org ID] [--sub ID] [--expires 12h]\nRoles: ${roles.join(", ")}`;

const roleIn = (positionals: string[]): Role => {
  const [name, ...more] = positionals;
  if (name === undefined) throw new WrongUse(`Whose token? Name a role.\nUsage: ${usage}`);
  if (more.length > 0) throw new WrongUse(`One role at a time, and not also "${more.join(" ")}".\nUsage: ${usage}`);
  if (!isRole(name)) throw new WrongUse(`There is no role "${name}".\nUsage: ${usage}`);
  return name;
};

/** In seconds. Negative gives a token that has expired already. */
const lifetimeIn = (text: string): number => {
  const lifetime = parseDuration(text);
  if (!lifetime) throw new WrongUse(`--expires takes a duration such as 12h, 30m or 2d, and not "${text}".\nUsage: ${usage}`);
  return Math.trunc(lifetime / 1_000);
};

await runCommand(async () => {
  const options = { org: { type: "string" }, sub: { type: "string" }, expires: { type: "string" } } as const;
  const { values, positionals } = readArguments(process.argv.slice(2), options, usage);
  const role = roleIn(positionals);
  if (values.org === "") throw new WrongUse(`--org takes an organization's id, such as org-a.\nUsage: ${usage}`);
  if (values.sub === "") throw new WrongUse(`--sub takes the id of whoever holds it, such as director-2.\nUsage: ${usage}`);
  const token = await signToken(dataDirectory(process.env), {
    role,
    ...(values.org !== undefined && { organization: values.org }),
    ...(values.sub !== undefined && { subject: values.sub }),
    ...(values.expires !== undefined && { expiresIn: lifetimeIn(values.expires) }),
  });
  process.stdout.write(`${token}\n`);
});
