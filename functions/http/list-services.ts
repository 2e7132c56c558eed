import { servicesView } from "../../shared/api/policy-views.ts";
import { ok } from "../../shared/domain/result.ts";
import { clock } from "../lib/deps/clock.ts";
import { policies } from "../lib/deps/policies.ts";
import { endpoint } from "../lib/endpoint.ts";
import { revalidated } from "../lib/revalidated.ts";

export const handler = endpoint("listServices", async ({ headers }) =>
  ok(revalidated(servicesView(await policies.at(clock.now())), headers["if-none-match"])),
);
