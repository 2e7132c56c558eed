import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { type CheckedCategories, checkedCategories, type Finding } from "../../shared/policy/check.ts";

// Words for what is wrong: the edition that functions load brings none.
z.config(z.locales.en());

// `npm run policy:check [-- FILE]`: what is to be said about the rules that are built in, or about a file that is to replace them.

const builtIn = join(import.meta.dirname, "../../shared/policy/service-categories.json");
const severities = ["error", "warning", "note"] as const;

const textOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
};

const report = (file: string, checked: CheckedCategories): string => {
  const lines = severities.flatMap((severity) => checked.findings.filter((finding) => finding.severity === severity).map(lineOf));
  const counts = severities.map((severity) =>
    counted(checked.findings.filter((one) => one.severity === severity).length, severity),
  );
  return [file, ...(checked.ok ? [summaryOf(checked.categories)] : []), ...lines, `${counts.join(", ")}.`].join("\n");
};

const summaryOf = (categories: Extract<CheckedCategories, { ok: true }>["categories"]): string => {
  const { version, effectiveFrom, rules, exceptions, noAuthorization } = categories;
  const parts = [
    counted(rules.length, "rule"),
    counted(exceptions.length, "exception"),
    `${counted(noAuthorization.length, "list")} of what needs none`,
  ];
  return `Version ${version}, for what is received from ${effectiveFrom} on: ${parts.join(", ")}.`;
};

const lineOf = ({ severity, where, says }: Finding): string => `  ${severity.padEnd(7)}  ${where}: ${says}`;
const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

const [file = builtIn, ...more] = process.argv.slice(2);
const text = more.length > 0 ? undefined : textOf(file);
if (text === undefined) {
  console.error(more.length > 0 ? "Usage: npm run policy:check [-- FILE]" : `${file} cannot be read.`);
  process.exitCode = 1;
} else {
  const checked = checkedCategories(text);
  console.log(report(file, checked));
  if (!checked.ok) process.exitCode = 1;
}
