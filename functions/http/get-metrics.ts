import { metricsCsv, metricsView } from "../../shared/api/metrics-views.ts";
import { metricsOf } from "../../shared/domain/metrics.ts";
import { ok } from "../../shared/domain/result.ts";
import { clock } from "../lib/deps/clock.ts";
import { ledger } from "../lib/deps/ledger.ts";
import { policies } from "../lib/deps/policies.ts";
import { endpoint } from "../lib/endpoint.ts";

export const handler = endpoint("getMetrics", async ({ path, query: { lineOfBusiness, format } }) => {
  const year = Number(path.year);
  const programs = metricsOf(await ledger.year(year), year, lineOfBusiness && [lineOfBusiness]);
  if (format !== "csv") return ok({ body: metricsView(year, programs, await policies.at(clock.now())) });
  const disposition = `attachment; filename="prior-authorization-metrics-${year}.csv"`;
  const headers = { "content-type": "text/csv; charset=utf-8; header=present", "content-disposition": disposition };
  return ok({ text: metricsCsv(year, programs), headers });
});
