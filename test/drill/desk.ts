import type { PocketCloud } from "../../infra/local/pocket-cloud.ts";
import { type Caller, callerOf, type Json } from "../caller.ts";
import { eventually } from "../eventually.ts";
import { rememberPersonal } from "../http/private-words.ts";
import { described, upload } from "../http/upload.ts";
import type { Step, Story } from "./plan.ts";

export type Desk = Awaited<ReturnType<typeof deskAt>>;

/** The provider's office and the vendor's site, at one pocket cloud. */
export async function deskAt({ endpoints, directory }: Pick<PocketCloud, "endpoints" | "directory">) {
  const provider: Caller = await callerOf(
    { api: endpoints.api, directory },
    { role: "provider", expiresIn: 6 * 3600 },
    (_method, _path, body) => rememberPersonal(directory, body),
  );

  const vendor = async (path: string, body?: unknown): Promise<Json> => {
    const answer = await fetch(`${endpoints.vendor}${path}`, body ? { method: "POST", body: JSON.stringify(body) } : {});
    if (!answer.ok) throw new Error(`the vendor's ${path} answers ${answer.status}`);
    return answer.json();
  };

  /** @returns the request's id as soon as it has one */
  const take = async ({ key, submission }: Story, step: Step, id: string | undefined): Promise<string | undefined> => {
    const at = `/v1/requests/${id}`;
    switch (step.does) {
      case "submit":
        return taken(await provider.submit(submission, key), 201).id;
      case "open": {
        const { caseId } = await vendor("/open", { submission: { ...submission, channel: "vendor" }, decide: true });
        const known = await eventually(
          async () => (await vendor("/cases")).cases.find((one: Json) => one.caseId === caseId),
          (one: Json) => one?.requestId !== undefined,
        );
        return known.requestId;
      }
      case "register":
        taken(await provider.post(`${at}/documents`, described(step.file)), 201);
        return id;
      case "upload": {
        const form = taken(await provider.post(`${at}/documents`, described(step.file)), 201).upload;
        const { status, text } = await upload(form, step.file.bytes);
        if (status !== 204) throw new Error(`the upload was refused: ${status} ${text}`);
        return id;
      }
      case "answer": {
        const asked = await eventually(
          () => provider.get(at),
          ({ body }) => body.informationRequest || !/waiting|sent|acknowledged/.test(body.referral.status),
        );
        const answers = [{ code: "previous-imaging", text: "There is no previous imaging." }];
        if (asked.body.informationRequest) taken(await provider.post(`${at}/information`, { answers }), 200);
        return id;
      }
      case "withdraw": {
        // What has been decided meanwhile is not withdrawn any more.
        const answer = await provider.post(`${at}/withdrawal`, { reason: "The patient moved away." });
        if (answer.status !== 200 && answer.status !== 409) throw new Error(`${answer.status}: ${answer.text}`);
        return id;
      }
    }
  };

  return { provider, vendor, take };
}

function taken(answer: { status: number; text: string; body: Json }, status: number): Json {
  if (answer.status !== status) throw new Error(`${answer.status} in place of ${status}: ${answer.text}`);
  return answer.body;
}
