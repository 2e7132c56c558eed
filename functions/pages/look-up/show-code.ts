import { type Facts, searchOf } from "./address.ts";
import type { Answer, LookUp } from "./desk.ts";
import { element, list, section } from "./element.ts";
import { conditionsInWords } from "./facts.ts";
import { possibilitiesOf } from "./possibilities.ts";
import type { Screen } from "./screen.ts";
import { contactsOf } from "./show-contacts.ts";
import { changeInWords, changesIn } from "./unless.ts";
import { usualCaseOf } from "./usual-case.ts";
import { itemInWords, toneOf, verdictInSentence, verdictInWords } from "./verdicts.ts";

/** A code's answer as far as the facts go: the one, or all that are still possible with their conditions. */
export function codeScreen(answered: LookUp, facts: Facts): Screen {
  const { code, policyVersion, contacts } = answered;
  const possible = possibilitiesOf(answered);
  const verdicts = Map.groupBy(possible, ({ answer }) => verdictInWords(answer));
  const edition = element("p", { class: "note" }, `By the plan's rules of ${policyVersion}.`);
  const one = possible.length === 1 ? possible[0]?.answer : undefined;
  const common = verdicts.size === 1 ? possible[0]?.answer : undefined;
  const verdict = one ?? common;
  const changes = changesIn(answered);
  const smallPrint =
    changes.length > 0
      ? [element("p", { class: "note" }, "Unless it has:"), list(changes.map(changeInWords), { class: "note" })]
      : [];

  if (one)
    return {
      title: `${code}: ${verdictInSentence(one)}`,
      heading: `Code ${code}`,
      status: `${verdictInWords(one)}.`,
      tone: toneOf(one),
      details: [section("Why", element("p", {}, one.because)), ...smallPrint, ...nextSteps(one, contacts), edition],
    };

  const usual = usualCaseOf(answered);
  const said = [...verdicts].map(([words, those]) =>
    element(
      "div",
      {},
      element("h4", {}, words),
      ...those.map(({ answer, ways }) =>
        element("div", { class: "possible" }, element("p", {}, answer.because), list(ways.map(inSentence), { class: "ways" })),
      ),
    ),
  );
  const usually = usual
    ? [
        section(
          "The usual case",
          element("p", {}, `${conditionsIn(usual.facts)}: ${verdictInSentence(usual.answer)}.`),
          element(
            "p",
            {},
            element(
              "a",
              { href: `/lookup${searchOf({ kind: "code", code, facts: { ...facts, ...usual.facts } })}` },
              "Choose the usual case",
            ),
          ),
        ),
      ]
    : [];
  return {
    title: `${code}: ${verdict ? verdictInSentence(verdict) : "it depends"}`,
    heading: `Code ${code}`,
    status: verdict
      ? `${verdictInWords(verdict)}${changes.length > 0 ? "" : ", in any case"}. Answer what you know to see why.`
      : `It depends. Answer what you know${usual ? `; in the usual case it ${usualVerdict(usual.answer)}` : ""}.`,
    tone: verdict ? toneOf(verdict) : "open",
    details: [
      ...usually,
      section("All answers that are possible", ...said, ...smallPrint),
      ...(Object.keys(contacts).length > 0 ? [section("Whom to contact", ...contactsOf(contacts))] : []),
      edition,
    ],
  };
}

const usualVerdict = (answer: Answer): string =>
  answer.requirement === "review" ? "is reviewed by a person" : verdictInSentence(answer);

const inSentence = (way: Answer["when"]): string => {
  const parts = conditionsInWords(way);
  return parts.length > 0 ? `When ${parts.join("; ")}` : "In any case";
};

function conditionsIn(facts: Facts): string {
  const when = Object.fromEntries(Object.entries(facts).map(([driver, value]) => [driver, [value]])) as Answer["when"];
  const parts = conditionsInWords(when).join("; ");
  return `${parts.charAt(0).toUpperCase()}${parts.slice(1)}`;
}

/** What to do about an answer that leaves something to do. */
export function nextSteps({ requirement, whatToSend }: Pick<Answer, "requirement" | "whatToSend">, contacts: LookUp["contacts"]) {
  if (requirement === "not-required") return [];
  return [
    ...(whatToSend.length > 0 ? [section("What to send", list(whatToSend.map(itemInWords)))] : []),
    section("Whom to contact", ...contactsOf(contacts)),
  ];
}
