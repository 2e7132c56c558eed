import { expect, test } from "vitest";
import { contactsMarkup } from "../../../functions/lib/contacts-markup.ts";

test("contacts are a list that no name, note or address can break out of", () => {
  const hostile = `"><script>alert('&')</script>`;
  const markup = contactsMarkup([
    { channel: "portal", name: hostile, note: hostile, url: `https://plan.example/?${hostile}` },
    { channel: "mail", name: "Mail", address: "P.O. Box 1307", number: "+19375550100" },
  ]);
  expect(markup).not.toContain("<script");
  expect(markup).toContain('<a href="https://plan.example/?&quot;&gt;&lt;script');
  expect(markup).toContain("<li>Mail: +19375550100: P.O. Box 1307</li>");
  expect(markup).toMatch(/^<ul><li>.*<\/li><\/ul>$/s);
});
