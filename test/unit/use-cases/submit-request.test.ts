import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RequestId } from "../../../shared/domain/identifiers.ts";
import type { Request } from "../../../shared/domain/request.ts";
import type { Submission } from "../../../shared/domain/submission.ts";
import type { Change } from "../../../shared/domain/transition.ts";
import { withdraw } from "../../../shared/domain/transitions/withdraw.ts";
import { policy } from "../../../shared/policy/policy.ts";
import type { DirectoryEntry } from "../../../shared/ports.ts";
import { submitRequest } from "../../../shared/use-cases/submit-request.ts";
import { aSubmission, changed, hoursAfter, npis, policies, received, therapyLine } from "../../builders.ts";

/** Waiting for another takes no time here. */
beforeEach(() => void vi.spyOn(Math, "random").mockReturnValue(0));
afterEach(() => vi.restoreAllMocks());

const entry: DirectoryEntry = { participation: [{ from: "2000-01-01" }], organizations: ["org-demo"], home: "org-demo" };
const principal = {
  issuer: "https://issuer",
  subject: "desk",
  organization: "org-demo",
  scopes: new Set(["requests:write"]),
  person: null,
};
const keyOf = (number: number) => `a-key-of-its-own-${number}`;
const idOf = (number: number) => `PA-${String.fromCharCode(65 + number).repeat(26)}` as RequestId;

/** The desk on stores of this process. */
function aDesk() {
  const stored = new Map<string, { existing: Request; fingerprint: string }>();
  const guards = new Map<string, { requestId: RequestId; claimedAt: string }>();
  const desk = {
    now: received,
    stored,
    guards,
    /** Stops before the request is written, as a function that is killed does. */
    dies: false,
    submit: (number: number, more: Partial<Submission> = {}, body: unknown = more) => {
      const submission = aSubmission({ lines: [therapyLine()], ...more });
      return submitRequest(deps as never, principal, { idempotencyKey: keyOf(number), body, submission });
    },
  };
  const deps = {
    requests: {
      find: async (id: string) => stored.get(id)?.existing,
      fingerprintOf: async (id: string) => stored.get(id),
      create: async ({ request }: Change, fingerprint: string) => {
        if (desk.dies) throw new Error("killed");
        const before = stored.get(request.id);
        if (!before) stored.set(request.id, { existing: request, fingerprint });
        return before;
      },
    },
    duplicates: {
      claim: async (asked: string, requestId: RequestId, claimedAt: string, before?: RequestId) => {
        const holder = guards.get(asked);
        if (holder && holder.requestId !== requestId && holder.requestId !== before) return holder;
        guards.set(asked, { requestId, claimedAt });
        return undefined;
      },
    },
    directory: { lookUp: async () => new Map([[npis.dayton, entry]]) },
    members: { find: async () => undefined },
    restores: { epoch: async () => 0 },
    ids: { request: (_caller: string, _operation: string, key: string) => idOf(Number(key.split("-").at(-1))) },
    clock: { now: () => desk.now },
    policies,
    policy,
  };
  return desk;
}

const outcomeOf = (answer: Awaited<ReturnType<ReturnType<typeof aDesk>["submit"]>>) =>
  answer.ok ? `${answer.value.outcome} ${answer.value.request.id}` : answer.refusal.problem;

describe("what an organization waits for already", () => {
  test("is asked for once, however many ask at once", async () => {
    const desk = aDesk();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, number) => desk.submit(number)));
    const outcomes = answers.map(outcomeOf);
    expect(outcomes.filter((outcome) => outcome.startsWith("new"))).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome.startsWith("duplicate"))).toHaveLength(19);
    expect(desk.stored.size).toBe(1);
  });

  test("is not waited for after its end", async () => {
    const desk = aDesk();
    await desk.submit(0);
    const first = desk.stored.get(idOf(0));
    if (first) desk.stored.set(idOf(0), { ...first, existing: changed(first.existing, withdraw, { reason: "Moved away." }) });
    expect(outcomeOf(await desk.submit(1))).toBe(`new ${idOf(1)}`);
    expect(outcomeOf(await desk.submit(2))).toBe(`duplicate ${idOf(1)}`);
  });

  test("is what it asks for now, whatever it asked for at first", async () => {
    const desk = aDesk();
    await desk.submit(0);
    const first = desk.stored.get(idOf(0));
    const submission = aSubmission({ lines: [therapyLine({ serviceDate: "2027-02-01" })] });
    if (first) desk.stored.set(idOf(0), { ...first, existing: { ...first.existing, submission } });
    expect(outcomeOf(await desk.submit(1))).toBe(`new ${idOf(1)}`);
  });

  test("is judged after the key", async () => {
    const desk = aDesk();
    await desk.submit(0);
    await desk.submit(1, { lines: [therapyLine({ serviceDate: "2027-02-01" })] });
    expect(outcomeOf(await desk.submit(0))).toBe(`replayed ${idOf(0)}`);
    expect(outcomeOf(await desk.submit(1, {}, "another body"))).toBe("idempotency-key-reused");
    expect(outcomeOf(await desk.submit(0, { lines: [therapyLine({ serviceDate: "2027-03-01" })] }))).toBe("idempotency-key-reused");
    expect(outcomeOf(await desk.submit(2, { lines: [therapyLine({ serviceDate: "2027-03-01" })] }))).toBe(`new ${idOf(2)}`);
  });
});

describe("a function that stops between the claim and the request", () => {
  const stopped = async () => {
    const desk = aDesk();
    desk.dies = true;
    await expect(desk.submit(0)).rejects.toThrow("killed");
    desk.dies = false;
    return desk;
  };

  test("leaves a place that a repeat under its key takes up at once", async () => {
    const desk = await stopped();
    expect(outcomeOf(await desk.submit(0))).toBe(`new ${idOf(0)}`);
  });

  test("keeps others waiting while its request may still come, and no longer", async () => {
    const desk = await stopped();
    desk.now = hoursAfter(14 / 3600);
    expect(outcomeOf(await desk.submit(1))).toBe("busy-try-again");
    desk.now = hoursAfter(16 / 3600);
    expect(outcomeOf(await desk.submit(1))).toBe(`new ${idOf(1)}`);
    expect(outcomeOf(await desk.submit(0))).toBe(`duplicate ${idOf(1)}`);
    expect(desk.stored.size).toBe(1);
  });
});

test("a guard's key names neither member nor organization in clear", async () => {
  const { duplicateKey } = await import("../../../shared/sealing/ids.ts");
  const desk = aDesk();
  await desk.submit(0);
  const [asked = ""] = desk.guards.keys();
  expect(asked).toContain("10487654321");
  const key = duplicateKey("a salt")(asked);
  expect(key).toMatch(/^[\w-]{43}$/);
  expect(key).not.toBe(duplicateKey("another salt")(asked));
});
