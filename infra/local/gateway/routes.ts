import type { Assembly, Resource } from "../assembly.ts";
import { isObject } from "../intrinsics.ts";

export type JwtAuthorizerSettings = { id: string; issuer: string; audience: string[]; identitySource: string[] };

export type Route = {
  /** `POST /v1/requests`, `ANY /x/{proxy+}` or `$default` */
  routeKey: string;
  functionName: string;
  timeoutMilliseconds: number;
  authorizer?: JwtAuthorizerSettings;
  scopes: string[];
};

export type Throttle = { burst: number; rate: number };

export type CorsSettings = {
  origins: string[];
  methods: string[];
  headers: string[];
  exposed: string[];
  credentials: boolean;
  maxAge?: number;
};

export type ApiSettings = {
  apiId: string;
  stage: string;
  routes: Route[];
  throttle(routeKey: string): Throttle | undefined;
  cors?: CorsSettings;
};

/** The one HTTP API of an assembly, as its `AWS::ApiGatewayV2::*` resources declare it. */
export const readApi = (assembly: Assembly): ApiSettings => {
  const api = only(assembly, "AWS::ApiGatewayV2::Api");
  if (api.properties.ProtocolType !== "HTTP") throw new Error(`${where(api)}: only HTTP APIs can be served here`);
  const stage = only(assembly, "AWS::ApiGatewayV2::Stage");
  const authorizers = new Map(assembly.resources("AWS::ApiGatewayV2::Authorizer").map((each) => [each.ref, readAuthorizer(each)]));
  const integrations = new Map(assembly.resources("AWS::ApiGatewayV2::Integration").map((each) => [each.ref, each]));
  const functionNames = new Set(assembly.resources("AWS::Lambda::Function").map(({ ref }) => ref));
  const cors = isObject(api.properties.CorsConfiguration) ? readCors(api.properties.CorsConfiguration) : undefined;

  return {
    apiId: api.ref,
    stage: stage.ref,
    throttle: readThrottle(stage),
    ...(cors ? { cors } : {}),
    routes: assembly.resources("AWS::ApiGatewayV2::Route").map((route) => {
      const { RouteKey, Target, AuthorizationType = "NONE", AuthorizerId, AuthorizationScopes } = route.properties;
      const integration = integrations.get(String(Target).replace(/^integrations\//, ""));
      if (!integration) throw new Error(`${where(route)}: the route has no integration`);
      const authorizer = authorizers.get(String(AuthorizerId));
      if (AuthorizationType !== "NONE" && AuthorizationType !== "JWT") {
        throw new Error(`${where(route)}: authorization type ${String(AuthorizationType)} is not supported`);
      }
      if (AuthorizationType === "JWT" && !authorizer) throw new Error(`${where(route)}: the route has no authorizer`);
      return {
        routeKey: String(RouteKey),
        ...readIntegration(integration, functionNames),
        ...(AuthorizationType === "JWT" && authorizer ? { authorizer } : {}),
        scopes: strings(AuthorizationScopes),
      };
    }),
  };
};

const readIntegration = (integration: Resource, functionNames: Set<string>) => {
  const { IntegrationType, IntegrationUri, PayloadFormatVersion, TimeoutInMillis } = integration.properties;
  if (IntegrationType !== "AWS_PROXY" || PayloadFormatVersion !== "2.0") {
    throw new Error(`${where(integration)}: only Lambda proxy integrations with payload format 2.0 are supported`);
  }
  const functionName = /:function:([^:/]+)/.exec(String(IntegrationUri))?.[1];
  if (functionName === undefined || !functionNames.has(functionName)) {
    throw new Error(`${where(integration)}: ${String(IntegrationUri)} is no function of this assembly`);
  }
  return { functionName, timeoutMilliseconds: Number(TimeoutInMillis ?? 30_000) };
};

const readAuthorizer = (authorizer: Resource): JwtAuthorizerSettings => {
  const { AuthorizerType, IdentitySource, JwtConfiguration } = authorizer.properties;
  if (AuthorizerType !== "JWT" || !isObject(JwtConfiguration) || typeof JwtConfiguration.Issuer !== "string") {
    throw new Error(`${where(authorizer)}: only JWT authorizers with an issuer are supported`);
  }
  const identitySource = strings(IdentitySource);
  const unknown = identitySource.find((source) => !/^\$request\.(header|querystring)\.[\w-]+$/.test(source));
  if (unknown !== undefined || identitySource.length === 0) {
    throw new Error(`${where(authorizer)}: identity source ${unknown ?? "(none)"} is not supported`);
  }
  return { id: authorizer.ref, issuer: JwtConfiguration.Issuer, audience: strings(JwtConfiguration.Audience), identitySource };
};

const readThrottle = (stage: Resource): ApiSettings["throttle"] => {
  const ofRoute = isObject(stage.properties.RouteSettings) ? stage.properties.RouteSettings : {};
  return (routeKey) => {
    const settings: Record<string, unknown> = {
      ...(isObject(stage.properties.DefaultRouteSettings) ? stage.properties.DefaultRouteSettings : {}),
      ...(isObject(ofRoute[routeKey]) ? ofRoute[routeKey] : {}),
    };
    const { ThrottlingBurstLimit: burst, ThrottlingRateLimit: rate } = settings;
    return burst === undefined || rate === undefined ? undefined : { burst: Number(burst), rate: Number(rate) };
  };
};

const readCors = (cors: Record<string, unknown>): CorsSettings => ({
  origins: strings(cors.AllowOrigins),
  methods: strings(cors.AllowMethods),
  headers: strings(cors.AllowHeaders),
  exposed: strings(cors.ExposeHeaders),
  credentials: cors.AllowCredentials === true,
  ...(cors.MaxAge === undefined ? {} : { maxAge: Number(cors.MaxAge) }),
});

const only = (assembly: Assembly, type: string): Resource => {
  const [resource, ...others] = assembly.resources(type);
  if (!resource || others.length > 0)
    throw new Error(`Expected one ${type} in the assembly, found ${resource ? others.length + 1 : 0}`);
  return resource;
};

const where = ({ stack, logicalId }: Resource) => `${stack}/${logicalId}`;

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
