import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Member, Members } from "../ports.ts";
import type { ReadItem } from "./batched-reads.ts";
import { itemKey } from "./keys.ts";
import { periodIn, periodsIn } from "./stored-periods.ts";

/** How long a member may be used again by a warm function, in milliseconds of the process's own clock. */
const freshFor = 60_000;
const mostMembers = 1_000;

/**
 * The plan's eligibility data: an item `MEMBER#<sealed id>`/`MEMBER` with periods of eligibility and of programs. Kept for a minute:
 * requests for one member come close together.
 *
 * @param seal what stands for a member id in a key
 */
export function dynamoMembers(read: ReadItem, seal: (memberId: string) => string): Members {
  const kept = new Map<string, { member: Member | undefined; until: number }>();

  return {
    async find(memberId) {
      const sealed = seal(memberId);
      const now = performance.now();
      const known = kept.get(sealed);
      if (known && known.until > now) return known.member;
      const item = await read(itemKey(`MEMBER#${sealed}`, "MEMBER"));
      const member = item && memberIn(item);
      if (kept.size > mostMembers) kept.clear();
      kept.set(sealed, { member, until: now + freshFor });
      return member;
    },
  };
}

const memberIn = ({ eligible, programs }: Record<string, AttributeValue>): Member => ({
  eligible: periodsIn(eligible),
  programs: (programs?.L ?? []).flatMap(({ M }) => {
    const program = M?.program?.S;
    const period = periodIn(M);
    return program !== undefined && period ? [{ program, ...period }] : [];
  }),
});
