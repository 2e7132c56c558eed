import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { aSubmission, npis, therapyLine } from "../builders.ts";
import { controlOf, type Json } from "../caller.ts";
import { pdf } from "../files.ts";
import { callerAt, type OwnCloud, ownCloud } from "../own-cloud.ts";
import { type Desk, deskOf, memberEndingIn, taken } from "./imaging-desk.ts";
import { rememberedIn } from "./private-words.ts";

vi.setConfig({ testTimeout: 240_000 });

/**
 * To the end of each clock, with every firing, and twice, when the large counts are proved; without that half the way, and only where
 * something is due: every hour is four steps of everything.
 */
const full = process.env.PROVE === "full";
const toTheEnd = test.runIf(full);

/** Stories in one pocket cloud: its clock only goes forward, so each begins where the one before has ended. */
let cloud: OwnCloud;
let desk: Desk;
let began: number;

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const provider = "desk@dayton.example.org";
const plan = "desk@plan.example.org";

type Received = { to: string; about: string; text: string; subject: string };

/** Every mail about a request, in the order in which they came. */
async function mailsAbout(id: string): Promise<Received[]> {
  const { emails } = (await (await fetch(`http://127.0.0.1:${cloud.port + 3}/store`)).json()) as { emails: Json[] };
  return emails
    .filter(({ subject }) => subject.includes(id))
    .map(({ subject, destination, body }) => ({
      subject,
      about: subject.replace(/^.*: /, ""),
      to: destination.to[0],
      text: body.text,
    }));
}
const subjects = async (id: string) => (await mailsAbout(id)).map(({ about, to }) => `${about} → ${to}`);

/** Goes on to that long after the story's beginning. */
const clockTo = async (sinceBeginning: number, firings = 1): Promise<void> => {
  const { now } = await controlOf(cloud, "clock", { milliseconds: 0 });
  const milliseconds = began + sinceBeginning - Date.parse(now);
  await controlOf(cloud, "clock", { milliseconds, firings });
};
const now = async () => Date.parse((await controlOf(cloud, "clock", { milliseconds: 0 })).now);
const dayFromNow = async (days: number) => new Date((await now()) + days * day).toISOString().slice(0, 10);

/** To be decided in 72 hours, by no other rule of law than that. */
const urgent = async (digit: string, line: "mri" | "therapy", firstDay = 60, lastDay = 75): Promise<Json> => {
  const [mri] = aSubmission().lines;
  const dates = { serviceDate: await dayFromNow(firstDay), endDate: await dayFromNow(lastDay) };
  const request = taken(
    await desk.provider.submit(
      aSubmission({
        lineOfBusiness: "medicare-advantage",
        priority: "expedited",
        expedite: { reason: "Cauda equina suspected.", requestedBy: "physician" },
        member: memberEndingIn(digit),
        requestingProvider: { npi: npis.dayton, name: "Dayton Orthopaedics", email: provider },
        lines: [line === "mri" && mri ? { ...mri, ...dates } : therapyLine(dates)],
      }),
    ),
    201,
  );
  began = Date.parse(request.receivedAt);
  return request;
};

beforeAll(async () => {
  cloud = await ownCloud();
  desk = deskOf(await callerAt(cloud, { role: "provider" }));
});
afterAll(() => cloud?.close());

const mail = { missing: `still incomplete → ${provider}`, due: `decision due soon → ${plan}`, overdue: `overdue → ${plan}` };

describe("while the scheduler runs", () => {
  let open: Json;
  let silent: Json;
  let released: number;

  /** Goes there, and says that the mail came then and not a minute before. */
  const at = async (time: number, id: string, expected: readonly string[]) => {
    if (!full) await clockTo(time - 2 * minute, 0);
    await clockTo(time - minute);
    expect(await subjects(id), `a minute before ${time / hour} h`).toEqual(expected.slice(0, -1));
    await clockTo(time);
    expect(await subjects(id), `at ${time / hour} h`).toEqual(expected);
  };

  test("a vendor that never answers is told of after an hour", async () => {
    open = await urgent("1", "therapy");
    expect(Date.parse(open.dueAt) - began).toBe(72 * hour);
    const start = began;
    silent = await urgent("7", "mri");
    began = start;
    await desk.attach(silent.id, pdf());
    silent = await desk.until(silent.id, (request) => request.referral.status === "sent");
    released = Date.parse((await desk.events(silent.id)).find(({ type }) => type === "referral.released")?.at) - began;
    await at(released + hour, silent.id, [`vendor silent → ${plan}`]);
  });

  test("a request that nobody completes is reminded of at each of its times, once, never early", async () => {
    await at(24 * hour, open.id, [mail.missing]);
    const [first] = await mailsAbout(open.id);
    expect(first?.text).toContain(`Reference: ${open.id}`);
    expect(first?.text).toContain("clinical documents");
    expect(first?.text).toContain(`Decision due: ${open.dueAt}`);
    expect(first?.text).toContain(`${cloud.api}/v1/requests/${open.id}`);
    await at(36 * hour, open.id, [mail.missing, mail.due]);
  });

  test("the vendor loses its case at half of its time: a nurse has it, with the same receipt and due time", async () => {
    const half = (released + Date.parse(silent.dueAt) - began) / 2;
    await clockTo(half + minute / 2);
    await clockTo(half + 5 * minute);
    const recalled = (await desk.events(silent.id)).find(({ type }) => type === "referral.recalled");
    expect(Date.parse(recalled.at) - began).toBeGreaterThanOrEqual(half);
    expect(Date.parse(recalled.at) - began).toBeLessThan(half + minute);
    const { receivedAt, dueAt } = silent;
    expect(await desk.read(silent.id)).toMatchObject({
      status: "in-review",
      receivedAt,
      dueAt,
      referral: { status: "returned" },
      lines: [{ route: "plan" }],
    });
    const nurse = await callerAt(cloud, { role: "nurse" });
    const { items } = taken(await nurse.get("/v1/worklist?queue=nurse&limit=100"), 200);
    expect(items.find(({ id }: Json) => id === silent.id)).toMatchObject({ dueAt });
  });

  toTheEnd("nothing is told twice to the end of the clock and beyond", async () => {
    await at(48 * hour, open.id, [mail.missing, mail.due, mail.missing]);
    await at(72 * hour, open.id, [mail.missing, mail.due, mail.missing, mail.due, mail.due, mail.overdue]);
    await clockTo(75 * hour);
    expect(await subjects(open.id)).toHaveLength(6);
    expect(await desk.read(open.id)).toMatchObject({ overdue: true });
    expect((await subjects(silent.id)).sort()).toEqual(
      [`vendor silent → ${plan}`, `recalled from the vendor → ${plan}`, mail.due, mail.due, mail.due, mail.overdue].sort(),
    );
    const events = (await desk.events(silent.id)).map(({ type }) => type);
    expect(events.filter((type) => type === "referral.recalled")).toHaveLength(1);
  });
});

describe("with every schedule firing twice at once", () => {
  let id: string;

  test("each is told once and, after a day without a scheduler, without a flood", async () => {
    ({ id } = await urgent("1", "therapy"));
    await clockTo(24 * hour - minute, full ? 2 : 0);
    await clockTo(24 * hour, 2);
    expect(await subjects(id)).toEqual([mail.missing]);
    // 36 and 48 hours pass, and nobody is there.
    await clockTo(48 * hour, 0);
    expect(await subjects(id)).toHaveLength(1);
    await clockTo(48 * hour + 15 * minute, 2);
    expect((await subjects(id)).sort()).toEqual([mail.due, mail.missing, mail.missing]);
  });

  toTheEnd("each is told once to the end of the clock and beyond", async () => {
    await clockTo(73 * hour, 2);
    expect((await subjects(id)).slice(3)).toEqual([mail.due, mail.due, mail.overdue]);
  });
});

describe("an authorization", () => {
  let id: string;
  let to: string;

  test("is told of with its decision, and when four fifths of its units are used", async () => {
    ({ id } = await urgent("1", "therapy", -1, 15));
    await desk.attach(id, pdf());
    const { version } = await desk.until(id, ({ status }) => status === "in-review");
    const nurse = await callerAt(cloud, { role: "nurse" });
    const grounds = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" };
    const line = { lineNumber: 1, outcome: "approved", grounds };
    const decided = taken(
      await nurse.post(`/v1/requests/${id}/determination`, { lines: [line] }, { "if-match": `"${version}"` }),
      200,
    );
    const { from } = decided.authorization;
    to = decided.authorization.to;
    expect(decided).toMatchObject({ status: "approved", authorization: { from: await dayFromNow(-1), to: await dayFromNow(15) } });
    await controlOf(cloud, "idle");
    expect(await subjects(id)).toEqual([`decided → ${provider}`]);

    const claims = await callerAt(cloud, { role: "claims" });
    const use = async (claimLineId: string, units: number) =>
      taken(
        await claims.post(`/v1/authorizations/${decided.authorization.number}/usages`, { claimLineId, units, serviceDate: from }),
        200,
      );
    await use("CLM-1-1", 6);
    await controlOf(cloud, "idle");
    expect(await subjects(id)).toHaveLength(1);
    await use("CLM-1-2", 1);
    await use("CLM-1-3", 1);
    await controlOf(cloud, "idle");
    expect(await subjects(id)).toEqual([`decided → ${provider}`, `units nearly used → ${provider}`]);
  });

  toTheEnd("is told of 14 days before it ends", async () => {
    const moment = Date.parse(`${to}T12:00:00.000Z`) - 14 * day - began;
    await clockTo(moment - minute);
    expect(await subjects(id)).toHaveLength(2);
    await clockTo(moment);
    expect((await subjects(id)).slice(2)).toEqual([`authorization ending → ${provider}`]);
    await clockTo(moment + hour);
    expect(await subjects(id)).toHaveLength(3);
  });
});

test("no mail tells of anybody", async () => {
  const { emails } = (await (await fetch(`http://127.0.0.1:${cloud.port + 3}/store`)).json()) as { emails: Json[] };
  const words = rememberedIn(cloud.directory).filter((word) => word !== provider);
  expect(emails.length).toBeGreaterThan(full ? 15 : 8);
  expect(words.length).toBeGreaterThan(5);
  for (const { subject, body } of emails)
    for (const word of words) expect(`${subject}\n${body.text}`.toLowerCase()).not.toContain(word.toLowerCase());
});
