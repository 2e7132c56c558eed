import { isIntact, type RequestEvent } from "../../shared/domain/events.ts";
import type { Request } from "../../shared/domain/request.ts";
import type { Reconciled } from "../../shared/use-cases/reconcile.ts";
import type { Json } from "../caller.ts";
import type { Contents } from "./contents.ts";
import { isPlain } from "./plan.ts";
import type { Moment, World } from "./world.ts";

type Seen = {
  readonly world: World;
  readonly moment: Moment;
  /** Right after the first reconciliation. */
  readonly restored: Contents;
  readonly contents: Contents;
  readonly first: Reconciled;
  readonly last: Reconciled;
  readonly cases: readonly Json[];
};

/** Everything that is wrong after a restore; nothing, if all is well. */
export const faultsOf = (seen: Seen): readonly string[] => [
  ...incomplete(seen),
  ...chains(seen),
  ...doubledEffects(seen),
  ...unaccountedDocuments(seen),
  ...unaccountedLetters(seen),
  ...otherEnds(seen),
];

function incomplete({ first, last }: Seen): string[] {
  const failed = [...first.findings, ...last.findings].filter(({ kind }) => kind === "failed");
  return [
    ...failed.map(({ requestId }) => `${requestId}: could not be reconciled`),
    ...(first.restored === first.requests ? [] : [`${first.restored} of ${first.requests} requests have a new epoch`]),
  ];
}

function chains({ contents, last }: Seen): string[] {
  return [...contents.requests.values()].flatMap((request) => {
    const history = contents.histories.get(request.id) ?? [];
    const final = history.at(-1);
    const epochs = history.map(({ epoch = 0 }) => epoch);
    return [
      ...(isIntact(history) ? [] : [`${request.id}: its chain is broken`]),
      ...(final?.hash === request.lastHash && final.sequence === request.lastSequence ? [] : [`${request.id}: events are missing`]),
      ...(request.epoch === last.epoch ? [] : [`${request.id}: is not in the epoch of the restore`]),
      ...(epochs.every((epoch, index) => epoch >= (epochs[index - 1] ?? 0)) ? [] : [`${request.id}: its epochs run backwards`]),
    ];
  });
}

function doubledEffects({ world, contents, cases }: Seen): string[] {
  const faults: string[] = [];
  if (contents.pending > 0) faults.push(`${contents.pending} events wait to be published`);
  // Whatever was published, before the moment, after it, or since the restore.
  const all = [world.contents, contents].flatMap(({ histories }) => [...histories.values()].flat());
  const told = new Map<string, string>();
  for (const event of all) {
    const name = `${event.requestId} · ${event.epoch ?? 0} · ${event.sequence}`;
    if ((told.get(name) ?? event.hash) !== event.hash) faults.push(`${name}: two events by one name`);
    told.set(name, event.hash);
  }
  for (const [requestId, of] of Map.groupBy(
    cases.filter((one) => one.requestId !== undefined),
    (one) => one.requestId as string,
  ))
    if (of.length > 1) faults.push(`${requestId}: ${of.length} cases at the vendor`);
  for (const [requestId, history] of contents.histories)
    for (const [effect, times] of Map.groupBy(history.flatMap(effectOf), (effect) => effect))
      if (times.length > 1) faults.push(`${requestId}: ${effect} ${times.length} times`);
  return faults;
}

/** What may be recorded of a request only once. */
function effectOf({ type, documentId, lines, epoch }: RequestEvent): string[] {
  switch (type) {
    case "request.submitted":
    case "request.withdrawn":
    case "referral.sent":
    case "referral.released":
    case "referral.acknowledged":
    case "referral.returned":
    case "vendor.contradicted":
      return [type];
    case "line.decided":
      return [`${type} ${lines?.join()}`];
    case "document.registered":
    case "document.available":
    case "document.rejected":
      return [`${type} ${documentId}`];
    case "history.restored":
      return [`${type} ${epoch}`];
    default:
      return [];
  }
}

function unaccountedDocuments({ contents, last }: Seen): string[] {
  const faults: string[] = [];
  const keys = contents.documents.map(({ requestId, id }) => `${requestId}/${id}`);
  const records = contents.records.filter((key) => !isLetter(key));
  const kept = new Set(records);
  const orphans = new Set(
    last.findings
      .filter(({ kind }) => kind === "record-without-document")
      .map(({ requestId, documentId }) => `${requestId}/${documentId}`),
  );
  if (kept.size !== records.length) faults.push("a document is twice in the records");
  for (const [index, document] of contents.documents.entries()) {
    const key = keys[index] ?? "";
    if ((document.status === "available") !== kept.has(key)) faults.push(`${key}: ${document.status}, and kept: ${kept.has(key)}`);
    if (document.status === "verifying") faults.push(`${key}: waits for a verdict that will not come`);
    const attached = contents.requests.get(document.requestId)?.documents.find(({ id }) => id === document.id)?.status;
    const expected = document.status === "awaiting-upload" ? "pending" : document.status;
    if (attached !== expected) faults.push(`${key}: ${document.status}, and its request says ${attached}`);
  }
  for (const key of kept) if (!keys.includes(key) && !orphans.has(key)) faults.push(`${key}: kept, unknown, and not told`);
  for (const key of orphans) if (keys.includes(key)) faults.push(`${key}: known, and told to be an orphan`);

  const sum = Object.values(last.documents).reduce((total, count) => total + count, 0);
  if (sum !== contents.documents.length) faults.push(`${sum} documents were counted of ${contents.documents.length}`);
  if (last.stored.records !== last.documents.available + orphans.size)
    faults.push(`${last.stored.records} kept, ${last.documents.available} available, ${orphans.size} orphans`);
  const wrong = last.findings.filter(
    ({ kind }) => !/^(record-without-document|upload-.*|listed-not-described|letter-without-decision)$/.test(kind),
  );
  faults.push(...wrong.map(({ kind, requestId, documentId = "" }) => `${requestId}/${documentId}: ${kind}`));
  return faults;
}

const isLetter = (key: string): boolean => key.startsWith("notices/");

/** Whatever letter lies in the records is noted on its request, or somebody is told that it tells of what is lost; and the other way round. */
function unaccountedLetters({ contents, last }: Seen): string[] {
  const kept = new Set(contents.records.filter(isLetter));
  const noted = new Set(
    [...contents.requests.values()].flatMap(({ id, notices }) => notices.map((notice) => `notices/${id}/${notice.id}.pdf`)),
  );
  const orphans = new Set(
    last.findings
      .filter(({ kind }) => kind === "letter-without-decision")
      .map(({ requestId, noticeId }) => `notices/${requestId}/${noticeId}.pdf`),
  );
  return [
    ...[...kept].filter((key) => !noted.has(key) && !orphans.has(key)).map((key) => `${key}: kept, not noted, and not told`),
    ...[...noted].filter((key) => !kept.has(key)).map((key) => `${key}: noted, and not kept`),
    ...[...orphans].filter((key) => noted.has(key)).map((key) => `${key}: noted, and told to be an orphan`),
    ...(last.stored.letters >= kept.size ? [] : [`${last.stored.letters} letters were counted of ${kept.size}`]),
  ];
}

/** Where clients had done all that they did before the moment, the restored desk must end as the first one did. */
function otherEnds({ world, moment, restored, contents }: Seen): string[] {
  return world.told.flatMap(({ story, id, ended }) => {
    if (ended >= moment.at || !isPlain(story) || !restored.requests.has(id)) return [];
    const [before, after] = [endOf(world.contents, id), endOf(contents, id)];
    return before === after ? [] : [`${id}: ended as ${after} in place of ${before}`];
  });
}

const endOf = ({ requests, documents }: Contents, id: string): string =>
  JSON.stringify({
    ...summary(requests.get(id)),
    documents: documents
      .filter(({ requestId }) => requestId === id)
      .map((document) => `${document.id} ${document.status}`)
      .sort(),
  });

const summary = (request: Request | undefined) => ({
  status: request?.status,
  referral: request?.referral?.status,
  missing: request?.missing,
  decisions: request?.lines.map(({ decision }) => decision?.outcome),
  exception: request?.exception !== null,
});
