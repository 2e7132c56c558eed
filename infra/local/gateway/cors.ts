import type { Received } from "./event.ts";
import type { GatewayResponse } from "./response.ts";
import type { CorsSettings } from "./routes.ts";

/** An API with CORS settings answers preflights by itself, whatever its routes are. Undefined for any other request. */
export const preflightAnswer = (cors: CorsSettings | undefined, { method, headers }: Received): GatewayResponse | undefined => {
  const { origin } = headers;
  if (!cors || method !== "OPTIONS" || origin === undefined || headers["access-control-request-method"] === undefined)
    return undefined;
  return { status: 204, headers: preflightHeaders(cors, origin), cookies: [], body: Buffer.alloc(0) };
};

/** An API with CORS settings speaks for the function too: what that says of origins is dropped. */
export const withCors = (cors: CorsSettings | undefined, made: GatewayResponse, origin: string | undefined): GatewayResponse => {
  if (!cors) return made;
  const others = Object.entries(made.headers).filter(([name]) => !name.startsWith("access-control-"));
  return { ...made, headers: { ...Object.fromEntries(others), ...corsHeaders(cors, origin) } };
};

/** Empty for an origin that is not allowed. */
const preflightHeaders = (cors: CorsSettings, origin: string): Record<string, string> => {
  const allowed = originHeaders(cors, origin);
  if (!allowed) return {};
  return {
    ...allowed,
    ...(cors.methods.length > 0 ? { "access-control-allow-methods": cors.methods.join(",") } : {}),
    ...(cors.headers.length > 0 ? { "access-control-allow-headers": cors.headers.join(",") } : {}),
    ...(cors.maxAge === undefined ? {} : { "access-control-max-age": String(cors.maxAge) }),
  };
};

/** What is added to any other answer. */
const corsHeaders = (cors: CorsSettings, origin: string | undefined): Record<string, string> => {
  const allowed = origin === undefined ? undefined : originHeaders(cors, origin);
  if (!allowed) return {};
  return { ...allowed, ...(cors.exposed.length > 0 ? { "access-control-expose-headers": cors.exposed.join(",") } : {}) };
};

const originHeaders = ({ origins, credentials }: CorsSettings, origin: string): Record<string, string> | undefined => {
  const allowed = origins.some(
    (each) => each === "*" || each === origin || (each.endsWith("://*") && origin.startsWith(each.slice(0, -1))),
  );
  if (!allowed) return undefined;
  return {
    "access-control-allow-origin": origins.includes("*") && !credentials ? "*" : origin,
    ...(credentials ? { "access-control-allow-credentials": "true" } : {}),
  };
};
