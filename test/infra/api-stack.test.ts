import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { functionOf } from "../../infra/api-stack.ts";
import { operations } from "../../shared/api/operations.ts";
import { ownPool, templates, theResource } from "./assembly.ts";

const { api } = templates();

describe("HTTP API", () => {
  it.each(Object.entries(operations))("%s has its route, with the scopes of its row", (_, { method, path, scopes }) => {
    api.hasResourceProperties("AWS::ApiGatewayV2::Route", {
      RouteKey: `${method.toUpperCase()} ${path}`,
      ...(typeof scopes === "string"
        ? { AuthorizationType: "NONE", AuthorizationScopes: Match.absent() }
        : { AuthorizationType: "JWT", AuthorizationScopes: [...scopes] }),
    });
  });

  it("has no other route but the one for whatever is not found", () => {
    api.resourceCountIs("AWS::ApiGatewayV2::Route", Object.keys(operations).length + 1);
    api.hasResourceProperties("AWS::ApiGatewayV2::Route", { RouteKey: "$default", AuthorizationType: "NONE" });
  });

  it("trusts the stage's issuer for the stage's audience", () => {
    api.resourceCountIs("AWS::ApiGatewayV2::Authorizer", 1);
    api.hasResourceProperties("AWS::ApiGatewayV2::Authorizer", {
      AuthorizerType: "JWT",
      IdentitySource: ["$request.header.Authorization"],
      JwtConfiguration: { Audience: ["prior-authorization"], Issuer: "https://issuer.dev.example.org" },
    });
  });

  it("lets only the stage's origins in, and shows them the headers they need", () => {
    api.hasResourceProperties("AWS::ApiGatewayV2::Api", {
      CorsConfiguration: {
        AllowOrigins: ["https://portal.dev.example.org"],
        AllowHeaders: ["Authorization", "Content-Type", "Idempotency-Key", "If-Match"],
        ExposeHeaders: ["ETag", "Idempotent-Replayed", "Location", "Retry-After"],
        AllowCredentials: Match.absent(),
      },
    });
    const closed = templates({ overrides: { allowedOrigins: [] } });
    closed.api.hasResourceProperties("AWS::ApiGatewayV2::Api", { CorsConfiguration: Match.absent() });
  });

  it("throttles, and logs neither path, query, headers nor caller", () => {
    api.hasResourceProperties("AWS::ApiGatewayV2::Stage", {
      StageName: "$default",
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 },
    });
    const [, stage] = theResource(api, "AWS::ApiGatewayV2::Stage");
    const { Format } = stage.Properties.AccessLogSettings as { Format: string };
    expect(Object.values(JSON.parse(Format))).toEqual([
      "$context.requestId",
      "$context.requestTime",
      "$context.routeKey",
      "$context.status",
      "$context.responseLength",
      "$context.responseLatency",
      "$context.integration.latency",
      "$context.integration.integrationStatus",
      "$context.error.responseType",
    ]);
  });

  it("asks for scopes as the issuer writes them", () => {
    const issuer = { kind: "oidc", issuerUrl: "https://login.example", profile: { scopePrefix: "https://api.example/" } } as const;
    templates({ overrides: { identity: issuer } }).api.hasResourceProperties("AWS::ApiGatewayV2::Route", {
      RouteKey: "GET /v1/requests",
      AuthorizationScopes: ["https://api.example/requests:read", "https://api.example/reviews:read"],
    });
  });

  it("has the endpoint that AWS gives it, unless clients must show certificates", () => {
    api.hasResourceProperties("AWS::ApiGatewayV2::Api", { DisableExecuteApiEndpoint: false });
    api.resourceCountIs("AWS::ApiGatewayV2::DomainName", 0);
    const { mutualTls, ...open } = ownPool.domain;
    const named = templates({ overrides: { domain: open } }).api;
    named.hasResourceProperties("AWS::ApiGatewayV2::Api", { DisableExecuteApiEndpoint: false });
    named.hasResourceProperties("AWS::ApiGatewayV2::DomainName", { MutualTlsAuthentication: Match.absent() });
    named.hasOutput("ApiUrl", { Value: "https://api.dev.example.org" });

    const closed = templates({ overrides: { domain: ownPool.domain } }).api;
    closed.hasResourceProperties("AWS::ApiGatewayV2::Api", { DisableExecuteApiEndpoint: true });
    closed.hasResourceProperties("AWS::ApiGatewayV2::DomainName", {
      DomainName: "api.dev.example.org",
      DomainNameConfigurations: [
        { CertificateArn: ownPool.domain.certificateArn, EndpointType: "REGIONAL", SecurityPolicy: "TLS_1_2" },
      ],
      MutualTlsAuthentication: { TruststoreUri: `s3://${mutualTls.truststoreBucket}/${mutualTls.truststoreKey}` },
    });
    closed.resourceCountIs("AWS::ApiGatewayV2::ApiMapping", 1);
  });

  it("keeps its access log under the customer key", () => {
    api.hasResourceProperties("AWS::Logs::LogGroup", {
      LogGroupName: "/aws/vendedlogs/prior-auth-dev-api",
      KmsKeyId: { "Fn::ImportValue": Match.stringLikeRegexp("key.*Arn") },
    });
  });

  it("says where it is reached", () => {
    api.hasOutput("ApiUrl", { Value: { "Fn::GetAtt": [Match.stringLikeRegexp("^api"), "ApiEndpoint"] } });
    templates({ stage: "local", port: 5010 }).api.hasOutput("ApiUrl", { Value: "http://127.0.0.1:5010" });
  });

  it("refuses an operation that no function serves", () => {
    expect(() => functionOf("boilTheOcean")).toThrow('The operation boilTheOcean needs a row "boil-the-ocean"');
    expect(() => functionOf("runTimers")).toThrow('needs a row "run-timers" of trigger "http"');
  });
});
