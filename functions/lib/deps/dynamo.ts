import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { requestSigner } from "../../../shared/aws/request-signer.ts";
import { signer } from "./signer.ts";

const { region, credentials } = signer;
const endpoint = process.env.AWS_ENDPOINT_URL_DYNAMODB;

/** Waits little and tries again: an HTTP client waits on the other side. */
export const dynamo = new DynamoDBClient({
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000 },
  signer: requestSigner(credentials, region, "dynamodb"),
  // What is said here is not looked for in profiles and files while somebody waits for a cold start.
  region,
  credentials,
  ...(endpoint ? { endpoint } : { ignoreConfiguredEndpointUrls: true }),
  retryMode: "standard",
  defaultsMode: "standard",
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
  accountIdEndpointMode: "disabled",
  authSchemePreference: [],
  disableClockSkewCorrection: false,
  userAgentAppId: "",
  // Every call of one kind goes the same way, which then is put together once: no command here has a middleware of its own.
  cacheMiddleware: true,
});

// It walks through every item for a log that nobody keeps, and that must not be kept.
dynamo.middlewareStack.remove("loggerMiddleware");
// It names library, platform and runtime anew for every call, for statistics that are not ours.
dynamo.middlewareStack.remove("getUserAgentMiddleware");
