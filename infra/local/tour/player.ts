import { type ApiClient, apiClient, waitFor } from "../api-client.ts";
import type { TokenRequest } from "../tokens.ts";
import type { Stage } from "./stage.ts";
import { stands } from "./stands.ts";
import type { Actor, Caller, Scene, Seen, Step, Story } from "./story.ts";

/** A step that was taken. */
export type Told = {
  /** Local time of the desk, in milliseconds. */
  readonly at: number;
  readonly who: Actor;
  readonly does: string;
  readonly came: string | undefined;
  /** As the request stood then. */
  readonly request: Seen | undefined;
};

export type Ended = {
  readonly story: Story;
  readonly told: readonly Told[];
  /** As it stands in the end; undefined when it was never submitted. */
  readonly request: Seen | undefined;
  /** What was expected and what came, when it did not end as it should. */
  readonly fault: string | undefined;
};

/** Who listens while the stories are played. */
export type Audience = {
  ended(story: Ended): void;
  /** The clock is about to go there. */
  clockGoes(to: number): void;
};

const people: Record<Caller, TokenRequest> = {
  provider: { role: "provider" },
  nurse: { role: "nurse", subject: "nurse-1" },
  director: { role: "director", subject: "director-1" },
  "second director": { role: "director", subject: "director-2", name: "Dale Director" },
  claims: { role: "claims" },
};

/** The quarters of an hour in which the clock goes: what waits for moments of one quarter is done together. */
const quarter = 15 * 60_000;

export type Manner = {
  readonly signal: AbortSignal;
  /** The longest that a story's end is waited for, in seconds: letters are written beside it. */
  readonly patience?: number;
};

/**
 * Plays the stories beside each other: each as far as it goes at the present time of the desk, then the clock moves on to where the
 * next step of any of them is. A story that fails ends there, and the others go on.
 */
export async function playStories(
  stories: readonly Story[],
  stage: Stage,
  { ended, clockGoes }: Audience,
  { signal, patience = 30 }: Manner,
): Promise<readonly Ended[]> {
  const clients = await clientsOf(stage, signal);
  const performances = stories.map((story) => performanceOf(story, stage, clients, { signal, patience }));
  const endings = new Map<Story, Ended>();
  for (let open = performances; open.length > 0; ) {
    const played = await Promise.all(open.map(async (performance) => ({ performance, next: await performance.goOn() })));
    signal.throwIfAborted();
    for (const { next } of played) {
      if (typeof next === "number") continue;
      endings.set(next.story, next);
      ended(next);
    }
    const waiting = played.filter(({ next }) => typeof next === "number");
    open = waiting.map(({ performance }) => performance);
    if (open.length === 0) break;
    const to = Math.min(...waiting.map(({ next }) => next as number));
    clockGoes(to);
    await stage.advanceTo(to);
  }
  return stories.flatMap((story) => endings.get(story) ?? []);
}

type Clients = Readonly<Record<Caller, ApiClient>>;

const clientsOf = async (stage: Stage, signal: AbortSignal): Promise<Clients> => {
  const client = async (caller: Caller) => {
    const token = await stage.token(people[caller]);
    return apiClient(stage.api, () => token, signal);
  };
  const [provider, nurse, director, second, claims] = await Promise.all([
    client("provider"),
    client("nurse"),
    client("director"),
    client("second director"),
    client("claims"),
  ]);
  return { provider, nurse, director, "second director": second, claims };
};

/** One story under way; `goOn` resolves with the moment that its next step waits for, or with its end. */
function performanceOf(story: Story, stage: Stage, clients: Clients, { signal, patience }: Required<Manner>) {
  const told: Told[] = [];
  const left = [...story.steps];
  let about: Seen | undefined;
  const request = () => {
    if (!about) throw new Error(`Expected "${story.name}" to begin with a submission, but it does not.`);
    return about;
  };
  const scene: Scene = {
    signal,
    as: (caller) => clients[caller],
    now: stage.now,
    request,
    isAbout: (submitted) => {
      about = submitted;
    },
    read: async () => {
      about = (await clients.nurse.get<Seen>(`/v1/requests/${request().id}`)).body;
      return about;
    },
  };

  const play = async ({ who, does, play: happens }: Step): Promise<void> => {
    const at = await stage.now();
    const came = await happens(scene);
    told.push({ at, who, does, came, request: about && (await scene.read()) });
  };

  const goOn = async (): Promise<number | Ended> => {
    const [step] = left;
    try {
      if (!step) {
        await mustHaveEnded(story, scene, patience);
        return { story, told, request: about, fault: undefined };
      }
      const moment = step.at ? Math.ceil((await step.at(scene)) / quarter) * quarter : 0;
      if (moment > (await stage.now())) return moment;
      left.shift();
      await play(step);
    } catch (error) {
      signal.throwIfAborted();
      const during = step ? `when the ${step.who} ${step.does}: ` : "";
      return { story, told, request: about, fault: `${during}${(error as Error).message}` };
    }
    return goOn();
  };
  return { goOn };
}

/** @throws a sentence that says which of the things expected is not so, and how the request stands instead. */
async function mustHaveEnded({ ends }: Story, scene: Scene, seconds: number): Promise<void> {
  const missing = (seen: Seen): readonly string[] => [
    ...(seen.status === ends.status ? [] : [`it is ${ends.status} (it is ${seen.status})`]),
    ...ends.claims.filter(({ holds }) => !holds(seen)).map(({ that }) => that),
  ];
  let last: readonly string[] = [];
  await waitFor(
    "the end",
    scene.read,
    (seen) => {
      last = missing(seen);
      return last.length === 0;
    },
    { seconds, signal: scene.signal },
  ).catch((error: Error) => {
    scene.signal.throwIfAborted();
    throw last.length > 0 ? new Error(`Expected in the end that ${last.join("; that ")}. ${stands(scene.request())}`) : error;
  });
}
