import type { Paint } from "../paint.ts";
import { deskTime } from "./desk-time.ts";
import type { Ended, Told } from "./player.ts";
import type { Seen } from "./story.ts";

const whoWidth = 15;
const indent = " ".repeat(2 + deskTime(0).length + 2 + whoWidth + 2);

/** One story from its title to its end, and why it ended so. */
export const storyBlock = ({ story, told, request, fault }: Ended, paint: Paint): string[] => [
  "",
  `${paint("bold", story.title)}${request ? paint("dim", `  ${request.id}`) : ""}`,
  ...told.flatMap((step, index) => stepLines(step, told[index - 1], paint)),
  fault === undefined
    ? `  ${paint("green", "✓")} ${request ? `${request.status}: ${whyOf(request)}` : story.ends.status}`
    : `  ${paint("red", "✗")} ${fault}`,
];

const stepLines = ({ at, who, does, came, request }: Told, before: Told | undefined, paint: Paint): string[] => {
  const time = deskTime(at);
  const shown = before && deskTime(before.at) === time ? " ".repeat(time.length) : time;
  const state = request && stateOf(request);
  const changed = state !== undefined && state !== (before?.request && stateOf(before.request));
  return [
    `  ${paint("dim", shown)}  ${who.padEnd(whoWidth)}  ${does}`,
    ...(came === undefined ? [] : [`${indent}${came}`]),
    ...(changed ? [`${indent}${paint("dim", state)}`] : []),
  ];
};

/** Status, and what its clock says. */
const stateOf = ({ status, dueAt, dueRule, overdue }: Seen): string =>
  dueAt === null ? `→ ${status}` : `→ ${status}, ${overdue ? "overdue since" : "due"} ${deskTime(dueAt)} (${dueRule})`;

/** In the words of the record itself. */
const whyOf = (request: Seen): string => {
  const { withdrawal, lines, overdue, clock, appeals, notices } = request;
  if (withdrawal) return withdrawal.reason;
  if (overdue) {
    const drafts = notices.filter(({ draft }) => draft).length;
    return `nobody decided in time (${clock[0]?.cite}); ${drafts} adverse notices are begun, a person finishes them`;
  }
  const [line] = lines;
  const decision = line?.decision;
  if (!decision) return line?.because ?? "";
  const { outcome, quantity, unit, reason, criterion, decidedBy } = decision;
  const by = `${decidedBy.name}${decidedBy.credential ? `, ${decidedBy.credential}` : ""}`;
  const granted = outcome === "denied" || quantity === null ? "" : `${quantity} ${unit}${quantity === 1 ? "" : "s"}`;
  return [
    ...appeals.map(({ decision: judged }) => `on appeal ${judged?.outcome ?? "open"}`),
    ...(granted ? [granted] : []),
    ...(reason ? [`${reason.code} ${reason.text}`] : []),
    ...(criterion ? [criterion] : []),
    by,
  ]
    .map((part) => part.replace(/\.$/, ""))
    .join(" · ");
};

/** All of them, by how they ended. */
export const endingTable = (endings: readonly Ended[], paint: Paint): string[] => {
  const width = Math.max(...endings.map(({ story }) => story.title.length));
  return endings.map(({ story, request, fault }) => {
    const mark = fault === undefined ? paint("green", "✓") : paint("red", "✗");
    return `${mark} ${story.title.padEnd(width)}  ${(request?.status ?? "never submitted").padEnd(18)}  ${request?.id ?? ""}`;
  });
};
