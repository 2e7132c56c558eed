import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import { CorsHttpMethod, HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpJwtAuthorizer } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { Construct } from "constructs";
import { profileOf, type Settings } from "./config.ts";
import { closedLogGroup } from "./constructs/closed-log-group.ts";
import { cognitoClients, type Issuer } from "./constructs/cognito-clients.ts";
import { customDomain } from "./constructs/custom-domain.ts";
import { serviceFunction } from "./constructs/service-function.ts";
import { type FunctionName, functions, isFunctionName } from "./functions.ts";
import { namesOf } from "./names.ts";

/** What a route needs to know of an operation. */
export type Route = {
  method: string;
  path: string;
  /** The token's scopes, any one of which opens the route; or why no token is asked for. */
  scopes: "public" | "vendor-signature" | readonly string[];
};

export type Routes = Readonly<Record<string, Route>>;

export type ApiStackProps = StackProps & {
  settings: Settings;
  assetsDirectory: string;
  routes: Routes;
  keyArn: string;
  /** Of a stage that has people of its own. */
  userPoolId?: string | undefined;
};

/** `submitRequest` is served by `functions/http/submit-request.ts`. */
export const functionOf = (operationId: string): FunctionName => {
  const name = operationId.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (!isFunctionName(name) || functions[name].trigger !== "http") {
    throw new Error(`The operation ${operationId} needs a row "${name}" of trigger "http" in infra/functions.ts`);
  }
  return name;
};

/** The HTTP API: one route and one function per row of the table of operations. */
export class ApiStack extends Stack {
  /** The address at which clients reach the API. */
  readonly apiUrl: string;
  readonly apiId: string;

  constructor(scope: Construct, id: string, { settings, assetsDirectory, routes, keyArn, userPoolId, ...props }: ApiStackProps) {
    super(scope, id, { ...props, description: "Prior authorization: HTTP API and its functions" });
    const names = namesOf(this, settings.stage);
    const integrate = (name: FunctionName) =>
      new HttpLambdaIntegration(name, serviceFunction(this, name, { settings, assetsDirectory, keyArn }));

    const api = new HttpApi(this, "api", {
      apiName: names.api,
      createDefaultStage: false,
      // Who has no certificate must find no way around.
      disableExecuteApiEndpoint: settings.domain?.mutualTls !== undefined,
      // The gateway's own 404 is no problem document; ours is. It needs no token, else an unknown path would answer 401.
      defaultIntegration: integrate("route-not-found"),
      ...(settings.allowedOrigins.length > 0 && { corsPreflight: corsFor(settings.allowedOrigins) }),
    });

    const { issuerUrl, audience } = issuerOf(this, settings.identity, userPoolId);
    const authorizer = new HttpJwtAuthorizer("token", issuerUrl, { jwtAudience: audience });
    const { scopePrefix } = profileOf(settings);
    for (const [operationId, { method, path, scopes }] of Object.entries(routes)) {
      api.addRoutes({
        path,
        methods: [httpMethod(method)],
        integration: integrate(functionOf(operationId)),
        ...(typeof scopes !== "string" && { authorizer, authorizationScopes: scopes.map((scope) => `${scopePrefix}${scope}`) }),
      });
    }

    const stage = this.#stage(api, settings, keyArn);
    if (settings.domain) customDomain(this, api, stage, settings.domain);
    this.apiId = api.apiId;
    this.apiUrl = settings.apiUrl ?? (settings.domain ? `https://${settings.domain.name}` : api.apiEndpoint);
    new CfnOutput(this, "ApiUrl", { value: this.apiUrl, description: "Where clients reach the API" });
  }

  #stage(api: HttpApi, settings: Settings, keyArn: string): HttpStage {
    const logGroupName = namesOf(this, settings.stage).accessLogGroup;
    const log = closedLogGroup(this, "access-log", { logGroupName, keyArn, settings });
    return new HttpStage(this, "stage", {
      httpApi: api,
      stageName: "$default",
      autoDeploy: true,
      throttle: { rateLimit: settings.throttle.requestsPerSecond, burstLimit: settings.throttle.burst },
      accessLogSettings: { destination: new LogGroupLogDestination(log), format: accessLogFormat },
    });
  }
}

const issuerOf = (scope: Construct, identity: Settings["identity"], userPoolId: string | undefined): Issuer => {
  if (identity.kind === "oidc") return { issuerUrl: identity.issuerUrl, audience: [identity.audience] };
  if (userPoolId === undefined) throw new Error("The stage has no user pool");
  return cognitoClients(scope, identity, userPoolId);
};

const httpMethod = (method: string): HttpMethod => {
  const known = Object.values(HttpMethod).find((candidate) => candidate === method.toUpperCase());
  if (!known) throw new Error(`HTTP API has no method ${method}`);
  return known;
};

const corsFor = (allowedOrigins: readonly string[]) => ({
  allowOrigins: [...allowedOrigins],
  allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST, CorsHttpMethod.DELETE],
  allowHeaders: ["Authorization", "Content-Type", "Idempotency-Key", "If-Match"],
  exposeHeaders: ["ETag", "Idempotent-Replayed", "Location", "Retry-After"],
});

/** Neither path, query, headers nor caller: the route's template says what was asked for, and `requestId` leads to the function's log. */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: "$context.requestId",
    time: "$context.requestTime",
    routeKey: "$context.routeKey",
    status: "$context.status",
    responseLength: "$context.responseLength",
    responseLatency: "$context.responseLatency",
    integrationLatency: "$context.integration.latency",
    integrationStatus: "$context.integration.integrationStatus",
    errorResponseType: "$context.error.responseType",
  }),
);
