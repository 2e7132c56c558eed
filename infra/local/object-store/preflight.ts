import { corsHeaders } from "./cors.ts";
import { bucketOf, type Exchange, sendEmpty } from "./exchange.ts";
import { accessDenied, Refusal } from "./refusal.ts";

/** `OPTIONS`: may a script of that origin make that request? Asked by browsers, unsigned. */
export const preflight = async (exchange: Exchange): Promise<void> => {
  const { store, response, header } = exchange;
  const bucket = bucketOf(store, exchange.bucketName);
  const [origin, method] = [header("origin"), header("access-control-request-method")];
  if (origin === undefined || method === undefined) {
    throw new Refusal("InvalidRequest", "Insufficient information. Origin request header needed.");
  }
  const requestedHeaders = (header("access-control-request-headers") ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const allowed = corsHeaders(bucket.settings.cors, { origin, method, requestedHeaders });
  if (!allowed) {
    throw accessDenied(
      "CORSResponse: This CORS request is not allowed. This is usually because the evaluation of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
    );
  }
  response.setHeaders(new Map(Object.entries(allowed)));
  sendEmpty(exchange, 200);
};
