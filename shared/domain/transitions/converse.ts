import type { Request } from "../request.ts";
import { transition } from "../transition.ts";
import { openStatuses, requestStatuses } from "../vocabulary.ts";
import type { Reviewer } from "./determine.ts";

/** A note between reviewers. It is no part of the history that providers read, and so no event. */
export const addNote = transition<{ text: string; reviewer: Reviewer }>({
  name: "add a note",
  from: requestStatuses,
  to: {},
  emits: [],
  already: (request, { text, reviewer }) =>
    request.notes.some((note) => note.by.subject === reviewer.subject && note.text === text),
  decide: (request, { text, reviewer: { subject, name } }, { now }): Request => ({
    ...request,
    notes: [...request.notes, { at: now, by: { subject, name }, text }],
  }),
  events: () => [],
});

/** The plan's clinician and the provider's have talked before an adverse decision. That they did is history; what they said is not. */
export const recordTalk = transition<{ with: string; summary: string; reviewer: Reviewer }>({
  name: "record a peer-to-peer talk",
  from: openStatuses,
  to: {},
  emits: ["peer-to-peer.held"],
  already: (request, command) =>
    request.peerToPeer.some(
      (talk) => talk.by.subject === command.reviewer.subject && talk.with === command.with && talk.summary === command.summary,
    ),
  decide: (request, { with: other, summary, reviewer: { subject, name, credential } }, { now }): Request => ({
    ...request,
    peerToPeer: [...request.peerToPeer, { at: now, by: { subject, name, credential }, with: other, summary }],
  }),
  events: () => [{ type: "peer-to-peer.held" }],
});
