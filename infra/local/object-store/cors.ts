/** A rule of CloudFormation's `AWS::S3::Bucket CorsConfiguration.CorsRules`. */
export type CorsRule = {
  Id?: string;
  AllowedMethods: string[];
  AllowedOrigins: string[];
  AllowedHeaders?: string[];
  ExposedHeaders?: string[];
  /** Seconds. */
  MaxAge?: number;
};

/** S3's patterns hold at most one `*`. */
const matches = (pattern: string, value: string): boolean => {
  const [head = "", tail] = pattern.split("*");
  if (tail === undefined) return pattern === value;
  return value.length >= head.length + tail.length && value.startsWith(head) && value.endsWith(tail);
};

const headersAllowed = (rule: CorsRule, requested: readonly string[]): boolean =>
  requested.every((header) => (rule.AllowedHeaders ?? []).some((allowed) => matches(allowed.toLowerCase(), header)));

type CorsQuestion = { origin: string; method: string; requestedHeaders?: readonly string[] };

/** The headers that let a browser's script see the answer, of the first rule that fits; undefined when none does. */
export const corsHeaders = (rules: readonly CorsRule[] | undefined, question: CorsQuestion): Record<string, string> | undefined => {
  const requested = (question.requestedHeaders ?? []).map((header) => header.toLowerCase());
  for (const rule of rules ?? []) {
    const origin = rule.AllowedOrigins.find((pattern) => matches(pattern, question.origin));
    if (origin === undefined || !rule.AllowedMethods.includes(question.method) || !headersAllowed(rule, requested)) continue;
    return {
      "access-control-allow-origin": origin === "*" ? "*" : question.origin,
      "access-control-allow-methods": rule.AllowedMethods.join(", "),
      ...(origin === "*" ? {} : { "access-control-allow-credentials": "true" }),
      ...(requested.length > 0 ? { "access-control-allow-headers": requested.join(", ") } : {}),
      ...(rule.ExposedHeaders?.length ? { "access-control-expose-headers": rule.ExposedHeaders.join(", ") } : {}),
      ...(rule.MaxAge === undefined ? {} : { "access-control-max-age": String(rule.MaxAge) }),
      vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
    };
  }
  return undefined;
};
