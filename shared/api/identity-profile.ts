/** How an issuer says who calls: any OpenID Connect issuer will do, once its claims have been named here. */
export type IdentityProfile = {
  /** The names of the claims. */
  readonly claims: {
    readonly organization: string;
    /** A text of scopes between blanks, or a list of them. The gateway itself reads `scope` and `scp` alone. */
    readonly scope: "scope" | "scp";
    /** What people have and machines do not. */
    readonly name: string;
    readonly credential: string;
    readonly specialty: string;
  };
  /** What the issuer writes before each scope: `https://api.example.org/`. */
  readonly scopePrefix: string;
  /** Which tokens are access tokens, where the issuer signs others for the same audience. */
  readonly tokenType?: { readonly claim: string; readonly accepted: readonly string[] } | undefined;
};

/** Tokens as the contract describes them. */
export const contractProfile: IdentityProfile = {
  claims: { organization: "org", scope: "scope", name: "name", credential: "credential", specialty: "specialty" },
  scopePrefix: "",
};
