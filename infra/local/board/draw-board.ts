import type { Paint } from "../paint.ts";

/** The worklist as a terminal shows it. No names of members and no ids of theirs: a row says which request, and how urgent it is. */

/** What a row shows of an item of `GET /v1/worklist`. */
export type Waiting = {
  readonly id: string;
  readonly lineOfBusiness: string;
  readonly priority: string;
  readonly status: string;
  readonly dueAt: string | null;
  readonly dueRule: string | null;
  readonly appealDueAt: string | null;
  readonly extended: boolean;
  readonly missing: readonly string[];
  readonly assignment: { readonly name: string } | null;
};

/** How much waits by `GET /v1/worklist/overview`; capped: at least so much. */
export type Ageing = {
  readonly queue: string;
  readonly open: number;
  readonly overdue: number;
  readonly within4Hours: number;
  readonly within24Hours: number;
  readonly capped: boolean;
};

/** The items are those that are due first. */
export type WaitingIn = Ageing & { readonly items: readonly Waiting[] };

export type Board = {
  /** Local time of the desk, in milliseconds. */
  readonly now: number;
  readonly queues: readonly WaitingIn[];
  /** Of the decisions of the last seven days: how many came before their clock ran out. */
  readonly inTime: { readonly numerator: number; readonly denominator: number };
};

type Paper = {
  readonly paint: Paint;
  readonly columns?: number;
  /** How many lines there are; what finds no room is counted, not shown. */
  readonly lines?: number;
};

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const soon = 24 * hour;
const dueWidth = 19;

/** Every queue that was asked for, the earliest due first as the API has them. */
export const drawBoard = (board: Board, { paint, columns = 80, lines = Number.POSITIVE_INFINITY }: Paper): string[] => {
  const { now, queues, inTime } = board;
  const clock = `${new Date(now).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const head = `Worklist · ${counted(all(queues))}`;
  const gap = " ".repeat(Math.max(1, columns - head.length - clock.length));
  const rows = shared(queues, Math.max(0, lines - 2 - 2 * queues.length));
  return [
    `${paint("bold", head)}${gap}${paint("dim", clock)}`,
    paint("dim", inTimeOf(inTime)),
    ...queues.flatMap((queue, index) => [
      "",
      headOf(queue, rows[index] ?? 0, paint),
      ...queue.items.slice(0, rows[index] ?? 0).flatMap((item) => rowOf(item, now, columns, paint)),
    ]),
  ];
};

const inTimeOf = ({ numerator, denominator }: Board["inTime"]): string =>
  denominator === 0
    ? "Nothing was decided in the last 7 days"
    : `Decided in time in the last 7 days: ${numerator} of ${denominator}`;

const all = (queues: readonly Ageing[]): Omit<Ageing, "queue"> => {
  const sum = (count: (ageing: Ageing) => number) => queues.reduce((total, queue) => total + count(queue), 0);
  return {
    open: sum(({ open }) => open),
    overdue: sum(({ overdue }) => overdue),
    within4Hours: sum(({ within4Hours }) => within4Hours),
    within24Hours: sum(({ within24Hours }) => within24Hours),
    capped: queues.some(({ capped }) => capped),
  };
};

const counted = ({ open, capped }: Omit<Ageing, "queue">): string =>
  open === 0 ? "nothing waits" : `${open}${capped ? "+" : ""} waiting`;

const headOf = (queue: WaitingIn, shown: number, paint: Paint): string => {
  const { open, overdue, within4Hours, within24Hours } = queue;
  const bands = [
    ...(overdue > 0 ? [`${overdue} overdue`] : []),
    ...(within4Hours > 0 ? [`${within4Hours} in 4 h`] : []),
    ...(within24Hours > 0 ? [`${within24Hours} in 24 h`] : []),
  ];
  const hidden = shown < open ? [`${shown} shown`] : [];
  return [paint("bold", queue.queue), [counted(queue), ...bands, ...(open === 0 ? [] : hidden)].join(", ")].join(" · ");
};

/** Of each queue in turn one more, as long as there is room: what a short queue does not need, a longer one has. */
const shared = (queues: readonly WaitingIn[], lines: number): readonly number[] => {
  const shown = queues.map(() => 0);
  const rows = queues.reduce((sum, { items }) => sum + items.length, 0);
  let left = Math.min(rows, Math.floor(lines / linesPerRow));
  for (let before = -1; left > 0 && left !== before; ) {
    before = left;
    for (const [index, { items }] of queues.entries()) {
      if (left === 0 || (shown[index] ?? 0) >= items.length) continue;
      shown[index] = (shown[index] ?? 0) + 1;
      left -= 1;
    }
  }
  return shown;
};
/** Most take two. */
const linesPerRow = 3;

const rowOf = (item: Waiting, now: number, columns: number, paint: Paint): string[] => {
  const { id, lineOfBusiness, priority, status, assignment } = item;
  const due = item.appealDueAt ?? item.dueAt;
  const time = due === null ? "no due time" : dueIn(Date.parse(due) - now);
  const isLate = due !== null && Date.parse(due) < now;
  const isSoon = due !== null && Date.parse(due) - now < soon;
  const padded = time.padEnd(dueWidth);
  const details = [
    `${lineOfBusiness} ${priority}`,
    item.appealDueAt === null ? (item.dueRule ?? "no rule") : "appeal",
    assignment?.name ?? "free",
    ...flagsOf(item),
  ];
  return [
    `  ${id}  ${isLate ? paint("red", padded) : isSoon ? paint("yellow", padded) : padded}  ${status}`,
    ...wrapped(details, columns - 4).map((line) => `    ${paint("dim", line)}`),
  ];
};

const flagsOf = ({ extended, missing }: Waiting): string[] => [
  ...(extended ? ["extended"] : []),
  ...(missing.length > 0 ? [`missing ${missing.join(", ")}`] : []),
];

/** `in 3 h 12 min`, `in 4 d 2 h`, `overdue 12 min`: two units at most, rounded down. */
export const dueIn = (milliseconds: number): string => {
  const distance = Math.abs(milliseconds);
  const whole = (unit: number, of: number) => Math.floor(of / unit);
  const told =
    distance >= day
      ? `${whole(day, distance)} d ${whole(hour, distance % day)} h`
      : distance >= hour
        ? `${whole(hour, distance)} h ${whole(minute, distance % hour)} min`
        : `${whole(minute, distance)} min`;
  return milliseconds < 0 ? `overdue ${told}` : `in ${told}`;
};

/** Parts that find no room go on in the next line; one that is too long by itself is cut. */
const wrapped = (parts: readonly string[], width: number): string[] => {
  const lines: string[] = [];
  for (const whole of parts) {
    const part = whole.length > width ? `${whole.slice(0, width - 1)}…` : whole;
    const last = lines.at(-1);
    if (last !== undefined && last.length + 3 + part.length <= width) lines[lines.length - 1] = `${last} · ${part}`;
    else lines.push(part);
  }
  return lines;
};
