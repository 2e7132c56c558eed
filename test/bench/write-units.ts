import type { CountedOperation } from "../../infra/local/table/start-table.ts";
import type { Desk } from "./desk.ts";
import { median, type Row } from "./row.ts";

const moreChanges = 50;
const compared = 5;

/**
 * Write units of CONTRACT's example by DynamoDB's rules, all indexes counted: what the call itself writes, and everything until its
 * events are published. Then one and the same request changes again and again (the clinical summary, always as long); compared are
 * the units of one change with its relay, median of five: after fifty more changes, over the first ones.
 */
export async function writeUnits(desk: Desk): Promise<Row[]> {
  const { cloud, submit, addInformation } = desk;
  const written = (by = ""): number =>
    cloud.table.units
      .read()
      .operations.filter(({ action, identity }) => /:(Put|Update|Delete|BatchWrite)Item$/.test(action) && identity.endsWith(by))
      .reduce((sum, operation) => sum + unitsOf(operation), 0);

  await cloud.idle();
  cloud.table.units.reset();
  const id = await submit();
  await cloud.idle();
  const own = written("-submit-request");
  const published = written();

  let number = 0;
  const change = async (): Promise<number> => {
    cloud.table.units.reset();
    number += 1;
    await addInformation(id, number);
    await cloud.idle();
    return written();
  };
  const several = async (count: number): Promise<number[]> => {
    const units: number[] = [];
    for (let each = 0; each < count; each += 1) units.push(await change());
    return units;
  };
  const first = median(await several(compared));
  await several(moreChanges);
  const last = median(await several(compared));
  if (process.env.BENCH_DETAIL) console.error(`write units of a change: ${first} at first, ${last} after ${moreChanges} more`);

  return [
    { name: "write units of the example, the API's own write", value: own, goal: 10, unit: "units" },
    { name: "write units of the example, until published", value: published, goal: 16, unit: "units" },
    { name: `write units of a change after ${moreChanges} more over the first`, value: last / first, goal: 1, unit: "ratio" },
  ];
}

const unitsOf = ({ table, indexes }: CountedOperation): number => Object.values(indexes).reduce((sum, index) => sum + index, table);
