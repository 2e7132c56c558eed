import type { Facts } from "./address.ts";
import { element } from "./element.ts";
import { answerInWords, type Driver, drivers, type Fact, questionOf } from "./facts.ts";
import { fieldOf, type TypedFact, typedFacts, typedIn } from "./fields.ts";
import type { Choices } from "./possibilities.ts";

/** The form for the facts on which an answer depends. A question stays the same element while it is asked, and so keeps the focus. */
export function questionsIn(form: HTMLFormElement, onChange: (facts: Facts) => void) {
  const asked = new Map<Fact, HTMLFieldSetElement>();
  let code = "";

  form.addEventListener("change", () => {
    const said = new FormData(form);
    if (!form.reportValidity()) return;
    const facts = [...asked.keys()].flatMap((fact) => {
      const given = said.get(fact);
      const chosen = typeof given !== "string" ? "" : isTyped(fact) ? typedIn(fact, given) : given;
      return chosen === "" ? [] : [[fact, chosen]];
    });
    onChange(Object.fromEntries(facts) as Facts);
  });
  // Enter in a field has nothing to send: every choice counts at once.
  form.addEventListener("submit", (event) => event.preventDefault());

  return {
    /**
     * @param choices of the facts that are asked for, by fact
     * @param typed facts that are asked for besides, and typed
     */
    show(about: string, choices: Choices, typed: readonly TypedFact[], facts: Facts): void {
      if (about !== code) clear();
      code = about;
      const wanted: readonly Fact[] = [...drivers.filter((driver) => choices[driver]), ...typed];
      for (const [fact, fieldset] of asked)
        if (!wanted.includes(fact)) {
          fieldset.remove();
          asked.delete(fact);
        }
      wanted.forEach((fact, position) => {
        const fieldset = asked.get(fact) ?? (isTyped(fact) ? fieldFor(fact) : question(fact, choices[fact] ?? []));
        asked.set(fact, fieldset);
        const there = form.children[position];
        if (there !== fieldset) form.insertBefore(fieldset, there ?? null);
        choose(fieldset, facts[fact] ?? "");
      });
      form.hidden = wanted.length === 0;
    },
    asks: (fact: Fact): boolean => asked.has(fact),
    hide: clear,
  };

  function clear(): void {
    asked.clear();
    form.replaceChildren();
    form.hidden = true;
  }
}

function question(driver: Driver, values: readonly string[]): HTMLFieldSetElement {
  const legend = element("legend", {}, questionOf(driver));
  if (values.length > 4) {
    const options = values.map((value) => element("option", { value }, answerInWords(driver, value)));
    const select = element("select", { name: driver, "aria-label": questionOf(driver) });
    select.append(element("option", { value: "" }, "Not said"), ...options);
    return element("fieldset", {}, legend, select);
  }
  const radios = [...sorted(values), ""].map((value) =>
    element(
      "label",
      {},
      element("input", { type: "radio", name: driver, value }),
      value === "" ? "Not said" : answerInWords(driver, value),
    ),
  );
  return element("fieldset", {}, legend, element("div", { class: "choices" }, ...radios));
}

const isTyped = (fact: Fact): fact is TypedFact => typedFacts.some((typed) => typed === fact);

/** Nothing that does not fit goes anywhere: what is typed here is neither asked about nor put into the address until it does. */
function fieldFor(fact: TypedFact): HTMLFieldSetElement {
  const { question, pattern, hint } = fieldOf(fact);
  const id = `hint-${fact}`;
  return element(
    "fieldset",
    {},
    element("legend", {}, question),
    element("p", { class: "note", id }, hint),
    element("input", {
      type: "text",
      name: fact,
      "aria-label": question,
      "aria-describedby": id,
      autocomplete: "off",
      spellcheck: "false",
      maxlength: "120",
      title: hint,
      pattern,
    }),
  );
}

/** Yes before no; programs before none. */
const sorted = (values: readonly string[]): readonly string[] => {
  const last = ["false", "not-participating", "none"];
  return values.toSorted((one, other) => Number(last.includes(one)) - Number(last.includes(other)));
};

function choose(fieldset: HTMLFieldSetElement, value: string): void {
  for (const field of fieldset.elements) {
    if (field instanceof HTMLSelectElement) field.value = value;
    if (field instanceof HTMLInputElement && field.type === "radio") field.checked = field.value === value;
    else if (field instanceof HTMLInputElement) field.value = value;
  }
}
