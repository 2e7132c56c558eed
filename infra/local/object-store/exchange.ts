import type { IncomingMessage, ServerResponse } from "node:http";
import type { Identities, Identity } from "../identities.ts";
import type { Judge } from "../judge.ts";
import type { Bucket } from "./bucket.ts";
import type { Announce } from "./receive.ts";
import { accessDenied, invalidArgument, Refusal } from "./refusal.ts";
import { type XmlElements, xmlDocument } from "./xml.ts";

/** What all requests share. */
export type Store = {
  buckets: ReadonlyMap<string, Bucket>;
  identities: Pick<Identities, "find">;
  judge: Judge;
  now: () => Date;
  region: string;
  announce: Announce;
};

/** One request, its target taken apart, and the answer to it. */
export type Exchange = {
  store: Store;
  request: IncomingMessage;
  response: ServerResponse;
  method: string;
  /** Percent-encoded once, the way it is signed. */
  path: string;
  bucketName: string;
  /** Empty when the request is for the bucket itself. */
  key: string;
  query: ReadonlyMap<string, string>;
  /** By lower-case name; the values of a repeated header are joined by commas. */
  header: (name: string) => string | undefined;
  headerNames: readonly string[];
};

export const openExchange = (store: Store, request: IncomingMessage, response: ServerResponse): Exchange => {
  const { path, segments, query } = parseTarget(request.url ?? "");
  const [bucketName = "", ...rest] = segments;
  const key = rest.join("/");
  if (Buffer.byteLength(key) > 1024) throw new Refusal("KeyTooLongError", "Your key is too long");
  return {
    store,
    request,
    response,
    method: request.method ?? "",
    path,
    bucketName,
    key,
    query,
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(",") : value;
    },
    headerNames: Object.keys(request.headers),
  };
};

/** Decodes by hand: a URL parser would resolve `..` and thereby change the key that was signed. */
const parseTarget = (target: string): { path: string; segments: string[]; query: Map<string, string> } => {
  const mark = target.indexOf("?");
  const rawPath = mark < 0 ? target : target.slice(0, mark);
  if (!rawPath.startsWith("/")) throw new Refusal("InvalidURI", "Couldn't parse the specified URI.");
  const segments = rawPath.slice(1).split("/").map(decode);
  const query = new Map<string, string>();
  for (const pair of mark < 0 ? [] : target.slice(mark + 1).split("&")) {
    if (pair === "") continue;
    const [name = "", ...value] = pair.split("=");
    // Signed once or twice, a repeated parameter would leave open which of its values counts.
    if (query.has(decode(name))) throw invalidArgument("Query parameters must not be repeated", decode(name));
    query.set(decode(name), decode(value.join("=")));
  }
  return { path: `/${segments.map(encode).join("/")}`, segments, query };
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal("InvalidURI", "Couldn't parse the specified URI.");
  }
};

/** Percent-encodes as Signature Version 4 does: everything but RFC 3986's unreserved characters. */
export const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

export const bucketOf = ({ buckets }: Store, name: string): Bucket => {
  const bucket = buckets.get(name);
  if (!bucket) throw new Refusal("NoSuchBucket", "The specified bucket does not exist", { details: { BucketName: name } });
  return bucket;
};

export const objectArn = (bucket: Bucket, key: string): string => `${bucket.arn}/${key}`;

/** Goes on only when the identity's policies grant the action. */
export const authorize = ({ judge }: Store, identity: Identity, action: string, resource: string): void => {
  const verdict = judge({ identity, action, resource });
  if (verdict.allowed) return;
  throw accessDenied(
    `User: ${identity.name} is not authorized to perform: ${action} on resource: "${resource}" because ${verdict.because}`,
  );
};

export const sendXml = ({ response, method }: Exchange, status: number, root: string, content: XmlElements): void => {
  const body = Buffer.from(xmlDocument(root, content));
  response.writeHead(status, { "content-type": "application/xml", "content-length": body.length });
  response.end(method === "HEAD" ? undefined : body);
};

export const sendEmpty = ({ response }: Exchange, status: number): void => {
  // A 204 or 304 has no body by definition, and says so by having no length.
  response.writeHead(status, status === 204 || status === 304 ? {} : { "content-length": 0 });
  response.end();
};
