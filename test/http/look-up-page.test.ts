import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { caller } from "./client.ts";

const anybody = await caller(undefined);
const page = await anybody.get("/lookup");

const between = (open: string, close: string): string => {
  const start = page.text.indexOf(open) + open.length;
  return page.text.slice(start, page.text.indexOf(close, start));
};

describe("the look-up page", () => {
  test("comes whole, in one answer, and asks nobody else for anything", () => {
    expect(page.status).toBe(200);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page.text).toContain('<html lang="en">');
    expect(page.text).not.toMatch(/<!-- \w+ -->/);
    // Neither a script, a style nor a picture comes from elsewhere; links that a person may follow do lead there.
    expect(page.text).not.toMatch(/\ssrc=|@import|url\(|<iframe|<object/);
    expect(page.text.match(/<link [^>]+>/g)).toEqual(['<link rel="icon" href="data:,">']);
    expect(between("<script>", "</script>")).not.toMatch(/https?:\/\//);
    expect(page.text).not.toMatch(/\son\w+=/);
  });

  test("runs its own script and wears its own style, to the byte, and no other", () => {
    const policy = page.headers.get("content-security-policy") ?? "";
    const digest = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    const directives = Object.fromEntries(
      policy
        .split("; ")
        .map((directive) => [directive.slice(0, directive.indexOf(" ")), directive.slice(directive.indexOf(" ") + 1)]),
    );
    expect(between("<script>", "</script>").length).toBeGreaterThan(5_000);
    expect(between("<style>", "</style>").length).toBeGreaterThan(1_000);
    expect(directives).toEqual({
      "default-src": "'none'",
      "script-src": digest(between("<script>", "</script>")),
      "style-src": digest(between("<style>", "</style>")),
      "img-src": "data:",
      "connect-src": "'self'",
      "form-action": "'self'",
      "base-uri": "'none'",
      "frame-ancestors": "'none'",
      "require-trusted-types-for": "'script'",
      "trusted-types": "'none'",
    });
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    expect(page.headers.get("referrer-policy")).toBe("no-referrer");
  });

  test("says without a script where else to ask, whom to contact, and what to remember", () => {
    expect(between("<noscript>", "</noscript>")).toContain('href="/v1/procedure-codes/72148"');
    expect(between("<noscript>", "</noscript>")).toContain('href="/v1/services"');
    expect(between("<footer>", "</footer>")).toContain("P.O. Box 1307, Dayton, OH 45401-1307");
    expect(page.text).toContain("Check benefit coverage and limits before providing services.");
  });

  test("may be kept for a while, and is not sent again as long as it is the same", async () => {
    expect(page.headers.get("cache-control")).toBe("public, max-age=300");
    const etag = page.headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    const again = await anybody.get("/lookup", { "if-none-match": `W/${etag}` });
    expect([again.status, again.text, again.headers.get("etag")]).toEqual([304, "", etag]);
    expect((await anybody.get("/lookup", { "if-none-match": '"another"' })).status).toBe(200);
  });

  test("is the same page whatever its address asks for: that is for the browser alone", async () => {
    const asked = await anybody.get("/lookup?q=72148&setting=home");
    expect(asked.text).toBe(page.text);
  });
});
