import { gauges } from "../../shared/api/operational-metrics.ts";
import { readGauges } from "../../shared/use-cases/read-gauges.ts";
import { clock } from "../lib/deps/clock.ts";
import { watch } from "../lib/deps/watch.ts";
import { job } from "../lib/job.ts";
import { measure } from "../lib/telemetry.ts";

export const handler = job("publish-metrics", async () => {
  const values = await readGauges({ watch, clock });
  for (const metric of gauges) measure({ metric, value: values[metric], dimensions: {} });
  return gauges.length;
});
