import type { ObjectVersion, Version } from "./bucket.ts";
import { Refusal } from "./refusal.ts";

type Header = (name: string) => string | undefined;

const names = (header: string, etag: string): boolean =>
  header.split(",").some((one) => one.trim() === "*" || one.trim().replace(/^W\//, "").replaceAll('"', "") === etag);

const failed = (condition: string): Refusal =>
  new Refusal("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    details: { Condition: condition },
  });

const seconds = (time: string): number => Math.floor(Date.parse(time) / 1000);

/** `If-Match` and its relatives on a read; an entity tag outranks a time, as RFC 9110 says. */
export const checkReadConditions = (header: Header, version: ObjectVersion, prefix = ""): void => {
  const [match, noneMatch] = [header(`${prefix}if-match`), header(`${prefix}if-none-match`)];
  const [modified, unmodified] = [header(`${prefix}if-modified-since`), header(`${prefix}if-unmodified-since`)];
  if (match !== undefined && !names(match, version.etag)) throw failed("If-Match");
  if (match === undefined && unmodified !== undefined && seconds(version.lastModified) > seconds(unmodified)) {
    throw failed("If-Unmodified-Since");
  }
  const unchanged =
    noneMatch === undefined
      ? modified !== undefined && seconds(version.lastModified) <= seconds(modified)
      : names(noneMatch, version.etag);
  if (!unchanged) return;
  if (prefix !== "") throw failed(noneMatch === undefined ? "If-Modified-Since" : "If-None-Match");
  throw new Refusal("NotModified", "Not Modified", { headers: { etag: `"${version.etag}"` } });
};

/** `If-None-Match: *` (create, never replace) and `If-Match` (replace exactly this) on a write. */
export const writeGuard = (header: Header): ((current: Version | undefined) => void) => {
  const [match, noneMatch] = [header("if-match"), header("if-none-match")];
  return (current) => {
    const object = current && !current.deleteMarker ? current : undefined;
    if (noneMatch !== undefined && object && names(noneMatch, object.etag)) throw failed("If-None-Match");
    if (match === undefined) return;
    if (!object) throw new Refusal("NoSuchKey", "The specified key does not exist.");
    if (!names(match, object.etag)) throw failed("If-Match");
  };
};
