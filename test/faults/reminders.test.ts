import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { worthAMail } from "../../infra/events-stack.ts";
import { dynamoMailLog } from "../../shared/aws/dynamo-mail-log.ts";
import { dynamoWatch } from "../../shared/aws/dynamo-watch.ts";
import type { RequestEvent } from "../../shared/domain/events.ts";
import type { RequestId } from "../../shared/domain/identifiers.ts";
import type { Request } from "../../shared/domain/request.ts";
import { reminderKinds } from "../../shared/domain/vocabulary.ts";
import type { Email } from "../../shared/ports.ts";
import { runTimers } from "../../shared/use-cases/run-timers.ts";
import { sendNotice } from "../../shared/use-cases/send-notice.ts";
import { aChange, at, complete, npis, policies, therapyLine } from "../builders.ts";
import { chance, rounds } from "./chance.ts";
import { type DeskTable, openDeskTable } from "./desk-table.ts";
import { personal, stories, told } from "./mail-stories.ts";

let table: DeskTable;
beforeAll(async () => {
  table = await openDeskTable();
});
afterAll(() => table?.close());

const luck = chance(90_210);
const minute = 60_000;
const hour = 60 * minute;
const later = (instant: string, milliseconds: number) => new Date(Date.parse(instant) + milliseconds).toISOString();

const run = (now: string) =>
  runTimers(
    { requests: table.requests, documents: table.documents, timers: table.timers, clock: { now: () => now }, policies },
    (_wake, error) => {
      throw error;
    },
  );

const requestingProvider = { npi: npis.dayton, name: "Dayton Orthopaedics", email: "desk@dayton.example.org" };

async function stored(receivedAt: string, ready: (request: Request) => Request = (request) => request): Promise<RequestId> {
  const id = luck.requestId();
  const { request, events } = aChange(
    { lines: [therapyLine({ serviceDate: "2029-01-01" })], requestingProvider },
    { id },
    at(receivedAt),
  );
  await table.requests.create({ request: { ...ready(request), version: 1 }, events }, "fingerprint");
  return id;
}

/** What time alone has recorded, and how long after the receipt. */
async function whatTimeDid(id: RequestId, receivedAt: string): Promise<readonly string[]> {
  const history = await table.requests.history(id);
  return history
    .filter(({ type }) => type === "reminder.due" || type === "clock.missed")
    .map(
      ({ type, reason, at: moment }) =>
        `${(Date.parse(moment) - Date.parse(receivedAt)) / hour} h ${type === "clock.missed" ? type : reason}`,
    );
}

const anIncompleteWeek = [
  "24 h information-missing",
  "48 h information-missing",
  "84 h decision-due",
  "126 h decision-due",
  "151.2 h decision-due",
  "168 h clock.missed",
];

/** In tenths of an hour, up to the end of the eighth day: forty a day; of these a sample, and those around each moment. */
const everyRun = Array.from({ length: 321 }, (_, index) => index * 6);
const around = [240, 480, 840, 1260, 1512, 1602, 1680].flatMap((moment) => [moment - 6, moment]);
const runsOfAWeek =
  process.env.PROVE === "full" ? everyRun : everyRun.filter((tenth) => tenth % 120 === 0 || around.includes(tenth));

async function weekOf(receivedAt: string, { out = [0, 0], twice = false } = {}): Promise<void> {
  const [from = 0, to = 0] = out;
  for (const tenth of runsOfAWeek) {
    const hours = tenth / 10;
    if (hours >= from && hours < to) continue;
    const now = later(receivedAt, hours * hour);
    await Promise.all(twice ? [run(now), run(now)] : [run(now)]);
  }
}

describe("a week in which nothing is done", () => {
  test("reminds at each moment once, never early", async () => {
    const receivedAt = "2027-06-07T12:00:00.000Z";
    const id = await stored(receivedAt);
    await weekOf(receivedAt);
    expect(await whatTimeDid(id, receivedAt)).toEqual(anIncompleteWeek);
  });

  test("reminds once though every timer runs twice at the same time", async () => {
    const receivedAt = "2027-07-05T12:00:00.000Z";
    const id = await stored(receivedAt);
    await weekOf(receivedAt, { twice: true });
    expect(await whatTimeDid(id, receivedAt)).toEqual(anIncompleteWeek);
  });

  test("is caught up after an outage of a day without a flood: what was overtaken is not told", async () => {
    const receivedAt = "2027-08-02T12:00:00.000Z";
    const id = await stored(receivedAt);
    // 75 and 90 % of the clock pass, nobody being there.
    await weekOf(receivedAt, { out: [125, 160] });
    expect(await whatTimeDid(id, receivedAt)).toEqual([
      ...anIncompleteWeek.slice(0, 3),
      "160.2 h decision-due",
      "168 h clock.missed",
    ]);
  });
});

test("a request that wakes often is counted as overdue and as silent all the same", async () => {
  const watch = dynamoWatch(table.dynamo, table.name);
  const standing = async (now: string) => {
    const { overdueRequests, silentReferrals } = await watch.standing(now);
    return { overdueRequests, silentReferrals };
  };
  const receivedAt = "2027-10-04T12:00:00.000Z";
  const earlierOnes = await standing(receivedAt);
  const plus = (overdue: number, silent: number) => ({
    overdueRequests: earlierOnes.overdueRequests + overdue,
    silentReferrals: earlierOnes.silentReferrals + silent,
  });
  const id = luck.requestId();
  const { request, events } = aChange({}, { id }, at(receivedAt));
  const ready = complete(request, receivedAt);
  await table.requests.create({ request: { ...ready, version: 1 }, events }, "fingerprint");
  expect(await standing(later(receivedAt, 4 * hour - 1))).toEqual(plus(0, 0));
  // Before the timers have run, and after they have.
  expect(await standing(later(receivedAt, 4 * hour))).toEqual(plus(0, 1));
  await run(later(receivedAt, 4 * hour));
  expect(await standing(later(receivedAt, 5 * hour))).toEqual(plus(0, 1));
  await run(later(receivedAt, 84 * hour));
  expect(await table.requests.find(id)).toMatchObject({ status: "in-review", referral: { status: "returned" } });
  expect(await standing(later(receivedAt, 85 * hour))).toEqual(plus(0, 0));
  expect(await standing(later(receivedAt, 168 * hour))).toEqual(plus(1, 0));
  await run(later(receivedAt, 168 * hour));
  expect(await standing(later(receivedAt, 1_000 * hour))).toEqual(plus(1, 0));
});

describe("a mail", () => {
  const now = "2028-03-01T12:00:00.000Z";
  const sent: Email[] = [];
  const deps = () => ({
    requests: table.requests,
    mail: {
      send: async (email: Email) => {
        await Promise.resolve();
        sent.push(email);
      },
    },
    mailLog: dynamoMailLog(table.dynamo, table.name),
    clock: { now: () => now },
    apiUrl: "https://api.example.org",
    desk: "desk@plan.example.org",
  });
  const reminder = async (): Promise<RequestEvent> => {
    const id = await stored(now);
    await run(later(now, 24 * hour));
    const event = (await table.requests.history(id)).find(({ type }) => type === "reminder.due");
    if (!event) throw new Error("nobody was reminded");
    return event;
  };
  const about = ({ requestId }: RequestEvent) => sent.filter(({ subject }) => subject.includes(requestId));

  test("goes out once however often and however fast its event is delivered", async () => {
    const event = await reminder();
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => sendNotice(deps(), event)));
    expect(outcomes.filter(({ status }) => status === "fulfilled").length).toBeGreaterThan(0);
    expect(await sendNotice(deps(), event)).toBe("mailed-before");
    expect(about(event)).toHaveLength(1);
    expect(about(event)[0]).toMatchObject({ to: "desk@dayton.example.org", text: expect.stringContaining("clinical documents") });
  });

  test("that was not taken is tried again at once", async () => {
    const event = await reminder();
    const refusing = { ...deps(), mail: { send: () => Promise.reject(new Error("throttled")) } };
    await expect(sendNotice(refusing, event)).rejects.toThrow("throttled");
    expect(await sendNotice(deps(), event)).toBe("mailed");
    expect(about(event)).toHaveLength(1);
  });

  test("whose sender has died on the way waits for the end of its time, and goes out then", async () => {
    const event = await reminder();
    const { mailLog } = deps();
    const dying = {
      ...deps(),
      mailLog: { ...mailLog, stopped: async () => {} },
      mail: { send: () => Promise.reject(new Error("dead")) },
    };
    await expect(sendNotice(dying, event)).rejects.toThrow("dead");
    await expect(sendNotice(deps(), event)).rejects.toThrow("under way");
    expect(about(event)).toHaveLength(0);
    expect(await sendNotice({ ...deps(), clock: { now: () => later(now, 61_000) } }, event)).toBe("mailed");
    expect(await sendNotice({ ...deps(), clock: { now: () => later(now, 200_000) } }, event)).toBe("mailed-before");
    expect(about(event)).toHaveLength(1);
  });

  test("of what does not matter any more is not sent", async () => {
    const event = await reminder();
    const request = await table.requests.find(event.requestId);
    if (!request) throw new Error("the request is gone");
    const done = { ...request, version: request.version + 1, missing: [], status: "in-review" } as const;
    await table.requests.save({ request: done, events: [] }, request.version);
    expect(await sendNotice(deps(), event)).toBe("nothing-to-tell");
    expect(about(event)).toEqual([]);
  });
});

const passes = [
  ["the scheduler out for a day, and each timer firing twice at once", "2032-03-01T12:00:00.000Z", { from: 20, to: 44 }],
  ["each timer firing twice at once", "2033-03-07T12:00:00.000Z", undefined],
] as const;

describe.each(passes.slice(0, rounds(passes.length, 1)))("with %s", (_, receivedAt, out) => {
  let all: Awaited<ReturnType<typeof told>>;
  beforeAll(async () => {
    all = await told(table, receivedAt, out);
  });

  test.each(Object.keys(stories))("when %s, each is told once, in its time, whom it concerns", (name) => {
    const { told: usual, toldLate } = stories[name] ?? { told: [] };
    expect(all.of(name)).toEqual(out ? (toldLate ?? usual) : usual);
  });

  test("there is a mail of every kind", () => {
    const kinds = new Set<string>(all.sent.map(({ type }) => type));
    const subjects = new Set(all.sent.map(({ mail }) => mail.subject.replace(/^.*: /, "")));
    const types = worthAMail.filter((type) => type !== "reminder.due");
    expect(reminderKinds.filter((kind) => !kinds.has(kind))).toEqual([]);
    // A missed clock has two: the law may have decided.
    expect(subjects.size).toBe(reminderKinds.length + types.length + 1);
  });

  test("none says anything personal", () => {
    const texts = all.sent.map(({ mail }) => `${mail.subject}\n${mail.text}`);
    expect(texts.filter((text) => personal.test(text))).toEqual([]);
  });
});
