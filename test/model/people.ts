import type { TokenRequest } from "../../infra/local/tokens.ts";
import type { Principal } from "../../shared/domain/principal.ts";

/** Somebody at the desk: as the use cases see them, and the token by which the API does, where a local role can say it. */
export type Person = { readonly principal: Principal; readonly token?: TokenRequest };

/** Who plays in a sequence. */
export type Cast = {
  readonly providers: readonly Person[];
  readonly clerk: Person;
  readonly reviewers: readonly Person[];
  readonly claims: Person;
  /** Whose name the vendor puts under an adverse line; `undefined`: nobody's. */
  readonly vendorClinicians: readonly (string | undefined)[];
};

const reviewing = ["reviews:read", "reviews:write"];
const denying = [...reviewing, "reviews:deny"];

const principal = (subject: string, scopes: readonly string[], more: Partial<Principal> = {}): Principal => ({
  issuer: "https://issuer",
  subject,
  organization: null,
  scopes: new Set(scopes),
  person: null,
  ...more,
});
const person = (subject: string, credential: string | null, scopes: readonly string[], name = "Nora Reviewer"): Person => ({
  principal: principal(subject, scopes, { person: { name, credential, specialty: null } }),
});

export const provider: Person = {
  principal: principal("desk", ["requests:read", "requests:write"], { organization: "org-demo" }),
  token: { role: "provider" },
};
const otherProvider: Person = {
  principal: principal("other-desk", ["requests:read", "requests:write"], { organization: "org-a" }),
  token: { role: "provider", organization: "org-a" },
};
const clerk: Person = {
  principal: principal("clerk-1", ["intake:write"], { person: { name: "Cleo Intake", credential: null, specialty: null } }),
  token: { role: "clerk", subject: "clerk-1" },
};
const claims: Person = { principal: principal("claims", ["claims:check", "claims:use"]), token: { role: "claims" } };

const nurse: Person = { ...person("nurse-1", "RN", reviewing), token: { role: "nurse", subject: "nurse-1" } };
const otherNurse: Person = { ...person("nurse-2", "LPN", reviewing), token: { role: "nurse", subject: "nurse-2" } };

/** What is written where a credential stands, and is none that may deny. */
export const forgedCredentials = [
  "rn",
  "md",
  "MD ",
  " MD",
  "M.D.",
  "MD, RN",
  "RN MD",
  "MÐ",
  "M\u200bD",
  "Doctor",
  "NP",
  "PA-C",
  "",
];

/** Nobody of them may decide against what was asked, whatever their tokens say. */
const withoutTheRight: readonly Person[] = [
  nurse,
  otherNurse,
  person("nurse-md-in-name", "RN", denying, "Nora Reviewer, MD"),
  // The credential alone is not enough: the plan has not let this physician deny.
  person("physician-without-scope", "MD", reviewing),
  { ...person("nurse-with-scope", "RN", denying), token: { role: "nurse", subject: "nurse-with-scope", scopes: denying } },
  { ...person("clerk-with-scopes", null, denying, "Cleo Intake"), token: { role: "clerk", subject: "clerk-3", scopes: denying } },
  { principal: principal("machine", denying), token: { role: "claims", subject: "machine", scopes: denying } },
  ...forgedCredentials.map((credential, index) => person(`forged-${index}`, credential, denying)),
];

const director: Person = {
  ...person("director-1", "MD", denying, "Dana Director"),
  token: { role: "director", subject: "director-1" },
};
const otherDirector: Person = {
  ...person("director-2", "DO", denying, "Drew Director"),
  token: { role: "director", subject: "director-2" },
};
const psychologist = person("psychologist-1", "PsyD", denying, "Pat Psychologist");
const pharmacist = person("pharmacist-1", "PharmD", denying, "Farrah Pharmacist");

const everybodyElse = { providers: [provider, otherProvider], clerk, claims };

/** Automation, the vendor and nurses: no clinician who may deny anything. */
export const withoutClinicians: Cast = {
  ...everybodyElse,
  reviewers: withoutTheRight,
  vendorClinicians: [undefined, "RN", "LPN", ...forgedCredentials.filter((credential) => credential !== "")],
};

/** The same, and clinicians at the plan and at the vendor. */
export const withClinicians: Cast = {
  ...everybodyElse,
  reviewers: [nurse, otherNurse, director, director, otherDirector, otherDirector, psychologist, pharmacist],
  vendorClinicians: [undefined, "RN", "MD", "DO", "PsyD", "PharmD"],
};

/** The same people, as far as they can be told apart by the local issuer's tokens. */
export const callersOf = (cast: Cast): Cast => ({ ...cast, reviewers: cast.reviewers.filter(({ token }) => token !== undefined) });
