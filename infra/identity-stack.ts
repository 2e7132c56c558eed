import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import {
  AccountRecovery,
  CfnUserPoolDomain,
  CfnUserPoolGroup,
  CfnUserPoolResourceServer,
  FeaturePlan,
  LambdaVersion,
  Mfa,
  StandardThreatProtectionMode,
  StringAttribute,
  UserPool,
  UserPoolOperation,
} from "aws-cdk-lib/aws-cognito";
import type { Construct } from "constructs";
import { groupScopes, resourceServer, scopes } from "../shared/api/scopes.ts";
import type { Settings } from "./config.ts";
import { serviceFunction } from "./constructs/service-function.ts";
import { namesOf } from "./names.ts";

export type IdentityStackProps = StackProps & { settings: Settings; assetsDirectory: string; keyArn: string };

/**
 * The plan's own issuer, for stages that have no other: people who sign in with a second factor, and the scopes that machines and
 * people may hold. Clients belong to the API's stack: it must know their ids, and they hold nothing that must outlive it.
 */
export class IdentityStack extends Stack {
  readonly userPoolId: string;

  constructor(scope: Construct, id: string, { settings, assetsDirectory, keyArn, ...props }: IdentityStackProps) {
    super(scope, id, { ...props, description: "Prior authorization: people and their groups, scopes" });
    const names = namesOf(this, settings.stage);

    const pool = new UserPool(this, "people", {
      userPoolName: names.userPool,
      // What shapes access tokens comes with `essentials`; what notices stolen passwords, with `plus`.
      featurePlan: FeaturePlan.PLUS,
      standardThreatProtectionMode: StandardThreatProtectionMode.FULL_FUNCTION,
      selfSignUpEnabled: false,
      signInCaseSensitive: false,
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      enableSmsRole: false,
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      passwordPolicy: {
        minLength: 14,
        requireDigits: true,
        requireLowercase: true,
        requireSymbols: true,
        requireUppercase: true,
        passwordHistorySize: 12,
        tempPasswordValidity: Duration.days(2),
      },
      customAttributes: Object.fromEntries(
        ["org", "credential", "specialty"].map((name) => [name, new StringAttribute({ mutable: true, maxLen: 64 })]),
      ),
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    pool.addTrigger(
      UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG,
      serviceFunction(this, "shape-token", { settings, assetsDirectory, keyArn }),
      LambdaVersion.V3_0,
    );

    new CfnUserPoolResourceServer(this, "scopes", {
      userPoolId: pool.userPoolId,
      identifier: resourceServer,
      name: resourceServer,
      scopes: Object.entries(scopes).map(([scopeName, scopeDescription]) => ({ scopeName, scopeDescription })),
    });
    for (const [groupName, held] of Object.entries(groupScopes))
      new CfnUserPoolGroup(this, `group-${groupName}`, { userPoolId: pool.userPoolId, groupName, description: held.join(" ") });
    new CfnUserPoolDomain(this, "sign-in", { userPoolId: pool.userPoolId, domain: names.signInDomain });

    this.userPoolId = pool.userPoolId;
    new CfnOutput(this, "UserPoolId", { value: pool.userPoolId, description: "Where people and clients are registered" });
    new CfnOutput(this, "SignInUrl", {
      value: `https://${names.signInDomain}.auth.${this.region}.amazoncognito.com`,
      description: "Where people sign in, and where /oauth2/token answers machines",
    });
  }
}
