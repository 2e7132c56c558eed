type Attributes = Readonly<Record<string, string | boolean | undefined>>;
export type Child = Node | string;

/** An element with its text and children. Nothing is ever made of HTML text, so nothing that comes from elsewhere can become markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) made.setAttribute(attribute, value === true ? "" : value);
  made.append(...children);
  return made;
}

export const list = (items: readonly (Child | readonly Child[])[], attributes: Attributes = {}): HTMLUListElement =>
  element(
    "ul",
    attributes,
    ...items.map((item) => element("li", {}, ...(typeof item === "string" || item instanceof Node ? [item] : item))),
  );

export const section = (heading: string, ...children: readonly Child[]): HTMLElement =>
  element("section", {}, element("h3", {}, heading), ...children);

/** An element of the page that must be there. */
export function part<Element extends HTMLElement>(id: string, kind: new () => Element): Element {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${id}`);
  return found;
}
