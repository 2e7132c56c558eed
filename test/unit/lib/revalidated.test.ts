import { describe, expect, test } from "vitest";
import { json } from "../../../functions/lib/reply.ts";
import { revalidated } from "../../../functions/lib/revalidated.ts";

const body = { code: "72148", answers: [] };
const etag = revalidated(body, undefined).headers?.etag ?? "";

describe("an answer that may be kept", () => {
  test("has a strong ETag of its own bytes, and says for how long", () => {
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    expect(revalidated({ ...body, answers: [1] }, undefined).headers?.etag).not.toBe(etag);
    expect(revalidated({ ...body }, undefined).headers).toEqual({ etag, "cache-control": "public, max-age=300" });
  });

  test.each([
    ["the tag", etag],
    ["the tag made weak on the way", `W/${etag}`],
    ["the tag among others", `"other", W/"x,y", ${etag}`],
    ["any tag at all", " * "],
  ])("is not sent again to who names %s", (_what, given) => {
    const answer = json(200, revalidated(body, given));
    expect(revalidated(body, given).status).toBe(304);
    expect(answer).toMatchObject({ body: "", headers: { etag, "cache-control": "public, max-age=300" } });
  });

  test.each([
    ["nothing", undefined],
    ["an empty word", ""],
    ["another tag", '"other"'],
    ["the tag without its quotes", etag.slice(1, -1)],
    ["a tag that holds the tag", `"x${etag.slice(1)}`],
    ["a star in quotes", '"*"'],
  ])("is sent to who names %s", (_what, given) => {
    expect(revalidated(body, given)).toMatchObject({ body });
    expect(revalidated(body, given).status).toBeUndefined();
  });
});
