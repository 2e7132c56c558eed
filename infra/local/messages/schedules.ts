import { randomUUID } from "node:crypto";
import { join } from "node:path";
import * as z from "zod";
import { nameOf, serviceOf } from "./arn.ts";
import type { Invoke } from "./event-source-mapping.ts";
import { openJournal } from "./journal.ts";
import { readProperties, withoutEffect } from "./properties.ts";
import type { Queue } from "./queue.ts";
import type { Queues } from "./queues.ts";

export type Schedules = {
  /** Fires every schedule once, now, and waits for the functions to end; tells which failed. */
  fireAll(): Promise<{ schedule: string; failed: boolean }[]>;
  /** When each schedule last fired, in real time. */
  lastFirings(): { schedule: string; firedAt: Date | undefined }[];
  busy(): boolean;
  close(): Promise<void>;
};

const properties = z.strictObject({
  Name: z.string(),
  Description: withoutEffect,
  GroupName: z.string().optional(),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().optional(),
  FlexibleTimeWindow: withoutEffect,
  State: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
  Target: z.strictObject({
    Arn: z.string(),
    RoleArn: z.string().optional(),
    Input: z.string().optional(),
    // A firing that failed is not repeated here: the next one is never far.
    RetryPolicy: withoutEffect,
    DeadLetterConfig: z.strictObject({ Arn: z.string() }).optional(),
  }),
  KmsKeyArn: withoutEffect,
});

export type SchedulesOptions = {
  /** The last firings lie in `<directory>/messages/schedules.jsonl`. */
  directory: string;
  account: string;
  region: string;
  now: () => Date;
  invoke: Invoke;
  /** Resolved properties of every `AWS::Scheduler::Schedule`. */
  schedules: unknown[];
  /** Whether the schedule's role allows the action. A firing that it does not allow goes to the dead letters. */
  may?: (roleArn: string, action: string, resource: string) => boolean;
  /** Where dead letters go. */
  queues?: Pick<Queues, "get">;
  report?: (problem: string) => void;
};

type Schedule = {
  name: string;
  functionName: string;
  functionArn: string;
  roleArn: string;
  deadLetters: Queue | undefined;
  input: string | undefined;
  every: number;
};

const longestTimer = 2 ** 31 - 1;

/**
 * Fires the template's schedules while this process runs, in real time: a rate begins when it is first seen, and a firing
 * that fell into a time when nothing ran is made good once, at the next start.
 */
export const startSchedules = ({
  directory,
  account,
  region,
  now,
  invoke,
  schedules,
  may = () => true,
  queues,
  report = () => {},
}: SchedulesOptions): Schedules => {
  const running = new Set<Promise<unknown>>();
  const timers = new Map<string, NodeJS.Timeout>();
  const firedAt = new Map<string, number>();
  const startedAt = Date.now();
  let closed = false;

  const enabled = schedules
    .map((resolved) => readProperties("schedule", properties, resolved))
    .filter(({ State }) => State === "ENABLED")
    .map(({ Name: name, ScheduleExpression, Target }): Schedule => {
      if (serviceOf(Target.Arn) !== "lambda")
        throw new Error(`The schedule ${name} targets ${Target.Arn}: only functions can be targets here`);
      return {
        name,
        functionName: nameOf(Target.Arn),
        functionArn: Target.Arn,
        roleArn: Target.RoleArn ?? "",
        deadLetters: Target.DeadLetterConfig && queues?.get(Target.DeadLetterConfig.Arn),
        input: Target.Input,
        every: periodOf(name, ScheduleExpression),
      };
    });

  const journal = openJournal<{ fired: string; at: number }>(
    join(directory, "messages", "schedules.jsonl"),
    (entry) => firedAt.set(entry.fired, entry.at),
    () => [...firedAt].map(([fired, at]) => ({ fired, at })),
  );

  const fire = (schedule: Schedule): Promise<{ schedule: string; failed: boolean }> => {
    journal.append({ fired: schedule.name, at: Date.now() });
    planNext(schedule);
    const run = start(schedule).then(
      () => ({ schedule: schedule.name, failed: false }),
      (error: unknown) => {
        if (!closed) report(`${schedule.functionName}, fired by its schedule, failed: ${(error as Error)?.name}`);
        return { schedule: schedule.name, failed: true };
      },
    );
    running.add(run);
    void run.then(() => running.delete(run));
    return run;
  };

  const start = async (schedule: Schedule): Promise<void> => {
    const { name, functionName, functionArn, roleArn, deadLetters } = schedule;
    if (may(roleArn, "lambda:InvokeFunction", functionArn)) {
      await invoke(functionName, inputOf(schedule));
      return;
    }
    if (deadLetters && may(roleArn, "sqs:SendMessage", deadLetters.arn))
      deadLetters.send({ body: JSON.stringify(inputOf(schedule)) });
    throw Object.assign(new Error(`${name} may not invoke ${functionName}`), { name: "AccessDenied" });
  };

  const planNext = (schedule: Schedule) => {
    clearTimeout(timers.get(schedule.name));
    if (closed) return;
    const wait = Math.max((firedAt.get(schedule.name) ?? startedAt) + schedule.every - Date.now(), 0);
    // Node's timers end at 24.8 days; a longer rate is planned again when that has passed.
    timers.set(
      schedule.name,
      setTimeout(() => (wait > longestTimer ? planNext(schedule) : void fire(schedule)), Math.min(wait, longestTimer)),
    );
  };

  const inputOf = ({ name, input }: Schedule): unknown => {
    const scheduleArn = `arn:aws:scheduler:${region}:${account}:schedule/default/${name}`;
    const time = now()
      .toISOString()
      .replace(/\.\d+Z$/, "Z");
    if (input === undefined) {
      const fields = { version: "0", id: randomUUID(), "detail-type": "Scheduled Event", source: "aws.scheduler" };
      return { ...fields, account, time, region, resources: [scheduleArn], detail: "{}" };
    }
    return JSON.parse(
      input
        .replaceAll("<aws.scheduler.scheduled-time>", time)
        .replaceAll("<aws.scheduler.schedule-arn>", scheduleArn)
        .replaceAll("<aws.scheduler.execution-id>", randomUUID())
        .replaceAll("<aws.scheduler.attempt-number>", "1"),
    ) as unknown;
  };

  for (const schedule of enabled) planNext(schedule);

  return {
    fireAll: () => Promise.all(enabled.map(fire)),
    lastFirings: () =>
      enabled.map(({ name }) => {
        const at = firedAt.get(name);
        return { schedule: name, firedAt: at === undefined ? undefined : new Date(at) };
      }),
    busy: () => running.size > 0,
    close: async () => {
      closed = true;
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(running);
      journal.close();
    },
  };
};

const units: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Milliseconds between two firings. */
const periodOf = (name: string, expression: string): number => {
  const [, value, unit = ""] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const period = Number(value) * (units[unit] ?? Number.NaN);
  if (!(period > 0)) throw new Error(`The schedule ${name} fires at ${expression}: only rates run here`);
  return period;
};
