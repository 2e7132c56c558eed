import { randomInt } from "node:crypto";
import { expect, test } from "vitest";
import { operationOf } from "../../shared/api/operations.ts";
import { isIntact } from "../../shared/domain/events.ts";
import { openStatuses } from "../../shared/domain/vocabulary.ts";
import { chance, rounds } from "../faults/chance.ts";
import { pdf } from "../files.ts";
import { callersOf, type Person, withoutClinicians } from "../model/people.ts";
import { type Known, type Step, stepsOf } from "../model/steps.ts";
import { type Answer, type Caller, caller, cloud, type Json } from "./client.ts";
import { taken } from "./imaging-desk.ts";
import { described, upload } from "./upload.ts";
import { vendorAt } from "./vendor-messages.ts";

const cast = callersOf(withoutClinicians);
const people = [...cast.providers, cast.clerk, cast.claims, ...cast.reviewers];
const callers = new Map<Person, Caller>();
for (const person of people) callers.set(person, await caller(person.token));
const as = (person: Person): Caller => callers.get(person) as Caller;
const hear = vendorAt(cloud, await caller(undefined));
const eyes = await caller({ role: "nurse", subject: "looks-on" });

const steps = 12;

/** What a line was granted, by request and line, as it was first seen. */
type Grants = Map<string, string>;

async function played(step: Step, letter: string): Promise<Answer | undefined> {
  switch (step.kind) {
    case "call": {
      const { method, path } = operationOf(step.operation);
      const headers = {
        ...(step.ifMatch === undefined ? {} : { "if-match": `"${step.ifMatch}"` }),
        ...(step.key === undefined ? {} : { "idempotency-key": step.key }),
      };
      const url = path.replace(/\{(\w+)\}/g, (_, name: string) => step.path[name] ?? "");
      return as(step.who).call(method, url, step.body, headers);
    }
    case "vendor":
      return hear(step.event);
    case "document": {
      const file = pdf(`${letter}${step.letter}`);
      const registered = await as(step.who).post(`/v1/requests/${step.requestId}/documents`, described(file));
      if (registered.body.upload) await upload(registered.body.upload, step.good ? file.bytes : file.bytes.subarray(1));
      return registered;
    }
    default:
      throw new Error(`nobody plays ${step.kind} from outside`);
  }
}

/** Nothing adverse, and nothing that was granted is taken back, whatever was called. */
function holds(request: Json, grants: Grants): void {
  const isOpen = openStatuses.includes(request.status);
  expect(request.dueAt !== null, request.status).toBe(isOpen);
  expect(request.reductions).toEqual([]);
  expect(["denied", "partially-approved"]).not.toContain(request.status);
  for (const { lineNumber, decision } of request.lines) {
    const name = `${request.id}/${lineNumber}`;
    const granted = decision && JSON.stringify(decision);
    expect(granted, name).toBe(grants.get(name) ?? granted);
    if (!decision) continue;
    expect(decision.outcome, name).toBe("approved");
    expect(request.status, name).not.toBe("closed");
    grants.set(name, granted);
  }
  if (request.status === "approved") expect(request.authorization).not.toBeNull();
}

/** @returns the problem of each step, or its name where it was done */
async function sequence(seed: number): Promise<readonly string[]> {
  const luck = chance(seed);
  // A member of their own, for whose imaging the vendor's stand-in does nothing by itself.
  const member = `${String(randomInt(10 ** 10)).padStart(10, "0")}7`;
  const now = () => new Date().toISOString();
  const generator = stepsOf({ luck, cast, member: () => member, now, name: `sequence-${seed}-${member}`, alone: false });
  const ids: string[] = [];
  const grants: Grants = new Map();
  const outcomes: string[] = [];
  const read = async (id: string): Promise<Json> => taken(await eyes.get(`/v1/requests/${id}`), 200);
  const statuses = new Map<string, string>();

  for (let number = 0; number < steps; number += 1) {
    const known = ids.map((id): Known => ({ status: statuses.get(id) ?? "", read: () => read(id) }));
    const step = number < 2 ? generator.submit() : await generator.next(known);
    const answer = await played(step, String(seed));
    if (!answer) continue;
    expect(answer.status, `seed ${seed}: ${JSON.stringify(step)} ${answer.text}`).toBeLessThan(500);
    const about =
      answer.body.requestId ?? (step.kind === "call" && step.operation === "submitRequest" ? answer.body.id : undefined);
    if (about !== undefined && answer.status < 300 && !ids.includes(about)) ids.push(about);
    const name = step.kind === "call" ? step.operation : step.kind === "vendor" ? `vendor ${step.event.type}` : step.kind;
    outcomes.push(answer.status < 300 ? name : (answer.body.type?.replace("/problems/", "refused ") ?? `refused ${answer.status}`));
    const changed = (step.kind === "call" || step.kind === "document") && "path" in step ? step.path.requestId : about;
    // What was refused is looked at with the next change, and at the end.
    if (answer.status < 300 && changed !== undefined && ids.includes(changed)) {
      const request = await read(changed);
      statuses.set(changed, request.status);
      holds(request, grants);
    }
  }
  for (const id of ids) {
    const request = await read(id);
    holds(request, grants);
    outcomes.push(`ended ${request.status}`);
    if (id === ids[0]) expect(isIntact(taken(await eyes.get(`/v1/requests/${id}/events`), 200).events)).toBe(true);
  }
  return outcomes;
}

/** From which on ten hold a bit of everything. */
const firstSeed = 701;

test("no sequence of calls by automation, the vendor or nurses denies a line, approves it for less, or takes back what was granted", async () => {
  const many = rounds(200, 10);
  const counts = new Map<string, number>();
  for (let first = 0; first < many; first += 5) {
    const seeds = Array.from({ length: 5 }, (_, index) => firstSeed + first + index);
    for (const outcome of (await Promise.all(seeds.map(sequence))).flat()) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  if (process.env.PROVE === "full") console.log(`${many} sequences over HTTP`, Object.fromEntries([...counts].sort()));
  // It has not been quiet.
  const often = ["submitRequest", "determineRequest", "vendor decided", "refused clinician-required", "ended approved"];
  expect(often.filter((what) => (counts.get(what) ?? 0) < 2)).toEqual([]);
}, 600_000);
