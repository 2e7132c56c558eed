import { randomInt } from "node:crypto";
import type { Submission } from "../../shared/domain/submission.ts";
import { aSubmission } from "../builders.ts";
import type { Answer, Caller, CloudAddress, Json } from "../caller.ts";
import { eventually } from "../eventually.ts";
import type { SentFile } from "../files.ts";
import { described, upload } from "./upload.ts";

/** A member of whom the vendor stand-in thinks what the digit says (9 denies, 8 asks, 7 is silent, …). */
export const memberEndingIn = (digit: string) =>
  ({ ...aSubmission().member, id: `1${String(randomInt(1e9)).padStart(9, "0")}${digit}` }) as Submission["member"];

export type Desk = ReturnType<typeof deskOf>;

/** What a provider's office does with imaging requests, step by step. */
export function deskOf(provider: Caller) {
  /** An MRI for a member with that last digit; nothing is missing but clinical documents. */
  const submit = async (digit = "1", changes: Partial<Submission> = {}): Promise<Json> =>
    taken(await provider.submit(aSubmission({ member: memberEndingIn(digit), ...changes })), 201);

  const read = async (requestId: string): Promise<Json> => taken(await provider.get(`/v1/requests/${requestId}`), 200);
  const events = async (requestId: string): Promise<Json[]> =>
    taken(await provider.get(`/v1/requests/${requestId}/events`), 200).events;
  const register = async (requestId: string, file: SentFile): Promise<Json> =>
    taken(await provider.post(`/v1/requests/${requestId}/documents`, described(file)), 201);
  const readDocument = async (requestId: string, documentId: string): Promise<Json> =>
    taken(await provider.get(`/v1/requests/${requestId}/documents/${documentId}`), 200);

  /** Resolves when the document has come to rest, whichever way. */
  const settled = (requestId: string, documentId: string): Promise<Json> =>
    eventually(
      () => readDocument(requestId, documentId),
      ({ status }) => status !== "awaiting-upload" && status !== "verifying",
      30,
    );

  /** Registers and uploads a file, and waits until it is verified or rejected. */
  const attach = async (requestId: string, file: SentFile): Promise<Json> => {
    const registered = await register(requestId, file);
    const answer = await upload(registered.upload, file.bytes);
    if (answer.status !== 204) throw new Error(`the upload was refused: ${answer.status} ${answer.text}`);
    return settled(requestId, registered.id);
  };

  const until = (requestId: string, isSo: (request: Json) => boolean): Promise<Json> => eventually(() => read(requestId), isSo, 30);

  return { provider, submit, read, events, register, readDocument, settled, attach, until };
}

/** The answer's body; throws when it is not the one that was hoped for. */
export function taken(answer: Answer, status: number): Json {
  if (answer.status !== status) throw new Error(`${answer.status} in place of ${status}: ${answer.text}`);
  return answer.body;
}

/** What the vendor stand-in knows of a request. */
export async function casesOf(cloud: Pick<CloudAddress, "vendor">, requestId: string): Promise<Json[]> {
  const { cases } = (await (await fetch(`${cloud.vendor}/cases`)).json()) as { cases: Json[] };
  return cases.filter((one) => one.requestId === requestId);
}
