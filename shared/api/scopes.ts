/** What the API is called where Cognito hands out its scopes. */
export const resourceServer = "prior-authorization";

/** Every scope of the API. What an issuer hands out, machines and people together. */
export const scopes = {
  "requests:read": "Read an organization's requests",
  "requests:write": "Submit requests and add to them",
  "intake:write": "Key in what came by mail, phone or fax",
  "reviews:read": "Read every request",
  "reviews:write": "Decide requests",
  "reviews:deny": "Decide against a request",
  "reviews:supervise": "Give requests to other reviewers",
  "claims:check": "Ask whether a service was authorized",
  "claims:use": "Count a claim against an authorization",
  "metrics:read": "Read the yearly metrics",
} as const;

export type Scope = keyof typeof scopes;

const all = Object.keys(scopes) as Scope[];

/** A review is a person's work: no machine holds its scopes, whoever issues its token. */
export const machineScopes: readonly Scope[] = all.filter((scope) => !scope.startsWith("reviews:"));

/** What people may ask for, by the groups that the plan puts them in. */
export const groupScopes: Readonly<Record<string, readonly Scope[]>> = {
  provider: ["requests:read", "requests:write"],
  clerk: ["intake:write"],
  nurse: ["reviews:read", "reviews:write"],
  director: ["reviews:read", "reviews:write", "reviews:deny"],
  supervisor: ["reviews:read", "reviews:write", "reviews:supervise"],
  analyst: ["metrics:read"],
};
