import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { contractProfile, type IdentityProfile } from "../shared/api/identity-profile.ts";
import { machineScopes, resourceServer } from "../shared/api/scopes.ts";

/** To add a stage, add `infra/config/<stage>.json`; `npm run deploy -- --stage <stage>` does the rest. */
const directory = join(import.meta.dirname, "config");

/** CloudWatch keeps logs for these numbers of days only. */
const logDays = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653] as const;

/** An address over TLS. */
const secureAddress = z.url({ protocol: /^https$/, error: "must be an https address" });

/** An address of the pocket cloud: the only one that is spoken to without TLS. */
const localAddress = z.url({ protocol: /^https?$/, hostname: /^127\.0\.0\.1$/, error: "must be an address of 127.0.0.1" });

const base = (address: z.ZodURL) => address.refine((url) => !url.endsWith("/"), "must not end with a slash");

const origin = (address: z.ZodURL) =>
  address.refine((url) => URL.canParse(url) && new URL(url).origin === url, "must be an origin: no path and no slash");

const claim = (name: keyof IdentityProfile["claims"]) => z.string().min(1).default(contractProfile.claims[name]);

/** How tokens say who calls; what is not said is named as in the contract. */
const profile = z.strictObject({
  claims: z
    .strictObject({
      organization: claim("organization"),
      scope: z
        .enum(["scope", "scp"], "must be scope or scp: the gateway reads no other claim")
        .default(contractProfile.claims.scope),
      name: claim("name"),
      credential: claim("credential"),
      specialty: claim("specialty"),
    })
    .prefault({}),
  scopePrefix: z.string().regex(/^\S*$/, "must have no blanks").default(contractProfile.scopePrefix),
  tokenType: z.strictObject({ claim: z.string().min(1), accepted: z.array(z.string().min(1)).min(1) }).optional(),
}) satisfies z.ZodType<IdentityProfile>;

/** Any OpenID Connect issuer that signs with RSA. */
const issuer = (address: z.ZodURL) =>
  z.strictObject({
    kind: z.literal("oidc"),
    /** To the letter as its tokens say it, last slash included. */
    issuerUrl: address,
    audience: z.string().min(1).default("prior-authorization"),
    profile: profile.prefault({}),
  });

/** A user pool of Cognito that is deployed with the stage. */
const cognito = z.strictObject({
  kind: z.literal("cognito"),
  /** Pages of the plan's desk that people come back to when they have signed in. */
  callbackUrls: z.array(secureAddress).min(1),
  /** Systems that call the API, by name, and what each may ask for. */
  machineClients: z
    .record(z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, "must be a lower-case name"), z.array(z.enum(machineScopes)).min(1))
    .default({}),
});

const domain = z.strictObject({
  name: z.hostname(),
  /** In AWS Certificate Manager, of the stage's region. */
  certificateArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/, "must be the ARN of a certificate"),
  /** Clients show a certificate of these authorities (a PEM file in S3); the endpoint that AWS gives is shut. */
  mutualTls: z
    .strictObject({
      truststoreBucket: z.string().min(3),
      truststoreKey: z.string().min(1),
      truststoreVersion: z.string().optional(),
    })
    .optional(),
});

const settingsSchema = (address: z.ZodURL) =>
  settingsShape(address).refine(({ vendorUrl, vendorStandIn }) => (vendorUrl === undefined) !== (vendorStandIn === undefined), {
    path: ["vendorUrl"],
    error: "must be given, or else vendorStandIn, and not both",
  });

const settingsShape = (address: z.ZodURL) =>
  z.strictObject({
    /** Names every resource, so it is short: bucket names end at 63 characters, role names at 64. */
    stage: z
      .string()
      .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "must be lower-case words joined by hyphens")
      .max(14),
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be an AWS region"),
    /** The one account that the stage belongs to: with credentials of another, nothing is deployed or removed. */
    account: z
      .string()
      .regex(/^\d{12}$/, "must be the 12 digits of an AWS account")
      .optional(),
    /** Who says who calls. */
    identity: z.discriminatedUnion("kind", [issuer(address), cognito]),
    /** The API under a name of the plan's own. Without it the API has the endpoint that AWS gives it. */
    domain: domain.optional(),
    /** The address clients use, where something else stands before the API. */
    apiUrl: base(address).optional(),
    /** Web origins whose pages may call the API and post documents to the intake bucket. */
    allowedOrigins: z.array(origin(address)),
    /** The imaging vendor; referrals go to `<vendorUrl>/referrals`. */
    vendorUrl: base(address).optional(),
    /** Deploys a stand-in in the vendor's place, where there is no vendor to talk to: it decides by the last digit of the member's id. */
    vendorStandIn: z.literal(true).optional(),
    /** Whether the stage knows other versions of the rules than the one that is deployed with its code. */
    policyOverrides: z.boolean().default(false),
    throttle: z.strictObject({ requestsPerSecond: z.int().positive(), burst: z.int().positive() }),
    retention: z.strictObject({
      logDays: z.literal([...logDays]),
      /** Whether logs outlive a deleted stage. */
      keepLogs: z.boolean(),
      /** How long a verified document can be neither changed nor removed. */
      recordDays: z.int().min(1).max(36_500),
    }),
    logLevel: z.enum(["DEBUG", "INFO", "WARN", "ERROR"]),
    /** Who hears of alarms; without it nobody does but those who subscribe to the topic or look at the dashboard. */
    alarmEmail: z.email().optional(),
  });

export type Settings = z.infer<ReturnType<typeof settingsSchema>>;

/** What Cognito writes: its resource server's name before each scope, and a claim that tells access tokens from those about a person. */
const cognitoProfile: IdentityProfile = {
  ...contractProfile,
  scopePrefix: `${resourceServer}/`,
  tokenType: { claim: "token_use", accepted: ["access"] },
};

export const profileOf = ({ identity }: Settings): IdentityProfile =>
  identity.kind === "oidc" ? identity.profile : cognitoProfile;

/** Settings as they may be given for a stage, or laid over those of its file. */
export type SettingsInput = z.input<ReturnType<typeof settingsSchema>>;

/** Refuses bad settings by throwing one error that names every fault. */
const parseSettings = (input: unknown, address: z.ZodURL): Settings => {
  const result = settingsSchema(address).safeParse(input);
  if (result.success) return result.data;
  const stage = (input as { stage?: unknown }).stage;
  throw new Error(`The settings of stage "${String(stage)}" are wrong:\n${z.prettifyError(result.error)}`);
};

/** The settings of a deployed stage, from its file. */
export const stageSettings = (stage: string, overrides: Partial<SettingsInput> = {}): Settings => {
  const file = join(directory, `${stage}.json`);
  if (!existsSync(file)) {
    const known = readdirSync(directory).map((name) => name.replace(/\.json$/, ""));
    throw new Error(`There is no stage "${stage}": infra/config has ${known.toSorted().join(", ")}`);
  }
  return parseSettings({ ...JSON.parse(readFileSync(file, "utf8")), ...overrides, stage }, secureAddress);
};

/** The settings of the pocket cloud: every outside party listens on this machine, at a fixed distance from the base port. */
export const localSettings = (port: number, overrides: Partial<SettingsInput> = {}): Settings =>
  parseSettings(
    {
      region: "us-east-1",
      apiUrl: `http://127.0.0.1:${port}`,
      identity: { kind: "oidc", issuerUrl: `http://127.0.0.1:${port + 1}` },
      vendorUrl: `http://127.0.0.1:${port + 4}`,
      allowedOrigins: [`http://127.0.0.1:${port}`],
      // Leaves room for load tests: what is measured is the code, not the throttle.
      throttle: { requestsPerSecond: 2000, burst: 4000 },
      retention: { logDays: 1, keepLogs: false, recordDays: 1 },
      logLevel: "INFO",
      policyOverrides: true,
      ...overrides,
      stage: "local",
    } satisfies SettingsInput,
    localAddress,
  );
