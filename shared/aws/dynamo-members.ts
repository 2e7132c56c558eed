import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Member, Members } from "../ports.ts";
import type { ReadItem } from "./batched-reads.ts";
import { keptForAMinute } from "./kept-for-a-minute.ts";
import { itemKey } from "./keys.ts";
import { periodIn, periodsIn } from "./stored-periods.ts";

const mostMembers = 1_000;

/**
 * The plan's eligibility data: an item `MEMBER#<sealed id>`/`MEMBER` with periods of eligibility and of programs. Kept for a minute:
 * requests for one member come close together.
 *
 * @param seal what stands for a member id in a key
 */
export function dynamoMembers(read: ReadItem, seal: (memberId: string) => string): Members {
  const memberOf = keptForAMinute(mostMembers, async (sealed) => {
    const item = await read(itemKey(`MEMBER#${sealed}`, "MEMBER"));
    return item && memberIn(item);
  });
  return { find: (memberId) => memberOf(seal(memberId)) };
}

const memberIn = ({ eligible, programs }: Record<string, AttributeValue>): Member => ({
  eligible: periodsIn(eligible),
  programs: (programs?.L ?? []).flatMap(({ M }) => {
    const program = M?.program?.S;
    const period = periodIn(M);
    return program !== undefined && period ? [{ program, ...period }] : [];
  }),
});
