import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Judged } from "./authority.ts";
import type { Grant } from "./grants.ts";

/** A line of the record: the first call of a kind that a grant let through, or one that was refused. */
export type RecordLine = { by: string; action: string; resource: string } & ({ grant: Grant } | { refused: string });

/** Writes which statement let which call through, to a file that begins empty. One line per grant and caller. */
export const openRecord = (path: string): ((judged: Judged) => void) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "");
  const known = new Set<string>();
  const write = (line: RecordLine, ...identity: string[]) => {
    const name = identity.join("\n");
    if (known.has(name)) return;
    known.add(name);
    appendFileSync(path, `${JSON.stringify(line)}\n`);
  };
  return ({ by, action, resource, grants, because }) => {
    for (const grant of grants) write({ by, action, resource, grant }, by, grant.statement, grant.action, grant.resource);
    if (because !== undefined) write({ by, action, resource, refused: because }, by, action, because);
  };
};
