import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { escaped, selfContainedPage } from "../../../functions/lib/self-contained-page.ts";

const parts = {
  html: "<!-- style --><!-- greeting --><!-- script -->",
  style: "p{}",
  script: "alert('$&')",
  markup: { greeting: "<p>Hi" },
};

describe("a page in one answer", () => {
  test("has its parts in their places, to the letter", () => {
    expect(selfContainedPage(parts).body).toBe("<style>p{}</style><p>Hi<script>alert('$&')</script>");
  });

  test("allows its own script and style, and nothing else", () => {
    const { contentSecurityPolicy } = selfContainedPage(parts);
    const digest = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    expect(contentSecurityPolicy).toContain(`script-src ${digest(parts.script)};`);
    expect(contentSecurityPolicy).toContain(`style-src ${digest(parts.style)};`);
    expect(contentSecurityPolicy).not.toMatch(/unsafe|https?:|\*/);
  });

  test("a part without a place is a fault that shows at once", () => {
    expect(() => selfContainedPage({ ...parts, html: "<!-- style --><!-- greeting -->" })).toThrow("no place for its script");
  });

  test("a text becomes no markup", () => {
    expect(escaped(`<a href="x">&</a>`)).toBe("&lt;a href=&quot;x&quot;&gt;&amp;&lt;/a&gt;");
  });
});
