import { type Grant, nameOfGrant } from "../../infra/local/iam/grants.ts";
import type { RecordLine } from "../../infra/local/iam/record.ts";
import { type Exception, exceptions } from "./exceptions.ts";

const identityOf = ({ statement, action, resource }: Grant) => [statement, action, resource].join("\n");

const usedIn = (record: readonly RecordLine[]): ReadonlySet<string> =>
  new Set(record.flatMap((line) => ("grant" in line ? [identityOf(line.grant)] : [])));

const covers = ({ holder, statement, actions }: Exception, grant: Grant): boolean =>
  holder.test(grant.holder) && (statement?.test(grant.statement) ?? true) && actions.includes(grant.action);

export const excepted = (grant: Grant): boolean => exceptions.some((exception) => covers(exception, grant));

/** What is allowed, was not called for in the recorded runs, and is no exception. */
export const unusedGrants = (grants: readonly Grant[], record: readonly RecordLine[]): string[] => {
  const used = usedIn(record);
  return grants
    .filter((grant) => !used.has(identityOf(grant)) && !excepted(grant))
    .map((grant) => `${nameOfGrant(grant)} (${grant.statement})`);
};

/** What is allowed by more than a name. */
export const wildcardActions = (grants: readonly Grant[]): string[] =>
  grants
    .filter((grant) => /[*?]|^Not/.test(grant.action) && !excepted(grant))
    .map((grant) => `${nameOfGrant(grant)} (${grant.statement})`);

/** Exceptions for what is not in the template, or was used after all. */
export const unusedExceptions = (list: readonly Exception[], grants: readonly Grant[], record: readonly RecordLine[]): string[] => {
  const used = usedIn(record);
  return list.flatMap((exception) =>
    exception.actions
      .filter((action) => {
        const meant = grants.filter((grant) => grant.action === action && covers({ ...exception, actions: [action] }, grant));
        return meant.length === 0 || meant.some((grant) => used.has(identityOf(grant)));
      })
      .map((action) => `${exception.holder} ${action}`),
  );
};

/** The checkers look for a copy that may not be there; without the right to list, S3 answers that with 403. */
const expectedRefusal = ({ by, action }: RecordLine): boolean =>
  action === "s3:ListBucket" && /-(check-document|record-scan)$/.test(by);

export const refusedWithoutReason = (record: readonly RecordLine[]): string[] =>
  record.flatMap((line) =>
    "refused" in line && !expectedRefusal(line) ? [`${line.by} ${line.action} ${line.resource}: ${line.refused}`] : [],
  );

/** Named tests that no file has. A row of a table stands in its file with `%s` or `%i` in the place of what tells it from the others. */
export const testsThatAreNot = (proofs: readonly string[], read: (file: string) => string, rows: readonly string[]): string[] =>
  proofs.filter((proof) => {
    const [file = "", ...titles] = proof.split(" > ");
    const text = read(file);
    return titles.some((title) => {
      const spellings = [title, title.replace(/\d+/, "%i"), ...rows.map((row) => title.replace(new RegExp(`\\b${row}\\b`), "%s"))];
      return !spellings.some((spelling) => text.includes(JSON.stringify(spelling)));
    });
  });
