import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { restoreMoment } from "../drill/moment.ts";
import { forget, playWorld, type World } from "../drill/world.ts";
import { recordOf } from "../grants/record.ts";
import { rounds } from "./chance.ts";

const seed = 1;
const moments = rounds(50, 3);
const record = recordOf("restore");

describe("the drill of a restore", () => {
  let world: World;
  beforeAll(async () => {
    world = await playWorld({ moments, seed, record });
  }, 600_000);
  afterAll(() => world && forget(world));

  test.each(Array.from({ length: moments }, (_, index) => [index + 1]))(
    "random moment %i: chains go on in a new epoch, nothing takes effect twice, every document is accounted for",
    async (number) => {
      const moment = world.moments[number - 1];
      if (!moment) throw new Error("the moment was not taken");
      const { faults, first } = await restoreMoment(world, moment, { seed, record });
      expect(faults).toEqual([]);
      expect(first.restored).toBe(first.requests);
    },
  );
});
