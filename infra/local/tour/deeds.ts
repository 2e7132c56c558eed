import { randomUUID } from "node:crypto";
import { waitFor } from "../api-client.ts";
import { samplePdf, sha256Of } from "../sample-pdf.ts";
import { postFile, type UploadForm } from "../transfer.ts";
import { type Asked, services, submissionOf } from "./bodies.ts";
import { stands } from "./stands.ts";
import type { Caller, Claim, Scene, Seen, Step } from "./story.ts";

/** The steps that stories are made of: each is one thing that one person, machine or the clock does. */

const patience = 60;
const documentSize = 20_000;
const hour = 3_600_000;

type Moment = NonNullable<Step["at"]>;

/** So long after the plan has received it. */
export const hoursAfterReceipt =
  (hours: number): Moment =>
  (scene) =>
    Date.parse(scene.request().receivedAt) + hours * hour;

/** As soon as its due time is over. */
export const pastDue: Moment = (scene) => Date.parse(dueOf(scene.request())) + 1;

/** At half of the clock that was left when the vendor got it: the vendor loses it then. */
export const recalled: Moment = async (scene) => {
  const request = scene.request();
  const { body } = await scene.as("nurse").get<{ events: { type: string; at: string }[] }>(`/v1/requests/${request.id}/events`);
  const released = body.events.find(({ type }) => type === "referral.released");
  if (!released) throw new Error(`Expected ${request.id} to have been released to the vendor, but its history does not tell so.`);
  const from = Date.parse(released.at);
  return from + (Date.parse(dueOf(request)) - from) / 2;
};

export const at = (moment: Moment, step: Step): Step => ({ ...step, at: moment });

/** Complete with its clinical notes, and so for the plan to review or with the vendor. */
export const asksFor = (asked: Asked): readonly Step[] => [submits(asked), attaches];

export const submits = (asked: Asked): Step => ({
  who: "provider",
  does: `asks for ${counted(asked)}: ${asked.lineOfBusiness}, ${asked.state}, ${asked.priority}`,
  play: async (scene) => {
    const key = { "idempotency-key": randomUUID() };
    const body = submissionOf(asked, await scene.now());
    scene.isAbout((await scene.as("provider").create<Seen>("/v1/requests", body, key)).body);
    return undefined;
  },
});

const attaches: Step = {
  who: "provider",
  does: "uploads the clinical notes; they are checked and scanned",
  play: async (scene) => {
    const { id } = scene.request();
    const description = { fileName: "notes.pdf", contentType: "application/pdf", size: documentSize };
    const sha256 = sha256Of(samplePdf(documentSize));
    const { body: registered } = await scene
      .as("provider")
      .create<{ id: string; upload: UploadForm }>(`/v1/requests/${id}/documents`, { ...description, sha256 });
    const file = { ...description, pieces: samplePdf(documentSize) };
    const status = await postFile(registered.upload, file, () => {}, scene.signal);
    if (status !== 204) throw new Error(`Expected the bucket to take the upload with 204, but it answered ${status}.`);
    await until(scene, "to be complete", ({ missing }) => missing.length === 0);
    return undefined;
  },
};

/** A reviewer's or the provider's step on the request as it stands. */
export const does = (who: Caller, words: string, path: string, body: object): Step => ({
  who,
  does: words,
  play: async (scene) => {
    await onRequest(scene, who, path, body, 200);
    return undefined;
  },
});

/** The same, but it must be refused: with this status, and this problem where the desk itself says no. */
export const isRefused = (who: Caller, words: string, path: string, body: object, refusal: Refusal): Step => ({
  who,
  does: words,
  play: async (scene) => {
    const text = await onRequest(scene, who, path, body, refusal.status);
    const { type = "", title = "" } = JSON.parse(text) as { type?: string; title?: string };
    if (type !== `/problems/${refusal.problem}`)
      throw new Error(`Expected ${who} to be refused with ${refusal.problem}, but it was ${type || text}.`);
    return `refused, ${refusal.status}: ${title}`;
  },
});

type Refusal = { readonly status: number; readonly problem: string };

/** What others do in their own time, or the clock does by itself. */
export const comesToPass = (who: "vendor" | "clock", words: string, that: Claim): Step => ({
  who,
  does: words,
  play: async (scene) => {
    await until(scene, that.that, that.holds);
    return undefined;
  },
});

type Check = { readonly answer: string; readonly unitsLeft?: number; readonly because: string };

/** The claims side asks whether so many units of therapy are authorized. */
export const checks = (units: number, expected: Pick<Check, "answer" | "unitsLeft">): Step => ({
  who: "claims",
  does: `was it authorized? ${units} ${plural(units, "visit")}`,
  play: async (scene) => {
    const { member, lines } = scene.request();
    const service = { npi: "1245319599", code: services.therapy.code, modifiers: [], serviceDate: lines[0]?.serviceDate, units };
    const { body } = await scene.as("claims").post<Check>("/v1/authorization-checks", { memberId: member.id, ...service });
    const { answer, unitsLeft, because } = body;
    expect("the claims side to hear", { answer, unitsLeft }, expected);
    return `${answer}, ${unitsLeft} left: ${because}`;
  },
});

/** A claim line uses units; so many are left then, or it is refused. */
export const uses = (claimLineId: string, units: number, expected: { left: number } | Refusal): Step => ({
  who: "claims",
  does: `claim line ${claimLineId} uses ${units} ${plural(units, "visit")}`,
  play: async (scene) => {
    const { lines } = scene.request();
    const body = { claimLineId, units, serviceDate: lines[0]?.serviceDate };
    const { status, text } = await scene.as("claims").ask("POST", `${authorizationOf(scene)}/usages`, body);
    const { unitsLeft, type, title } = JSON.parse(text) as { unitsLeft?: number; type?: string; title?: string };
    if ("left" in expected) {
      expect("the usage to answer", { status, unitsLeft }, { status: 200, unitsLeft: expected.left });
      return `${unitsLeft} left`;
    }
    expect("the usage to be refused", { status, type }, { status: expected.status, type: `/problems/${expected.problem}` });
    return `refused, ${status}: ${title}`;
  },
});

export const releases = (claimLineId: string): Step => ({
  who: "claims",
  does: `claim line ${claimLineId} is taken back`,
  play: async (scene) => {
    const { status, text } = await scene.as("claims").ask("DELETE", `${authorizationOf(scene)}/usages/${claimLineId}`);
    if (status !== 200) throw new Error(`Expected the usage to be released with 200, but the answer was ${status}: ${text}`);
    return undefined;
  },
});

const authorizationOf = (scene: Scene): string => {
  const { id, authorization } = scene.request();
  if (!authorization) throw new Error(`Expected ${id} to have an authorization, but it has none.`);
  return `/v1/authorizations/${authorization.number}`;
};

/** On the version that is the latest: letters are written beside it, and whoever comes second looks again. @returns the answer's text */
async function onRequest(scene: Scene, who: Caller, path: string, body: object, expected: number): Promise<string> {
  const { id } = scene.request();
  const url = `/v1/requests/${id}/${path}`;
  for (;;) {
    const { version } = await scene.read();
    const { status, text } = await scene.as(who).ask("POST", url, body, { "if-match": `"${version}"` });
    if (status === expected) return text;
    if (status !== 412)
      throw new Error(
        `Expected POST ${url} by the ${who} to answer ${expected}, but it answered ${status}: ${text.slice(0, 1_000)}`,
      );
  }
}

async function until(scene: Scene, expected: string, isSo: (request: Seen) => boolean): Promise<void> {
  const look = async () => {
    const request = await scene.read();
    // What a failure tells of it.
    return { request, toJSON: () => stands(request) };
  };
  const how = { seconds: patience, signal: scene.signal };
  await waitFor(`${scene.request().id} ${expected}`, look, ({ request }) => isSo(request), how);
}

const expect = (that: string, seen: object, expected: object): void => {
  if (JSON.stringify(seen) !== JSON.stringify(expected))
    throw new Error(`Expected ${that} ${JSON.stringify(expected)}, but it was ${JSON.stringify(seen)}.`);
};

const dueOf = ({ id, dueAt }: Seen): string => {
  if (dueAt === null) throw new Error(`Expected ${id} to be due, but it has no due time.`);
  return dueAt;
};

const counted = ({ service }: Asked): string => {
  const { code, quantity, unit } = services[service];
  const words = service === "mri" ? "MRI" : service;
  return quantity === 1 ? `an ${words} (${code})` : `${quantity} ${unit}s of ${words} (${code})`;
};

const plural = (count: number, word: string): string => (count === 1 ? word : `${word}s`);
