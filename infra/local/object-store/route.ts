import { authenticate } from "./authenticate.ts";
import { copyObject } from "./copy-object.ts";
import { deleteObject } from "./delete-object.ts";
import { authorize, bucketOf, type Exchange, sendEmpty } from "./exchange.ts";
import { getObject, overridable } from "./get-object.ts";
import { listObjectVersions } from "./list-object-versions.ts";
import { postObject } from "./post-object.ts";
import { preflight } from "./preflight.ts";
import { putObject } from "./put-object.ts";
import { notImplemented, Refusal } from "./refusal.ts";

type Operation = (exchange: Exchange) => Promise<void>;

const readParameters = ["versionId", ...overridable.map((name) => `response-${name}`)];

const headBucket: Operation = async (exchange) => {
  const { identity } = await authenticate(exchange);
  const bucket = bucketOf(exchange.store, exchange.bucketName);
  authorize(exchange.store, identity, "s3:ListBucket", bucket.arn);
  exchange.response.setHeader("x-amz-bucket-region", exchange.store.region);
  sendEmpty(exchange, 200);
};

/** Which operation a request is, and which query parameters that operation understands beside those of a signature. */
export const route = (exchange: Exchange): Operation => {
  const { method, bucketName, key, query, header } = exchange;
  if (bucketName === "") throw notImplemented(`${method} on the service`);
  if (method === "OPTIONS") return preflight;
  if (key === "") {
    if (method === "POST") return understanding(query, [], postObject);
    if (method === "HEAD") return understanding(query, [], headBucket);
    if (method === "GET" && query.has("versions")) {
      const parameters = ["versions", "prefix", "delimiter", "key-marker", "version-id-marker", "max-keys", "encoding-type"];
      return understanding(query, parameters, listObjectVersions);
    }
    if (["GET", "PUT", "DELETE"].includes(method)) throw notImplemented(`${method} on a bucket`);
  } else {
    if (method === "GET" || method === "HEAD") return understanding(query, readParameters, getObject);
    if (method === "PUT") return understanding(query, [], header("x-amz-copy-source") === undefined ? putObject : copyObject);
    if (method === "DELETE") return understanding(query, ["versionId"], deleteObject);
    if (method === "POST" && query.size > 0) throw notImplemented(`POST with ${[...query.keys()].join(", ")}`);
  }
  throw new Refusal("MethodNotAllowed", "The specified method is not allowed against this resource.", {
    details: { Method: method },
    headers: { allow: key === "" ? "GET, HEAD, POST, OPTIONS" : "GET, HEAD, PUT, DELETE, OPTIONS" },
  });
};

/** An unknown parameter mostly names a feature of S3; doing something else instead would be a lie. */
const understanding = (query: ReadonlyMap<string, string>, parameters: readonly string[], operation: Operation): Operation => {
  const unknown = [...query.keys()].find((name) => !parameters.includes(name) && name !== "x-id" && !/^x-amz-/i.test(name));
  if (unknown !== undefined) throw notImplemented(`query parameter ${unknown}`);
  return operation;
};
