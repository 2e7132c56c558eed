/** An element's content: text, children in order, or several elements of the same name. */
type XmlContent = string | number | boolean | undefined | XmlElements | XmlContent[];
export type XmlElements = { [name: string]: XmlContent };

const replacements: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\r": "&#13;",
};

// XML 1.0 has no spelling for the other control characters, not even an escaped one.
const escapeText = (text: string): string =>
  [...text]
    .filter((character) => character >= " " || character === "\t" || character === "\n" || character === "\r")
    .map((character) => replacements[character] ?? character)
    .join("");

const write = (name: string, content: XmlContent): string => {
  if (content === undefined) return "";
  if (Array.isArray(content)) return content.map((one) => write(name, one)).join("");
  const inner =
    typeof content === "object"
      ? Object.entries(content)
          .map(([child, value]) => write(child, value))
          .join("")
      : escapeText(String(content));
  return `<${name}>${inner}</${name}>`;
};

/** A document whose root carries S3's namespace, except for `Error`, which has none. */
export const xmlDocument = (root: string, content: XmlElements): string => {
  const body = write(root, content);
  const named = root === "Error" ? body : body.replace(`<${root}>`, `<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${named}`;
};
