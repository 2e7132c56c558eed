import type { IdentityProfile } from "../../shared/api/identity-profile.ts";
import { env } from "./env.ts";

/** How the stage's issuer says who calls. The settings it comes from were validated when the template was written. */
export const identityProfile = (): IdentityProfile => JSON.parse(env("IDENTITY_PROFILE").IDENTITY_PROFILE);
