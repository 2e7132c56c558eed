import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { operations } from "../../shared/api/operations.ts";
import { groupScopes, machineScopes, scopes } from "../../shared/api/scopes.ts";
import { identityTemplate, ownPool, resourcesOf, templates } from "./assembly.ts";

const identity = identityTemplate({ overrides: ownPool });
const { api } = templates({ overrides: ownPool });

const clients = resourcesOf(api, "AWS::Cognito::UserPoolClient").map(([id, { Properties }]) => ({ id, ...Properties })) as {
  id: string;
  ClientName: string;
  AllowedOAuthFlows: string[];
  AllowedOAuthScopes: string[];
  WriteAttributes?: string[];
}[];

describe("a user pool of the stage's own", () => {
  it("lets in whom the plan has invited, with a second factor and a strong password", () => {
    identity.hasResourceProperties("AWS::Cognito::UserPool", {
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      MfaConfiguration: "ON",
      EnabledMfas: ["SOFTWARE_TOKEN_MFA"],
      Policies: {
        PasswordPolicy: {
          MinimumLength: 14,
          RequireLowercase: true,
          RequireNumbers: true,
          RequireSymbols: true,
          RequireUppercase: true,
        },
      },
      UserPoolTier: "PLUS",
    });
  });

  it("is kept and cannot be deleted", () => {
    identity.hasResource("AWS::Cognito::UserPool", {
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: { DeletionProtection: "ACTIVE" },
    });
  });

  it("hands out every scope that an operation asks for", () => {
    for (const { scopes: asked } of Object.values(operations))
      if (typeof asked !== "string") expect(Object.keys(scopes)).toEqual(expect.arrayContaining([...asked]));
    identity.hasResourceProperties("AWS::Cognito::UserPoolResourceServer", {
      Identifier: "prior-authorization",
      Scopes: Object.entries(scopes).map(([ScopeName, ScopeDescription]) => ({ ScopeName, ScopeDescription })),
    });
    expect(resourcesOf(identity, "AWS::Cognito::UserPoolGroup").map(([, { Properties }]) => Properties.GroupName)).toEqual(
      Object.keys(groupScopes),
    );
  });

  it("asks a function of ours about each access token, machines' too", () => {
    identity.hasResourceProperties("AWS::Cognito::UserPool", {
      LambdaConfig: { PreTokenGenerationConfig: { LambdaVersion: "V3_0", LambdaArn: Match.anyValue() } },
    });
    identity.hasResourceProperties("AWS::Lambda::Permission", {
      Principal: "cognito-idp.amazonaws.com",
      SourceArn: Match.anyValue(),
    });
  });

  it("has a client for each machine, and none of them may review", () => {
    const machines = clients.filter(({ AllowedOAuthFlows }) => AllowedOAuthFlows.includes("client_credentials"));
    expect(machines.map(({ ClientName }) => ClientName).toSorted()).toEqual(["claims", "partner-a"]);
    const allowed = machineScopes.map((scope) => `prior-authorization/${scope}`);
    for (const { AllowedOAuthScopes, AllowedOAuthFlows } of machines) {
      expect(AllowedOAuthFlows).toEqual(["client_credentials"]);
      expect(allowed).toEqual(expect.arrayContaining(AllowedOAuthScopes));
      expect(AllowedOAuthScopes.join()).not.toContain("reviews:");
    }
  });

  it("lets nobody write their own name or credential", () => {
    const desk = clients.find(({ ClientName }) => ClientName === "desk");
    expect(desk?.AllowedOAuthFlows).toEqual(["code"]);
    expect(desk?.WriteAttributes).toEqual(["locale"]);
  });

  it("is the only issuer that the API trusts, for the tokens of these clients", () => {
    api.hasResourceProperties("AWS::ApiGatewayV2::Authorizer", {
      JwtConfiguration: {
        Audience: clients.map(({ id }) => ({ Ref: id })),
        Issuer: { "Fn::Join": ["", ["https://cognito-idp.us-east-1.amazonaws.com/", { "Fn::ImportValue": Match.anyValue() }]] },
      },
    });
    api.hasResourceProperties("AWS::ApiGatewayV2::Route", {
      RouteKey: "POST /v1/requests",
      AuthorizationScopes: ["prior-authorization/requests:write", "prior-authorization/intake:write"],
    });
  });

  it("is there only for stages that ask for it", () => {
    expect(() => identityTemplate({ stage: "production" })).toThrow("The stage has no user pool");
  });
});
