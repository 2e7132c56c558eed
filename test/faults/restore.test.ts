import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { restoreMoment } from "../drill/moment.ts";
import { forget, playWorld, type World } from "../drill/world.ts";
import { recordOf } from "../grants/record.ts";
import { rounds } from "./chance.ts";

const seed = 1;
const moments = rounds(50, 3);
const record = recordOf("restore");
const oneHour = 3_600_000;

describe("a table restored to a random moment", () => {
  let world: World;
  beforeAll(async () => {
    world = await playWorld({ moments, seed, record });
  }, oneHour);
  afterAll(() => world && forget(world));

  test(
    "goes on: chains in a new epoch, no effect doubled, every document accounted for",
    async () => {
      expect(world.moments).toHaveLength(moments);
      for (const moment of world.moments)
        expect((await restoreMoment(world, moment, { seed, record })).faults, `moment ${moment.number}`).toEqual([]);
    },
    oneHour,
  );
});
