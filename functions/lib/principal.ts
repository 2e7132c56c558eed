import type { IdentityProfile } from "../../shared/api/identity-profile.ts";
import type { Principal } from "../../shared/domain/principal.ts";

type Claims = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** Who calls an operation that asks for no token. */
export const nobody: Principal = { issuer: "", subject: "", organization: null, scopes: new Set(), person: null };

/**
 * Who calls, from the claims that the gateway's authorizer has verified. People carry a name; machines do not. A scope without the
 * issuer's prefix is none of ours, and a token of another type than those accepted has no scope at all.
 */
export function principalFrom(claims: Claims, { claims: names, scopePrefix, tokenType }: IdentityProfile): Principal {
  const text = (name: string) => (typeof claims[name] === "string" && claims[name] !== "" ? claims[name] : null);
  const name = text(names.name);
  const accepted = tokenType === undefined || tokenType.accepted.includes(text(tokenType.claim) ?? "");
  return {
    issuer: text("iss") ?? "",
    subject: text("sub") ?? "",
    organization: text(names.organization),
    scopes: new Set(accepted ? listed(claims[names.scope]).flatMap((scope) => withoutPrefix(scope, scopePrefix)) : []),
    person: name === null ? null : { name, credential: text(names.credential), specialty: text(names.specialty) },
  };
}

/** The gateway writes a list as `[one two]`. */
const listed = (value: Claims[string]): readonly string[] =>
  Array.isArray(value)
    ? value
    : typeof value === "string"
      ? value
          .replace(/^\[(.*)\]$/s, "$1")
          .split(" ")
          .filter(Boolean)
      : [];

const withoutPrefix = (scope: string, prefix: string): string[] => (scope.startsWith(prefix) ? [scope.slice(prefix.length)] : []);
