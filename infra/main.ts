import { guard } from "./nag.ts";
import { assemble } from "./synthesize.ts";

/** The CDK app: `npm run deploy -- --stage production`, or any `npx cdk` command with `-c stage=production`. */
const context: { stage?: string } = JSON.parse(process.env.CDK_CONTEXT_JSON ?? "{}");

const { app } = assemble({
  stage: context.stage ?? process.env.STAGE ?? "dev",
  outdir: process.env.CDK_OUTDIR ?? "cdk.out",
});
guard(app);
app.synth();
