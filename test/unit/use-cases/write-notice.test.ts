import { describe, expect, it } from "vitest";
import type { Letter } from "../../../shared/domain/notice-letter.ts";
import type { Request } from "../../../shared/domain/request.ts";
import type { Change } from "../../../shared/domain/transition.ts";
import { determine } from "../../../shared/domain/transitions/determine.ts";
import { missClock } from "../../../shared/domain/transitions/miss.ts";
import { writeNotices } from "../../../shared/use-cases/write-notice.ts";
import { at, changed, hoursAfter, policies, requestId } from "../../builders.ts";
import { deny, director, inReview, refused } from "../notices/cases.ts";

const event = { requestId, type: "line.decided", at: hoursAfter(20), lines: [1] } as const;

/** A desk that remembers, and loses the first `saves` of its writes to somebody else. */
function desk({ lost = 0, first = refused() } = {}) {
  let request: Request = first;
  const kept: string[] = [];
  const events: string[] = [];
  let losses = lost;
  const save = async ({ request: next, events: added }: Change, expected: number) => {
    if (request.version !== expected) return false;
    if (losses > 0) {
      losses -= 1;
      return false;
    }
    request = next;
    events.push(...added.map(({ type }) => type));
    return true;
  };
  const deps = {
    requests: { find: async () => request, save },
    clock: { now: () => hoursAfter(20.01) },
    policies,
    printer: { print: async (letter: Letter) => Buffer.from(JSON.stringify(letter)) },
    records: {
      keep: async (id: string, notice: string, bytes: Uint8Array) => {
        kept.push(`${id}/${notice} ${Buffer.from(bytes).toString("base64")}`);
        return { recordsVersionId: `v${kept.length}` };
      },
    },
  };
  /** Something else happens to the request. */
  const becomes = (next: Request) => {
    request = next;
  };
  return { deps, kept, events, request: () => request, becomes };
}

describe("letters", () => {
  it("are kept first and then noted on the request, both by one write", async () => {
    const { deps, kept, events, request } = desk();
    const before = request().version;
    expect(await writeNotices(deps, event)).toBe("written");
    expect(kept).toHaveLength(2);
    expect(request().notices).toMatchObject([
      { audience: "provider", kind: "adverse", at: event.at, recordsVersionId: "v1" },
      { audience: "member", kind: "adverse", at: event.at, recordsVersionId: "v2" },
    ]);
    expect(request().version).toBe(before + 1);
    expect(events).toEqual(["notice.written", "notice.written"]);
  });

  it("are not written again, whichever event of the same decision comes, and how often", async () => {
    const { deps, kept, request } = desk();
    await writeNotices(deps, event);
    const { version } = request();
    for (const lines of [[1], [2]]) expect(await writeNotices(deps, { ...event, lines })).toBe("nothing-to-do");
    expect([kept.length, request().version]).toEqual([2, version]);
  });

  it("of a delivery that was cut off before it was noted are the same bytes under the same name", async () => {
    const { deps, kept, request } = desk();
    const crash = { ...deps, requests: { ...deps.requests, save: async () => Promise.reject(new Error("cut off")) } };
    await expect(writeNotices(crash, event)).rejects.toThrow("cut off");
    expect(request().notices).toEqual([]);
    expect(await writeNotices(deps, event)).toBe("written");
    expect(kept).toHaveLength(4);
    expect(kept.slice(2)).toEqual(kept.slice(0, 2));
    expect(request().notices.map(({ recordsVersionId }) => recordsVersionId)).toEqual(["v3", "v4"]);
  });

  it("of two deliveries at once are noted once", async () => {
    const { deps, request, events } = desk({ lost: 1 });
    await Promise.all([writeNotices(deps, event), writeNotices(deps, { ...event, lines: [2] })]);
    expect(request().notices).toHaveLength(2);
    expect(events).toEqual(["notice.written", "notice.written"]);
  });

  it("that are drafts begin nothing when the request was decided while they were printed", async () => {
    const missed = changed(inReview(), missClock, {}, at(hoursAfter(24 * 8)));
    const clock = { requestId, type: "clock.missed", reason: "medicaid.standard", at: hoursAfter(24 * 8) } as const;
    const decision = { lines: [deny(1), deny(2)], reviewer: director };
    const decided = changed(missed, determine, decision, at(hoursAfter(24 * 9)));

    const quiet = desk({ first: missed });
    expect(await writeNotices(quiet.deps, clock)).toBe("written");
    expect(quiet.request().notices.map(({ kind }) => kind)).toEqual(["missed-clock", "missed-clock"]);

    const busy = desk({ first: missed });
    const printer = {
      print: async () => {
        busy.becomes(decided);
        return Buffer.from("");
      },
    };
    await writeNotices({ ...busy.deps, printer }, clock);
    expect([busy.request().notices, busy.events]).toEqual([[], []]);
    expect(await writeNotices(busy.deps, clock)).toBe("nothing-to-do");
  });

  it("of a request that is not there are none", async () => {
    const { deps, kept } = desk();
    const nobody = { ...deps, requests: { ...deps.requests, find: async () => undefined } };
    expect(await writeNotices(nobody, event)).toBe("nothing-to-do");
    expect(kept).toEqual([]);
  });
});
