import type { ApiClient } from "../api-client.ts";

/** Who plays: each with a token of their own. The clock is nobody's: what happens by itself happens to it. */
export const actors = ["provider", "nurse", "director", "second director", "claims", "vendor", "clock"] as const;
export type Actor = (typeof actors)[number];
export type Caller = Exclude<Actor, "vendor" | "clock">;

type Decision = {
  readonly outcome: string;
  readonly quantity: number | null;
  readonly unit: string | null;
  readonly criterion: string | null;
  readonly reason: { readonly code: string; readonly text: string } | null;
  readonly decidedBy: { readonly name: string; readonly credential: string | null };
};

/** What a story looks at of a request, as a reviewer reads it. */
export type Seen = {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly receivedAt: string;
  readonly dueAt: string | null;
  readonly dueRule: string | null;
  readonly overdue: boolean;
  readonly extended: boolean;
  readonly missing: readonly string[];
  readonly clock: readonly { readonly rule: string; readonly cite: string; readonly dueAt: string | null }[];
  readonly member: { readonly id: string };
  readonly lines: readonly {
    readonly serviceDate?: string;
    readonly because: string;
    readonly route: string;
    readonly decision: Decision | null;
  }[];
  readonly referral: { readonly vendor: string; readonly status: string; readonly caseId: string | null } | null;
  readonly authorization: { readonly number: string; readonly from: string | null; readonly to: string | null } | null;
  readonly withdrawal: { readonly reason: string } | null;
  readonly appeals: readonly { readonly id: string; readonly decision: { readonly outcome: string } | null }[];
  readonly notices: readonly {
    readonly id: string;
    readonly audience: string;
    readonly kind: string;
    readonly at: string;
    readonly draft: boolean;
  }[];
};

/** One story under way. */
export type Scene = {
  readonly signal: AbortSignal;
  as(caller: Caller): ApiClient;
  /** Local time of the desk, in milliseconds. */
  now(): Promise<number>;
  /** As it was last read. @throws before its submission */
  request(): Seen;
  /** From now on the story is about this one. */
  isAbout(request: Seen): void;
  /** Read again, by a reviewer. */
  read(): Promise<Seen>;
};

export type Step = {
  readonly who: Actor;
  readonly does: string;
  /** Not before this moment of the desk's clock, in milliseconds; without it as soon as the step before is done. */
  readonly at?: (scene: Scene) => number | Promise<number>;
  /** @returns what came of it, where that is more than the request's state says. @throws a sentence when it is not as it should be */
  readonly play: (scene: Scene) => Promise<string | undefined>;
};

/** Something that must be so in the end, in words. */
export type Claim = { readonly that: string; readonly holds: (request: Seen) => boolean };

export type Story = {
  /** For `--only`. */
  readonly name: string;
  readonly title: string;
  readonly steps: readonly Step[];
  readonly ends: { readonly status: string; readonly claims: readonly Claim[] };
};
