import { stageSettings } from "../config.ts";
import { dataDirectory, readArguments, WrongUse } from "../local/cli/arguments.ts";
import { runCommand } from "../local/cli/command.ts";
import { findRunningCloud } from "../local/cli/running.ts";
import { openAccount } from "./account.ts";

const usage = `npm run metrics:rebuild -- [--year 2026] [--check] [--stage STAGE] [--profile NAME]
  holds the ledger of decisions against all requests and puts right what differs; --check only looks, and ends with 1 if anything does.
  Without --stage in the pocket cloud that runs, without --year for all years`;

type Share = { readonly numerator: number; readonly denominator: number; readonly percent: number | null };
type Elapsed = { readonly unit: string; readonly count: number; readonly mean: number | null; readonly median: number | null };
type Program = {
  readonly program: string;
  readonly shares: Readonly<Record<string, Share>>;
  readonly timeToDecision: Readonly<Record<string, Elapsed>>;
};
type Sums = { readonly year: number; readonly entries: number; readonly digest: string; readonly programs: readonly Program[] };
type Counts = Readonly<Record<(typeof counted)[number], number>>;
/** What the function answers. */
type Rebuilt = Counts & { readonly before?: readonly Sums[]; readonly after?: readonly Sums[]; readonly next?: object };

const counted = ["requests", "decided", "missing", "different", "unknown"] as const;

/** Where the function runs, and how it is asked. */
type Target = { readonly called: string; ask(order: object): Promise<Rebuilt> };

const pocketCloud = async (): Promise<Target> => {
  const running = await findRunningCloud(dataDirectory(process.env));
  if (!running) throw new Error("No pocket cloud runs here: start it with npm start in another terminal, or name a --stage.");
  return {
    called: "the pocket cloud",
    ask: async (order) =>
      (await running.ask<{ answer: Rebuilt }>("invoke", { function: "prior-auth-local-rebuild-metrics", order })).answer,
  };
};

const deployed = async (stage: string): Promise<Target> => {
  const { region } = stageSettings(stage);
  const { id, call } = await openAccount(region);
  const path = `/2015-03-31/functions/prior-auth-${stage}-rebuild-metrics/invocations`;
  return {
    called: `stage ${stage} in account ${id}`,
    ask: async (order) => {
      const answer = JSON.parse(await call({ service: "lambda", path, input: order, seconds: 300 })) as
        | Rebuilt
        | { errorMessage: string };
      if ("errorMessage" in answer) throw new Error(`${answer.errorMessage}: see the log of rebuild-metrics.`);
      return answer;
    },
  };
};

/** Again and again, each time from where the one before has stopped. */
const rebuild = async ({ ask }: Target, order: { year?: number; check: boolean }): Promise<Rebuilt> => {
  let sum = await ask(order);
  while (sum.next) {
    const more = await ask({ ...order, cursor: sum.next });
    const counts = Object.fromEntries(counted.map((name) => [name, sum[name] + more[name]])) as Counts;
    sum = {
      ...counts,
      ...(sum.before && { before: sum.before }),
      ...(more.after && { after: more.after }),
      ...(more.next && { next: more.next }),
    };
  }
  return sum;
};

const shown = (value: number | null): string => value?.toFixed(2) ?? "–";

const linesOf = ({ year, entries, digest, programs }: Sums): readonly string[] => [
  `  ${year}: ${entries} decided, digest ${digest}`,
  ...programs.flatMap(({ program, shares, timeToDecision }) => [
    `    ${program}`,
    ...Object.entries(shares).map(
      ([name, { numerator, denominator, percent }]) =>
        `      ${name.padEnd(28)} ${shown(percent).padStart(7)} %  ${numerator} of ${denominator}`,
    ),
    ...Object.entries(timeToDecision).map(
      ([name, { unit, count, mean, median }]) =>
        `      ${`${name}, mean · median`.padEnd(28)} ${shown(mean)} · ${shown(median)} ${unit}, of ${count}`,
    ),
  ]),
];

const yearIn = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  if (!/^(20\d\d|2100)$/.test(text)) throw new WrongUse(`"${text}" is no year from 2000 to 2100.\nUsage: ${usage}`);
  return Number(text);
};

await runCommand(async () => {
  const options = {
    year: { type: "string" },
    check: { type: "boolean", default: false },
    stage: { type: "string" },
    profile: { type: "string" },
  } as const;
  const { values, positionals } = readArguments(process.argv.slice(2), options, usage);
  if (positionals.length > 0) throw new WrongUse(`What is "${positionals[0]}"?\nUsage: ${usage}`);
  if (values.profile !== undefined) process.env.AWS_PROFILE = values.profile;
  const year = yearIn(values.year);

  const target = values.stage === undefined ? await pocketCloud() : await deployed(values.stage);
  const say = (line: string) => process.stdout.write(`${line}\n`);
  say(`${values.check ? "Checking" : "Rebuilding"} the metrics of ${year ?? "all years"} in ${target.called}`);
  const {
    requests,
    decided,
    missing,
    different,
    unknown,
    before = [],
    after = [],
  } = await rebuild(target, {
    ...(year === undefined ? {} : { year }),
    check: values.check,
  });

  say(
    `${requests} requests, ${decided} decided asks: ${missing} missing, ${different} different, ${unknown} unknown in the ledger`,
  );
  say("As the ledger has it:");
  for (const line of after.flatMap(linesOf)) say(line);
  const digestsOf = (all: readonly Sums[]) => all.map(({ year: of, digest }) => `${of} ${digest}`).join("\n");
  const same = digestsOf(before) === digestsOf(after);
  if (!values.check) say(same ? "The sums are what they were, to the last digit." : "The sums have changed. Before:");
  if (!same) for (const line of before.flatMap(linesOf)) say(line);
  if (values.check && missing + different + unknown > 0) {
    say("Something differs: the same command without --check puts it right.");
    process.exitCode = 1;
  }
});
