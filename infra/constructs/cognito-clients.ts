import { CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { ClientAttributes, OAuthScope, UserPool, UserPoolClient } from "aws-cdk-lib/aws-cognito";
import { Construct } from "constructs";
import { groupScopes, resourceServer } from "../../shared/api/scopes.ts";
import type { Settings } from "../config.ts";

type CognitoSettings = Extract<Settings["identity"], { kind: "cognito" }>;

/** Whose tokens the API takes. Cognito names the client in a token and no audience, so the clients are the audience. */
export type Issuer = { issuerUrl: string; audience: string[] };

/** Passwords are typed there and nowhere else. An empty list would mean Cognito's own, which is longer. */
const onlyTheSignInPage = { userSrp: false };

/** The clients of a stage's user pool: the desk where people sign in, and each machine by name. */
export const cognitoClients = (scope: Construct, settings: CognitoSettings, userPoolId: string): Issuer => {
  const home = new Construct(scope, "clients");
  const userPool = UserPool.fromUserPoolId(home, "people", userPoolId);
  const ours = (names: readonly string[]) => names.map((name) => OAuthScope.custom(`${resourceServer}/${name}`));

  const desk = new UserPoolClient(home, "desk", {
    userPool,
    userPoolClientName: "desk",
    // A page in a browser cannot keep a secret: a code with proof of possession takes its place.
    generateSecret: false,
    authFlows: onlyTheSignInPage,
    oAuth: {
      flows: { authorizationCodeGrant: true },
      scopes: [OAuthScope.OPENID, ...ours([...new Set(Object.values(groupScopes).flat())])],
      callbackUrls: settings.callbackUrls,
    },
    // Names and credentials decide who may deny: nobody writes their own.
    readAttributes: new ClientAttributes().withStandardAttributes({ fullname: true, email: true }),
    writeAttributes: new ClientAttributes().withStandardAttributes({ locale: true }),
    accessTokenValidity: Duration.minutes(30),
    idTokenValidity: Duration.minutes(30),
    refreshTokenValidity: Duration.hours(10),
    preventUserExistenceErrors: true,
  });
  const machines = Object.entries(settings.machineClients).map(([name, held]) => {
    const client = new UserPoolClient(home, `machine-${name}`, {
      userPool,
      userPoolClientName: name,
      generateSecret: true,
      authFlows: onlyTheSignInPage,
      oAuth: { flows: { clientCredentials: true }, scopes: ours(held) },
      accessTokenValidity: Duration.hours(1),
    });
    new CfnOutput(scope, `Client-${name}`, { value: client.userPoolClientId, description: `The client id of ${name}` });
    return client;
  });

  return {
    issuerUrl: `https://cognito-idp.${Stack.of(scope).region}.amazonaws.com/${userPoolId}`,
    audience: [desk, ...machines].map((client) => client.userPoolClientId),
  };
};
