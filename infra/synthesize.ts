import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { operations } from "../shared/api/operations.ts";
import { ApiStack, type Routes } from "./api-stack.ts";
import { localSettings, type SettingsInput, stageSettings } from "./config.ts";
import { DataStack } from "./data-stack.ts";
import { EventsStack } from "./events-stack.ts";
import { IdentityStack } from "./identity-stack.ts";
import { ObservabilityStack } from "./observability-stack.ts";
import { VendorStandInStack, vendorStandIn } from "./stand-ins/vendor-stand-in-stack.ts";

export type SynthesisOptions = {
  /** A stage of `infra/config`, or `local`: the pocket cloud. */
  stage: string;
  /** Where the assembly goes; the CDK command line says it by itself. */
  outdir?: string;
  /** Base port of the pocket cloud. */
  port?: number;
  /** Settings laid over the stage's own. */
  overrides?: Partial<SettingsInput>;
  /** Where `bundle.ts` put the functions. */
  assetsDirectory?: string;
  routes?: Routes;
};

/** Choices of the CDK's behaviour. They stand here and not in `cdk.json`, so that every way to synthesize gives one template. */
const context = {
  "@aws-cdk/core:defaultCrossStackReferences": "strong",
  "@aws-cdk/core:enablePartitionLiterals": true,
  "@aws-cdk/core:validateAgainstDefaultRules": true,
};

/** The app with its stacks. No account is asked: the same template goes to any, and the pocket cloud fills in its own. */
export const assemble = (options: SynthesisOptions) => {
  const { stage, outdir, port = 4010, overrides, routes = operations } = options;
  const assetsDirectory = options.assetsDirectory ?? join(import.meta.dirname, "../.build/functions");
  const settings = stage === "local" ? localSettings(port, overrides) : stageSettings(stage, overrides);

  const app = new App({ analyticsReporting: false, context, ...(outdir !== undefined && { outdir }) });
  // A table under a customer key must know its region.
  const env = { region: settings.region };
  const id = (name: string) => `prior-auth-${stage}-${name}`;

  const stateful = { env, terminationProtection: stage !== "local" };
  const data = new DataStack(app, id("data"), settings, stateful);
  const { keyArn } = data;
  const identity =
    settings.identity.kind === "cognito"
      ? new IdentityStack(app, id("identity"), { ...stateful, settings, assetsDirectory, keyArn })
      : undefined;
  const api = new ApiStack(app, id("api"), { env, settings, assetsDirectory, routes, keyArn, userPoolId: identity?.userPoolId });
  const standIn = settings.vendorStandIn
    ? new VendorStandInStack(app, id(vendorStandIn), { env, settings, assetsDirectory, keyArn, apiUrl: api.apiUrl })
    : undefined;
  const events = new EventsStack(app, id("events"), {
    env,
    settings: standIn ? { ...settings, vendorUrl: standIn.url } : settings,
    assetsDirectory,
    streamArn: data.streamArn,
    keyArn,
    apiUrl: api.apiUrl,
  });
  const observability = new ObservabilityStack(app, id("observability"), { env, settings, apiId: api.apiId });
  // Names do not tell CloudFormation what must be there first.
  api.addStackDependency(data);
  events.addStackDependency(data);
  observability.addStackDependency(data);
  identity?.addStackDependency(data);
  standIn?.addStackDependency(data);
  return { app, data, identity, api, standIn, events, observability };
};

/** Writes the cloud assembly: the templates and the functions' bundles. Needs the bundles, but no account and no network. */
export const synthesize = (options: SynthesisOptions): void => {
  assemble(options).app.synth();
};
