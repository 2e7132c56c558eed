import { profileOf, type Settings } from "../config.ts";
import type { Outputs } from "./deployed.ts";

/** What stands at the end of a deployment: where the API is, how to get a first token, and how to see that all of it works. */
export const whatToDoNow = (settings: Settings, outputs: Outputs): string[] => [
  "",
  `Stage ${settings.stage} is deployed.`,
  "",
  `  API      ${outputs.apiUrl}`,
  `  docs     ${outputs.apiUrl}/docs`,
  ...(outputs.signInUrl === undefined ? [] : [`  sign-in  ${outputs.signInUrl}`]),
  "",
  "A first token:",
  ...tokenFrom(settings, outputs).map((line) => `  ${line}`),
  "",
  "See that it works:",
  `  ${smokeLine(settings, outputs)}`,
];

const tokenFrom = (settings: Settings, { clients }: Outputs): string[] => {
  const { identity, stage } = settings;
  if (identity.kind === "oidc") {
    const { claims, scopePrefix } = profileOf(settings);
    return [
      `ask ${identity.issuerUrl} for an access token (client credentials will do) with`,
      `the audience ${identity.audience}, the scopes ${scopePrefix}requests:read ${scopePrefix}requests:write,`,
      `and a claim "${claims.organization}" that names an organization of the plan's register (docs/deploy.md, “The register”)`,
    ];
  }
  const [name] = Object.keys(clients);
  if (name === undefined)
    return ["name a machine in identity.machineClients of the stage's settings, and deploy again: it then has a client"];
  return [
    `npm run --silent smoke -- --stage ${stage} --token-only`,
    `(for the client "${name}", which calls for the organization that its entry in the register names)`,
  ];
};

const smokeLine = ({ stage, identity, vendorStandIn }: Settings, { apiUrl }: Outputs): string =>
  identity.kind === "cognito"
    ? `npm run smoke -- --stage ${stage}${vendorStandIn ? " --demo-register" : ""}`
    : `TOKEN=… npm run smoke -- --api ${apiUrl} --until ${vendorStandIn ? "decided" : "sent"}`;
