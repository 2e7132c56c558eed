import { randomInt, randomUUID } from "node:crypto";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, test } from "vitest";
import { isNpi } from "../../shared/domain/identifiers.ts";
import { tableName, tableOf } from "../table-of.ts";
import { aSubmission, byMail, mri, theLeast, therapy } from "./bodies.ts";
import { caller, cloud } from "./client.ts";
import { attachNote } from "./clinical-note.ts";
import { event, vendorAt } from "./vendor-messages.ts";

const provider = await caller({ role: "provider" });
const clerk = await caller({ role: "clerk" });
const nurse = await caller({ role: "nurse" });
const physician = await caller({ role: "director" });
const hear = vendorAt(cloud, await caller(undefined));
const dynamo = tableOf(cloud);

/** The plan's invented members. */
const inProgram = "20260000011";
const noLonger = "20260000021";
const notYet = "20260000031";

/** A provider in the directory that no other test knows, with these periods of participation. */
async function participating(...periods: { from: string; to?: string }[]): Promise<string> {
  let npi = "";
  while (!isNpi(npi)) npi = `1${String(randomInt(1_000_000_000)).padStart(9, "0")}`;
  const M = ({ from, to }: { from: string; to?: string }) => ({
    from: { S: from },
    ...(to === undefined ? {} : { to: { S: to } }),
  });
  const participation = { L: periods.map((period) => ({ M: M(period) })) };
  await dynamo.send(
    new PutItemCommand({ TableName: tableName, Item: { pk: { S: `PROVIDER#${npi}` }, sk: { S: "PROVIDER" }, participation } }),
  );
  return npi;
}

/** A code that needs no authorization in the network. */
const visit = (serviceDate?: string) => mri({ code: "99213", description: "Visit at the office", serviceDate });
const rules = (body: { lines: { rule: string }[] }) => body.lines.map(({ rule }) => rule);

describe("participation on the day of service", () => {
  test("decides line by line", async () => {
    const npi = await participating({ from: "2024-01-01", to: "2026-12-31" }, { from: "2027-07-01" });
    const lines = [visit("2026-12-31"), visit("2027-01-01"), visit("2027-07-01")];
    const { body } = await provider.submit(aSubmission({ servicingProvider: { npi, name: "Left and Came Back" }, lines }));
    expect(rules(body)).toEqual(["no-authorization", "out-of-network", "no-authorization"]);
    expect(body.missing).toContain("out-of-network-reason");
  });

  test("is the facility's too, and that of a line's own provider", async () => {
    const npi = await participating({ from: "2027-01-01" });
    const facility = await provider.submit(
      aSubmission({ servicingFacility: { npi, name: "Opens Next Year" }, lines: [visit("2026-12-31"), visit("2027-01-01")] }),
    );
    expect(rules(facility.body)).toEqual(["out-of-network", "no-authorization"]);
    const own = (serviceDate: string) => ({ ...visit(serviceDate), servicingProvider: { npi, name: "Joins Next Year" } });
    const lines = await provider.submit(aSubmission({ lines: [own("2026-12-31"), own("2027-01-01"), visit("2026-12-31")] }));
    expect(rules(lines.body)).toEqual(["out-of-network", "no-authorization", "no-authorization"]);
  });

  test("is asked for on the day of admission, or of receipt, while no other is known", async () => {
    const npi = await participating({ from: "2024-06-01", to: "2025-06-30" });
    const servicingProvider = { npi, name: "Was Here Once" };
    const judged = async (more: object) =>
      rules((await clerk.submit(byMail({ servicingProvider, lines: [visit()], receivedAt: "2025-01-15", ...more }))).body);
    expect(await judged({})).toEqual(["no-authorization"]);
    expect(await judged({ admission: { date: "2025-07-01" } })).toEqual(["out-of-network"]);
    expect(await judged({ receivedAt: "2025-07-01T03:59:59Z" })).toEqual(["no-authorization"]);
    expect(await judged({ receivedAt: "2025-07-01T04:00:00Z" })).toEqual(["out-of-network"]);
  });

  test("is judged again when the day becomes known", async () => {
    const npi = await participating({ from: "2024-01-01", to: "2026-12-31" });
    const submitted = await provider.submit(
      aSubmission({ servicingProvider: { npi, name: "Leaves Soon" }, lines: [therapy({ serviceDate: "2026-12-20" })] }),
    );
    expect(rules(submitted.body)).toEqual(["category"]);
    const path = `/v1/requests/${submitted.body.id}/information`;
    const { body } = await provider.post(path, { lines: [{ lineNumber: 1, serviceDate: "2027-01-01" }] });
    expect(rules(body)).toEqual(["out-of-network"]);
  });

  test("is none of an NPI that the directory does not know", async () => {
    const { body } = await provider.submit(
      aSubmission({ servicingProvider: { npi: "1993999998", name: "Nobody Knows" }, lines: [visit("2026-12-20")] }),
    );
    expect(rules(body)).toEqual(["out-of-network"]);
  });
});

describe("the plan's eligibility data", () => {
  const of = (id: string) => ({ id, givenName: "Ines", familyName: "Vale", birthDate: "1990-02-03", programs: [] });

  test.each([
    ["eligible", inProgram, "2026-12-20", true],
    ["no longer eligible", noLonger, "2026-12-20", false],
    ["eligible at that time", noLonger, "2024-12-31", true],
    ["not yet eligible", notYet, "2026-12-20", false],
    ["not known to it, and so taken for eligible", "10487654321", "2026-12-20", true],
  ])("says of a member: %s", async (_what, id, serviceDate, eligible) => {
    const { body } = await provider.submit(aSubmission({ member: of(id), lines: [mri({ serviceDate })] }));
    for (const reviewer of [nurse, physician])
      expect((await reviewer.get(`/v1/requests/${body.id}`)).body.eligibility).toEqual({ eligible, checkedFor: [serviceDate] });
  });

  test("is for reviewers alone: whoever submits learns nothing about a member by it", async () => {
    const { body } = await provider.submit(
      theLeast({ member: of(noLonger), lines: [{ code: "97110", serviceDate: "2026-12-19" }] }),
    );
    const path = `/v1/requests/${body.id}`;
    const answers = [
      body,
      (await provider.get(path)).body,
      (await provider.post(`${path}/information`, { lines: [{ lineNumber: 1, serviceDate: "2026-12-20" }] })).body,
      (await provider.post(`${path}/withdrawal`, { reason: "Entered twice." })).body,
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({ id: body.id });
      expect(answer).not.toHaveProperty("eligibility");
    }
    expect((await nurse.get(path)).body.eligibility).toEqual({ eligible: false, checkedFor: ["2026-12-20"] });
  });

  test("closes and refuses nothing: a person decides", async () => {
    const known = await provider.submit(aSubmission({ member: of(noLonger), lines: [therapy()] }));
    const unknown = await provider.submit(aSubmission({ lines: [therapy()] }));
    expect(known.status).toBe(201);
    for (const key of ["status", "missing", "referral", "authorization"]) expect(known.body[key]).toEqual(unknown.body[key]);
    expect(known.body.lines).toEqual(unknown.body.lines);
    await attachNote(provider, known.body.id);
    expect((await nurse.get(`/v1/requests/${known.body.id}`)).body).toMatchObject({
      status: "in-review",
      eligibility: { eligible: false },
    });
  });

  test("adds its programs to the body's, and leaves what was submitted as it was", async () => {
    const waiver = mri({ code: "H2016", description: "Supportive living" });
    const [member, other] = await Promise.all([
      provider.submit(aSubmission({ member: of(inProgram), lines: [waiver, { ...waiver, serviceDate: "2023-12-31" }] })),
      provider.submit(aSubmission({ lines: [waiver] })),
    ]);
    expect(member.body.lines.map(({ category }: { category: string }) => category)).toEqual(["ces-waiver", null]);
    expect(other.body.lines).toMatchObject([{ category: null }]);
    expect(member.body.member.programs).toEqual([]);
  });

  test("leaves a replay what it was", async () => {
    const body = aSubmission({ member: of(inProgram), lines: [mri({ serviceDate: "2026-12-29" })] });
    const key = randomUUID();
    const first = await provider.submit(body, key);
    const again = await provider.submit(body, key);
    expect(again.status).toBe(201);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(again.body).toEqual(first.body);
  });

  test("is asked again when the days change", async () => {
    const { body } = await provider.submit(
      theLeast({ member: of(noLonger), lines: [{ code: "97110", serviceDate: "2024-05-01" }] }),
    );
    const eligibility = async () => (await nurse.get(`/v1/requests/${body.id}`)).body.eligibility;
    expect(await eligibility()).toEqual({ eligible: true, checkedFor: ["2024-05-01"] });
    const lines = [{ lineNumber: 1, serviceDate: "2026-12-20" }];
    expect((await provider.post(`/v1/requests/${body.id}/information`, { lines })).status).toBe(200);
    expect(await eligibility()).toEqual({ eligible: false, checkedFor: ["2026-12-20"] });
  });

  test("is asked about a case that the vendor opened", async () => {
    const { channel: _, ...submission } = aSubmission({ member: of(noLonger), lines: [mri(), mri({ serviceDate: "2024-05-01" })] });
    const { body, status } = await hear(event("opened", 1, { caseId: `NIA-${randomUUID()}`, submission }));
    expect(status).toBe(202);
    expect((await nurse.get(`/v1/requests/${body.requestId}`)).body).toMatchObject({
      channel: "vendor",
      eligibility: { eligible: false, checkedFor: ["2024-05-01", "2026-12-20"] },
    });
  });
});
