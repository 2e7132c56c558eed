import type { Submission } from "../../shared/domain/submission.ts";
import { aSubmission, therapyLine } from "../builders.ts";
import type { chance } from "../faults/chance.ts";
import { eicar, pdf, plainText, type SentFile } from "../files.ts";

/** What somebody does with one request, step by step. */
export type Step =
  | { readonly does: "submit" }
  /** At the vendor's own site, without us. */
  | { readonly does: "open" }
  | { readonly does: "register"; readonly file: SentFile }
  | { readonly does: "upload"; readonly file: SentFile }
  /** Once the vendor has asked. */
  | { readonly does: "answer" }
  | { readonly does: "withdraw" };

export type Story = { readonly key: string; readonly submission: Submission; readonly steps: readonly Step[] };

type Chance = ReturnType<typeof chance>;

/** A mix of requests that falls the same way for the same seed. */
export const planned = (luck: Chance, count: number): readonly Story[] =>
  Array.from({ length: count }, (_, index) => story(luck, index));

function story(luck: Chance, index: number): Story {
  const digit = String(luck.below(10));
  const member = { ...aSubmission().member, id: `1${String(luck.below(1e9)).padStart(9, "0")}${digit}` as never };
  const forPlan = luck.strikes(0.15);
  const submission = aSubmission({ member, ...(forPlan ? { lines: [therapyLine()] } : {}) });
  const key = `drill-${index}-${luck.letters(12)}`;
  if (luck.strikes(0.1)) return { key, submission, steps: [{ does: "open" }] };

  const steps: Step[] = [{ does: "submit" }];
  if (luck.strikes(0.2)) steps.push({ does: "register", file: pdf(`Never sent ${key}.`) });
  if (luck.strikes(0.2)) steps.push({ does: "upload", file: plainText(`${key}\n${eicar.toString("latin1")}\n`) });
  if (luck.strikes(0.9)) steps.push({ does: "upload", file: pdf(`Note ${key}.`) });
  // What is rejected does not complete the request, and the vendor is not asked yet.
  const last = steps.at(-1);
  if (digit === "8" && !forPlan && last?.does === "upload" && last.file.contentType !== "text/plain")
    steps.push({ does: "answer" });
  if (luck.strikes(0.4)) steps.push({ does: "upload", file: pdf(`Another note ${key}.`) });
  if (luck.strikes(0.15)) steps.push({ does: "withdraw" });
  return { key, submission, steps };
}

/** Whether what the scanner or the client left undone may end otherwise when part of it is lost. */
export const isPlain = ({ steps }: Story): boolean =>
  steps.every((step) => step.does !== "upload" || step.file.contentType !== "text/plain");
