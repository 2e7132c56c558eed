/** Reads `due-times.md`: a heading begins a section, a line that begins with a bar is a row, everything else is for people. */

export type Asked = { readonly askedAt: string; readonly answerBy: string; readonly answeredAt: string | null };
export type Haste = {
  readonly at: string;
  readonly by: string;
  readonly granted: boolean | null;
  readonly judgedAt: string | undefined;
};

export type DueTime = {
  readonly name: string;
  readonly lineOfBusiness: string;
  readonly state: string;
  readonly priority: string;
  readonly channel: string;
  /** A moment, or the day of a letter. */
  readonly received: string;
  readonly complete: "at receipt" | "never" | { readonly at: string };
  readonly keyedAt: string | undefined;
  readonly questions: readonly Asked[];
  /** `at` is left open where it does not matter. */
  readonly extended: { readonly at: string | undefined } | undefined;
  readonly expedites: readonly Haste[];
  /** `null` is a line in neither list. */
  readonly categories: readonly (string | null)[];
  readonly postStabilization: "out-of-network" | "in-network" | undefined;
  readonly arkansasForMedicaid: boolean;
  readonly timeZone: string;
  readonly due: string;
  readonly dueAtThePlan: string;
  readonly rule: string;
  readonly whenMissed: string;
};
type Section = { readonly title: string; readonly rows: readonly DueTime[] };

const columns =
  "Scenario|Line of business|State|Priority|Channel|Received|Complete|And then|Due (UTC)|Due at the plan|Rule|When missed".split(
    "|",
  );

/** @throws on a row, a column or a word that is not understood: a misspelt fact would otherwise be a fact left out */
export function dueTimesIn(table: string): readonly Section[] {
  const sections: { title: string; rows: DueTime[] }[] = [];
  for (const line of table.split("\n")) {
    if (line.startsWith("## ")) sections.push({ title: line.slice(3), rows: [] });
    if (!line.startsWith("|")) continue;
    const cells = line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (cells.join("|") === columns.join("|") || cells.every((cell) => /^-+$/.test(cell))) continue;
    if (cells.length !== columns.length) throw new Error(`a row of ${cells.length} cells: ${line}`);
    sections.at(-1)?.rows.push(dueTimeOf(cells));
  }
  return sections;
}

function dueTimeOf(cells: readonly string[]): DueTime {
  const [scenario = "", lineOfBusiness = "", state = "", priority = "", channel = "", received = "", complete = "", ...rest] =
    cells;
  const [since = "", due = "", dueAtThePlan = "", rule = "", whenMissed = ""] = rest;
  const words = since === "" ? [] : since.split(/ +/);
  for (const word of words) if (!understood.test(word)) throw new Error(`not a fact: ${word}`);
  const afterColon = (word: string) => word.slice(word.indexOf(":") + 1);
  const named = (name: string) => words.filter((word) => word.startsWith(`${name}:`)).map(afterColon);
  const extended = words.find((word) => /^extended\b/.test(word));
  return {
    name: `${scenario}: ${[lineOfBusiness, state, priority, channel, received, `complete ${complete}`, ...words].join(", ")}`,
    lineOfBusiness,
    state,
    priority,
    channel,
    received: received.includes("T") ? moment(received) : received,
    complete: complete === "at receipt" || complete === "never" ? complete : { at: moment(complete) },
    keyedAt: named("keyed").map(moment)[0],
    questions: questionsIn(words),
    extended: extended === undefined ? undefined : { at: extended.includes(":") ? moment(afterColon(extended)) : undefined },
    expedites: expeditesIn(words),
    categories: words.some((word) => word.startsWith("category:"))
      ? named("category").map((category) => (category === "none" ? null : category))
      : ["imaging-mri-mra"],
    postStabilization: words.includes("post-stabilization")
      ? "out-of-network"
      : words.includes("post-stabilization-in-network")
        ? "in-network"
        : undefined,
    arkansasForMedicaid: words.includes("arkansas-medicaid"),
    timeZone: named("zone")[0] ?? "America/New_York",
    due: moment(due),
    dueAtThePlan,
    rule,
    whenMissed,
  };
}

const time = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d)?Z";
const understood = new RegExp(
  `^((keyed|answered|expedited):${time}|asked:${time}→${time}|extended(:${time})?|by:(physician|provider|member)|granted(:${time})?|refused|pending|` +
    "category:[a-z-]+|post-stabilization(-in-network)?|arkansas-medicaid|zone:[A-Za-z]+/[A-Za-z_]+)$",
);

/** `2027-01-11T15:00Z` as instants are written everywhere else. */
const moment = (text: string): string => new Date(text).toISOString();

/** An answer stands behind the question that it answers. */
function questionsIn(words: readonly string[]): readonly Asked[] {
  const questions: Asked[] = [];
  for (const word of words) {
    if (word.startsWith("asked:")) {
      const [askedAt = "", answerBy = ""] = word.slice("asked:".length).split("→").map(moment);
      questions.push({ askedAt, answerBy, answeredAt: null });
    }
    if (word.startsWith("answered:")) {
      const question = questions.pop();
      if (!question) throw new Error(`an answer to nothing: ${word}`);
      questions.push({ ...question, answeredAt: moment(word.slice("answered:".length)) });
    }
  }
  return questions;
}

/** By whom, and what became of it, stand behind the wish. */
function expeditesIn(words: readonly string[]): readonly Haste[] {
  const judged: Readonly<Record<string, boolean | null>> = { granted: true, refused: false, pending: null };
  return words.flatMap((word, index) => {
    if (!word.startsWith("expedited:")) return [];
    const by = words[index + 1]?.match(/^by:(.+)$/)?.[1];
    // `granted:` may say when.
    const [, outcome = "", judgedAt] = words[index + 2]?.match(/^(granted|refused|pending)(?::(.+))?$/) ?? [];
    if (by === undefined || (by === "physician") === outcome in judged)
      throw new Error(`by whom, and judged how: ${words.join(" ")}`);
    const granted = by === "physician" ? true : (judged[outcome] ?? null);
    return [{ at: moment(word.slice("expedited:".length)), by, granted, judgedAt: judgedAt && moment(judgedAt) }];
  });
}
