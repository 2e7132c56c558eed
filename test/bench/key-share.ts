import { randomBytes } from "node:crypto";
import { indexAttributes, outboxAttributes } from "../../shared/aws/stored-request.ts";
import { saltedIds } from "../../shared/sealing/ids.ts";
import { aChange, therapyLine } from "../builders.ts";
import type { Row } from "./row.ts";

const submissions = 100_000;

/** How the writes of many submissions spread over the keys of the indexes: what one key takes, a partition must bear. */
export function keyShare(): Row[] {
  const ids = saltedIds(randomBytes(16).toString("hex"));
  const writes = { worklist: new Map<string, number>(), timers: new Map<string, number>(), outbox: new Map<string, number>() };
  const count = (index: keyof typeof writes, key: string | undefined) => {
    if (key !== undefined) writes[index].set(key, (writes[index].get(key) ?? 0) + 1);
  };
  for (let number = 0; number < submissions; number += 1) {
    const id = ids.request("caller", "submitRequest", `key-${number}`);
    // Lines of the plan stand in the worklist, lines of the vendor in the timers; every second submission is the one or the other.
    const change = aChange(number % 2 === 0 ? {} : { lines: [therapyLine()] }, { id });
    const { worklistKey, timersKey } = indexAttributes(change.request);
    count("worklist", worklistKey);
    count("timers", timersKey);
    count("outbox", outboxAttributes(id, change.events).outboxKey);
  }
  return Object.entries(writes).map(([index, keys]) => {
    const all = [...keys.values()];
    const value = all.length === 0 ? Number.NaN : Math.max(...all) / all.reduce((sum, one) => sum + one, 0);
    return { name: `largest share of one key in ${index}'s writes, ${submissions} submissions`, value, goal: 2 / 8, unit: "share" };
  });
}
