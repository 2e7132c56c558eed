/** Reads `decision-table.md`: a heading begins a section, a line that begins with a bar is a row, everything else is for people. */

export type TableCase = {
  readonly name: string;
  readonly facts: {
    readonly code: string | undefined;
    readonly revenueCode: string | undefined;
    readonly setting: string;
    readonly participating: boolean | undefined;
    readonly facilityParticipating: boolean | undefined;
    readonly emergency: boolean;
    readonly postStabilization: boolean;
    readonly clinicalTrial: boolean;
    readonly investigational: boolean;
    readonly elective: boolean;
    readonly lineOfBusiness: string;
    readonly modifiers: readonly string[];
    readonly diagnoses: readonly string[];
    readonly programs: readonly string[];
    readonly levelOfCare: string | undefined;
    readonly stayDays: number | undefined;
  };
  readonly answer: {
    readonly requirement: string;
    readonly route: string;
    readonly category: string | null;
    readonly rule: string;
  };
};
type Section = { readonly title: string; readonly cases: readonly TableCase[] };

const columns =
  "Code|Revenue|Setting|Provider|Facility|Emergency|Post-stab.|Trial|Further facts|Requirement|Route|Category|Rule|Why".split("|");

/** @throws on a row, a column or a word that is not understood: a misspelt fact would otherwise be a fact left out */
export function casesIn(table: string): { readonly rows: number; readonly sections: readonly Section[] } {
  let rows = 0;
  const sections: { title: string; cases: TableCase[] }[] = [];
  for (const line of table.split("\n")) {
    if (line.startsWith("## ")) sections.push({ title: line.slice(3), cases: [] });
    const cells = cellsOf(line);
    if (cells.length === 0 || cells.join("|") === columns.join("|") || cells.every((cell) => /^-+$/.test(cell))) continue;
    if (cells.length !== columns.length) throw new Error(`a row of ${cells.length} cells: ${line}`);
    rows += 1;
    sections.at(-1)?.cases.push(...casesOf(cells));
  }
  return { rows, sections };
}

const cellsOf = (line: string): readonly string[] =>
  line.startsWith("|")
    ? line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim())
    : [];

/** A cell with several codes stands for a row of each. */
function casesOf([codes = "", revenueCodes = "", ...cells]: readonly string[]): readonly TableCase[] {
  return codes.split(/ +/).flatMap((code) => revenueCodes.split(/ +/).map((revenueCode) => caseOf(code, revenueCode, cells)));
}

function caseOf(code: string, revenueCode: string, cells: readonly string[]): TableCase {
  const [setting = "", provider, facility, emergencyCell, postStabilizationCell, trialCell, further = "", ...answer] = cells;
  const [requirement = "", route = "", category = "", rule = "", why = ""] = answer;
  const words = further === "" ? [] : further.split(/ +/);
  for (const word of words) if (!understood.test(word)) throw new Error(`not a fact: ${word}`);
  const named = (name: string) => words.flatMap((word) => (word.startsWith(`${name}:`) ? [word.slice(name.length + 1)] : []));
  const days = named("days")[0];
  const emergency = yes(emergencyCell);
  const facts = {
    code: code || undefined,
    revenueCode: revenueCode || undefined,
    setting,
    participating: takesPart(provider || "in"),
    facilityParticipating: takesPart(facility || "unnamed"),
    emergency,
    postStabilization: yes(postStabilizationCell),
    clinicalTrial: yes(trialCell),
    investigational: words.includes("investigational"),
    elective: words.includes("elective") || (!emergency && !words.includes("not-elective")),
    lineOfBusiness: words.find((word) => word === "marketplace" || word === "medicare-advantage") ?? "medicaid",
    modifiers: named("modifier"),
    diagnoses: named("diagnosis"),
    programs: named("program"),
    levelOfCare: named("level")[0],
    stayDays: days === undefined ? undefined : Number(days),
  };
  const given = [
    code || (revenueCode ? `revenue ${revenueCode}` : "no code"),
    code && revenueCode ? `revenue ${revenueCode}` : "",
    setting,
    provider && `provider ${provider}`,
    facility && `facility ${facility}`,
    emergency ? "emergency" : "",
    facts.postStabilization ? "post-stabilization" : "",
    facts.clinicalTrial ? "trial" : "",
    ...words,
  ].filter(Boolean);
  return {
    name: `${given.join(", ")}: ${requirement}, ${rule} (${why})`,
    facts,
    answer: { requirement, route, category: category === "none" ? null : category, rule },
  };
}

const understood =
  /^(elective|not-elective|investigational|marketplace|medicare-advantage|(modifier|diagnosis|program|level|days):[A-Za-z0-9.-]+)$/;

function yes(cell: string | undefined): boolean {
  if (cell !== "" && cell !== "yes") throw new Error(`neither yes nor empty: ${cell}`);
  return cell === "yes";
}

function takesPart(cell: string): boolean | undefined {
  if (cell === "unnamed") return undefined;
  if (cell !== "in" && cell !== "out") throw new Error(`no network status: ${cell}`);
  return cell === "in";
}
