import { hash } from "node:crypto";

/** A page in one answer: its style and script stand in it, and a browser runs nothing but the very same bytes. */
export type SelfContainedPage = { readonly body: string; readonly contentSecurityPolicy: string };

export type PageParts = {
  /** Has a comment `<!-- name -->` in the place of each part. */
  readonly html: string;
  readonly style: string;
  readonly script: string;
  /** Texts and lists that are put in as markup: whoever makes them escapes what they hold. */
  readonly markup: Readonly<Record<string, string>>;
};

export function selfContainedPage({ html, style, script, markup }: PageParts): SelfContainedPage {
  const parts = { ...markup, style: `<style>${style}</style>`, script: `<script>${script}</script>` };
  const body = Object.entries(parts).reduce((page, [name, part]) => {
    const place = `<!-- ${name} -->`;
    if (!page.includes(place)) throw new Error(`The page has no place for its ${name}`);
    // By a function: in a text, a dollar sign would be more than itself.
    return page.replace(place, () => part);
  }, html);
  return {
    body,
    contentSecurityPolicy: [
      "default-src 'none'",
      `script-src ${sourceOf(script)}`,
      `style-src ${sourceOf(style)}`,
      "img-src data:",
      "connect-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join("; "),
  };
}

const sourceOf = (text: string): string => `'sha256-${hash("sha256", text, "base64")}'`;

export const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
