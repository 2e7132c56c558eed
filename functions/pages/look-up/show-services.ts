import type { Service, Services } from "./desk.ts";
import { type Child, element, list, section } from "./element.ts";
import { conditionsInWords } from "./facts.ts";
import type { Screen } from "./screen.ts";
import { contactsOf } from "./show-contacts.ts";
import { toneOf, verdictInWords } from "./verdicts.ts";
import { type Searchable, servicesFor } from "./words.ts";

/** Categories: all of them, those that some words find, and one explained. */

export function startScreen(services: Services): Screen {
  return { title: "", heading: "Or choose a category", status: "", details: byGroup(services.services) };
}

export function wordsScreen(words: string, services: Services): Screen {
  const heading = `Categories for “${words}”`;
  const found = servicesFor(words, searchableIn(services));
  if (found.services.length === 0)
    return {
      title: heading,
      heading,
      status: "No category has these words. Try another word, type the procedure code, or choose a category.",
      details: byGroup(services.services),
    };
  return {
    title: heading,
    heading,
    status: found.complete ? `${found.services.length} found.` : "No category has all of these words; these have some of them.",
    details: kinds.flatMap(({ kind, title, note }) => {
      const these = found.services.filter((one) => one.kind === kind);
      if (these.length === 0) return [];
      const entries = list(these.map(summaryOf), { class: "found" });
      return title === "" ? [entries] : [section(title, entries, ...(note ? [element("p", { class: "note" }, note)] : []))];
    }),
  };
}

const kinds = [
  { kind: "service", title: "", note: "" },
  { kind: "exception", title: "Exceptions from what needs authorization", note: "" },
  {
    kind: "free",
    title: "Listed as needing no authorization",
    note: "Type the code itself to be sure: where and by whom it is delivered may matter.",
  },
] as const;

type Entry = Searchable & { readonly kind: (typeof kinds)[number]["kind"]; readonly codes: readonly string[] };

const searchableIn = ({ services, exceptions, noAuthorization }: Services): readonly Entry[] => [
  ...services.map((service) => ({ ...service, kind: "service" as const })),
  ...exceptions.map((exception) => ({ ...exception, kind: "exception" as const, group: "" })),
  ...noAuthorization.map((free) => ({ ...free, kind: "free" as const, name: inWords(free.id), group: "" })),
];

export function categoryScreen(id: string, services: Services): Screen {
  const service = services.services.find((one) => one.id === id);
  if (!service)
    return {
      title: "No such category",
      heading: "No such category",
      status: "The plan's rules have no category of this name. Choose one of these.",
      details: byGroup(services.services),
    };
  const { route, codes, excluded, unconfirmed, revenueCodes, modifiers, diagnoses } = service;
  const verdict = { requirement: "required", route } as const;
  const coded = (heading: string, these: readonly string[], note?: string) =>
    these.length > 0 ? [section(heading, ...(note ? [element("p", {}, note)] : []), codesOf(these))] : [];
  return {
    title: service.name,
    heading: service.name,
    status: `${verdictInWords(verdict)}.`,
    tone: toneOf(verdict),
    details: [
      section("What it covers", element("p", {}, service.meaning), ...limitsOf(service, services)),
      ...exceptionsOf(service, services),
      ...coded("Procedure codes", codes, "The exact code decides: type it above."),
      ...coded("Not among them", excluded),
      ...coded("Unconfirmed: a person reviews these", unconfirmed),
      ...coded("Revenue codes", revenueCodes),
      ...coded("Modifiers", modifiers),
      ...coded("Diagnoses", diagnoses),
      section("Whom to contact", ...contactsOf({ [route]: services.contacts[route] })),
      element("p", { class: "note" }, `By the plan's rules of ${services.policyVersion}.`),
    ],
  };
}

const inWords = (id: string): string => `${id.charAt(0).toUpperCase()}${id.slice(1).replaceAll("-", " ")}`;

function byGroup(services: readonly Service[]): Node[] {
  const groups = Map.groupBy(services, ({ group }) => group);
  return [...groups].map(([group, those]) => section(inWords(group), list(those.map(linkOf), { class: "plain" })));
}

const linkOf = ({ id, name }: Pick<Searchable, "id" | "name">): HTMLAnchorElement =>
  element("a", { href: `/lookup?category=${encodeURIComponent(id)}` }, name);

const summaryOf = (entry: Entry): readonly Child[] => [
  entry.kind === "service" ? linkOf(entry) : element("strong", {}, entry.name),
  element("p", {}, entry.meaning),
  ...(entry.codes.length > 0 ? [codesOf(entry.codes)] : []),
];

const codesOf = (codes: readonly string[]): HTMLUListElement =>
  list(
    codes.map((code) => (/^[A-Z0-9]{5}$/.test(code) ? element("a", { href: `/lookup?q=${code}` }, code) : code)),
    { class: "codes" },
  );

const exceptionsOf = ({ id }: Service, { exceptions }: Services): Node[] => {
  const these = exceptions.filter(({ only }) => only.categories?.includes(id));
  return these.length > 0 ? [section("Exceptions", list(these.map(({ meaning }) => meaning)))] : [];
};

/** When a category applies only to some, or to more than its codes say. */
function limitsOf({ only, alsoWhen }: Service, { services }: Services): Node[] {
  const limits = only
    ? conditionsInWords({
        setting: only.settings,
        program: only.programs,
        elective: only.elective === undefined ? undefined : [only.elective],
      })
    : [];
  const also = alsoWhen
    ? [
        ...conditionsInWords({ setting: alsoWhen.settings }),
        ...(alsoWhen.levelsOfCare ? [`level of care ${alsoWhen.levelsOfCare.join(" or ")}`] : []),
        ...(alsoWhen.codesOf ?? []).map((id) => `codes of ${services.find((one) => one.id === id)?.name ?? id}`),
        ...(alsoWhen.fact ? [alsoWhen.fact === "clinicalTrial" ? "in a clinical trial" : "experimental or investigational"] : []),
      ]
    : [];
  return [
    ...(limits.length > 0 ? [element("p", {}, `Its codes count only: ${limits.join("; ")}.`)] : []),
    ...(also.length > 0 ? [element("p", {}, `It applies as well: ${also.join("; ")}.`)] : []),
  ];
}
