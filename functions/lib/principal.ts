import type { Principal } from "../../shared/domain/principal.ts";

type Claims = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** Who calls, from the claims that the gateway's authorizer has verified. People carry a name; machines do not. */
export function principalFrom(claims: Claims): Principal {
  const text = (name: string) => (typeof claims[name] === "string" && claims[name] !== "" ? claims[name] : null);
  const name = text("name");
  return {
    issuer: text("iss") ?? "",
    subject: text("sub") ?? "",
    organization: text("org"),
    scopes: new Set((text("scope") ?? "").split(" ").filter(Boolean)),
    person: name === null ? null : { name, credential: text("credential"), specialty: text("specialty") },
  };
}
