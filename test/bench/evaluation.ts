import { type LineFacts, requirementOf } from "../../shared/domain/requirement.ts";
import { settings } from "../../shared/domain/vocabulary.ts";
import { type Policy, policy, policyWith } from "../../shared/policy/policy.ts";
import categories from "../../shared/policy/service-categories.json" with { type: "json" };
import { someFacts } from "../builders.ts";
import { median, type Row } from "./row.ts";

const turns = 300;
const discarded = 100;
const linesPerTurn = 2000;

/**
 * What it costs to settle a line by the rules, and how that grows with the codes that they list. The two sets of rules take turns
 * with the same lines, so that whatever else the machine does meets both.
 */
export function evaluation(): Row[] {
  const large = withCodes(20_000);
  // Codes of all groups, of the added lists and of none, in every setting, with the network and the flags in all their states.
  const lines = Array.from({ length: linesPerTurn }, (_, index) => lineOf(index));
  const times: { rules: number; large: number }[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const first = turn % 2 === 0;
    const one = timeOf(lines, first ? policy : large);
    const other = timeOf(lines, first ? large : policy);
    if (turn >= discarded) times.push(first ? { rules: one, large: other } : { rules: other, large: one });
  }
  const rules = median(times.map((turn) => turn.rules));
  if (process.env.BENCH_DETAIL)
    console.error(`evaluation: ${rules.toFixed(2)} µs, ${median(times.map((turn) => turn.large)).toFixed(2)} µs with more codes`);
  return [
    { name: "evaluation of a line by the full set of rules", value: rules, goal: 5, unit: "µs" },
    {
      name: "evaluation of a line with 20,000 more codes listed singly",
      value: median(times.map((turn) => turn.large / turn.rules)),
      goal: 1.2,
      unit: "ratio",
    },
  ];
}

/** In microseconds a line. */
function timeOf(lines: readonly LineFacts[], rules: Policy): number {
  let required = 0;
  const began = performance.now();
  for (const line of lines) if (requirementOf(line, rules).requirement === "required") required += 1;
  const milliseconds = performance.now() - began;
  if (required === 0) throw new Error("no line needed authorization");
  return (milliseconds * 1000) / lines.length;
}

/** Letters whose codes the plan's own rules do not list. */
const letters = ["F", "I", "M", "N", "O", "P", "R", "U"];

/** No two of them are neighbours: each is a stretch of its own. */
function withCodes(count: number): Policy {
  const codes = Array.from(
    { length: count },
    (_, index) => `${letters[index % letters.length]}${String(2 * Math.floor(index / letters.length)).padStart(4, "0")}`,
  );
  const more = { ...categories.noAuthorization[0], id: "listed-singly", codes };
  return policyWith({ ...categories, noAuthorization: [...categories.noAuthorization, more] } as Parameters<typeof policyWith>[0]);
}

const codes = ["72148", "99213", "97110", "27447", "K0108", "J7297", "0075T", "80305", "85025", "75580", "F0002", "R1000", "99999"];

const lineOf = (index: number): LineFacts =>
  someFacts({
    code: codes[index % codes.length],
    setting: settings[Math.floor(index / codes.length) % settings.length],
    emergency: index % 7 === 0,
    postStabilization: index % 5 === 0,
    participating: index % 3 !== 0,
    clinicalTrial: index % 11 === 0,
    modifiers: index % 2 === 0 ? [] : ["26", "LT"],
    diagnoses: ["M54.16", "E11.9", "I10", "Z79.4"].slice(0, index % 5),
    stayDays: index % 4,
    serviceDate: "2026-12-20",
  });
