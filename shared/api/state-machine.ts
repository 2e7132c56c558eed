import { consequences, type Transition } from "../domain/transition.ts";
import { ask, closeQuestion } from "../domain/transitions/ask.ts";
import { assign } from "../domain/transitions/assign.ts";
import { close } from "../domain/transitions/close.ts";
import { continueStay } from "../domain/transitions/continue-stay.ts";
import { addNote, recordTalk } from "../domain/transitions/converse.ts";
import { decideAppeal } from "../domain/transitions/decide-appeal.ts";
import { determine } from "../domain/transitions/determine.ts";
import { registerDocument, settleDocument } from "../domain/transitions/documents.ts";
import { escalate } from "../domain/transitions/escalate.ts";
import { askToExpedite, judgeExpedite } from "../domain/transitions/expedite.ts";
import { extend } from "../domain/transitions/extend.ts";
import { fileAppeal } from "../domain/transitions/file-appeal.ts";
import { hearVendor, recordContradiction } from "../domain/transitions/hear-vendor.ts";
import { inform } from "../domain/transitions/inform.ts";
import { missClock } from "../domain/transitions/miss.ts";
import { recordNotices } from "../domain/transitions/record-notices.ts";
import { reduce } from "../domain/transitions/reduce.ts";
import { recallReferral, recordReferralFailed, recordReferralSent, releaseReferral } from "../domain/transitions/refer.ts";
import { remind, remindOfUnits } from "../domain/transitions/remind.ts";
import { resolveException } from "../domain/transitions/resolve-exception.ts";
import { restoreHistory } from "../domain/transitions/restore.ts";
import { beginning } from "../domain/transitions/submit.ts";
import { supersede } from "../domain/transitions/supersede.ts";
import { withdraw } from "../domain/transitions/withdraw.ts";
import { openStatuses, type RequestStatus, requestStatuses } from "../domain/vocabulary.ts";

type Described = Pick<Transition<never>, "name" | "from" | "to" | "emits">;

/** Every way in which a request may change, in the order of its life. */
export const transitions: readonly Described[] = [
  registerDocument,
  settleDocument,
  inform,
  releaseReferral,
  recordReferralSent,
  recordReferralFailed,
  hearVendor,
  recordContradiction,
  resolveException,
  recallReferral,
  assign,
  addNote,
  ask,
  closeQuestion,
  extend,
  askToExpedite,
  judgeExpedite,
  escalate,
  recordTalk,
  determine,
  missClock,
  remind,
  remindOfUnits,
  withdraw,
  close,
  continueStay,
  fileAppeal,
  decideAppeal,
  reduce,
  supersede,
  recordNotices,
  restoreHistory,
];

const isOpen = (status: RequestStatus) => openStatuses.some((open) => open === status);

const whenFollows: Readonly<Record<(typeof consequences)[number], string>> = {
  "request.completed": "nothing is missing for the first time",
  "line.decided": "a rule of the plan then approves a line without a person",
  "referral.released": "what the vendor decides is ready to go out",
};

/** The states of a request and what leads from one to another, for people: Markdown with a Mermaid diagram. */
export function stateMachineMarkdown(): string {
  return `# The states of a request

Generated from \`shared/domain/transitions/\` by \`npm run docs\`; a test fails when this file is stale.

Status follows from the lines that need a decision (\`statusOf\` in \`shared/domain/request.ts\`): a transition changes the facts, and the status
is derived from them. An arrow says that a transition may lead there, not that it always does. A request that has ended stays as it is
unless more days of a stay are asked for or an appeal is decided; news of it (a late document, a late word of the vendor) is still recorded.

\`\`\`mermaid
${diagram()}
\`\`\`

| Transition | From | May lead to | Events |
|---|---|---|---|
${[
  row(beginning.name, "(nothing)", beginning.to, beginning.emits),
  ...transitions.map(({ name, from, to, emits }) => row(name, fromText(from), reachable(to), emits)),
].join("\n")}

After any of them may follow: ${consequences.map((type) => `${code(type)} (${whenFollows[type]})`).join(", ")}.
`;
}

function diagram(): string {
  const arrows = new Map<string, string[]>();
  const draw = (from: string, to: string, name: string) => {
    const arrow = `${from} --> ${to}`;
    arrows.set(arrow, [...new Set([...(arrows.get(arrow) ?? []), name])]);
  };
  for (const to of beginning.to) draw("[*]", idOf(to), beginning.name);
  for (const { name, to } of transitions)
    for (const end of requestStatuses) {
      const starts = openStatuses.filter((start) => to[start]?.includes(end));
      for (const start of requestStatuses) if (!isOpen(start) && to[start]?.includes(end)) draw(idOf(start), idOf(end), name);
      if (starts.length === openStatuses.length) draw("open", idOf(end), name);
      else for (const start of starts) draw(idOf(start), idOf(end), name);
    }
  const lines = [...arrows].map(([arrow, names]) => `${arrow}: ${names.join(", ")}`);
  const isInner = (line: string) =>
    openStatuses.some((start) => openStatuses.some((end) => line.startsWith(`${idOf(start)} --> ${idOf(end)}:`)));
  const ends = requestStatuses.filter((status) => [...arrows.keys()].some((arrow) => arrow.endsWith(` ${idOf(status)}`)));
  return [
    "stateDiagram-v2",
    ...ends.filter((status) => !isOpen(status)).map((status) => `  state "${status}" as ${idOf(status)}`),
    "  state open {",
    ...openStatuses.map((status) => `    state "${status}" as ${idOf(status)}`),
    ...lines.filter(isInner).map((line) => `    ${line}`),
    "  }",
    ...lines.filter((line) => !isInner(line)).map((line) => `  ${line}`),
    ...ends.filter((status) => !isOpen(status)).map((status) => `  ${idOf(status)} --> [*]`),
  ].join("\n");
}

const row = (name: string, from: string, to: readonly RequestStatus[], emits: readonly string[]): string =>
  `| ${name} | ${from} | ${to.length === 0 ? "(stays)" : to.map(code).join(", ")} | ${emits.map(code).join(", ")} |`;

const reachable = (to: Described["to"]) => requestStatuses.filter((end) => Object.values(to).some((ends) => ends.includes(end)));

function fromText(from: readonly RequestStatus[]): string {
  if (from.length === requestStatuses.length) return "any";
  return from.length === openStatuses.length && from.every(isOpen) ? "any open" : from.map(code).join(", ");
}

const idOf = (status: RequestStatus) => status.replaceAll("-", "_");
const code = (text: string) => `\`${text}\``;
