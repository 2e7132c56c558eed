import type { Contact } from "../../shared/domain/contacts.ts";
import { escaped } from "./self-contained-page.ts";

/** Ways to reach the plan, readable without a script, and when nothing else can be reached. */
export const contactsMarkup = (contacts: readonly Contact[]): string => `<ul>${contacts.map(contactMarkup).join("")}</ul>`;

const contactMarkup = ({ name, note, url, address, number }: Contact): string =>
  `<li>${url ? `<a href="${escaped(url)}" rel="noreferrer">${escaped(name)}</a>` : escaped(name)}${[number, address]
    .filter((part) => part !== undefined)
    .map((part) => `: ${escaped(part)}`)
    .join("")}${note ? ` <span class="note">${escaped(note)}</span>` : ""}</li>`;
