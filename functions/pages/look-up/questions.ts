import type { Facts } from "./address.ts";
import { element } from "./element.ts";
import { answerInWords, type Driver, drivers, questionOf } from "./facts.ts";
import type { Choices } from "./possibilities.ts";

/** The form for the facts on which an answer depends. A question stays the same element while it is asked, and so keeps the focus. */
export function questionsIn(form: HTMLFormElement, onChange: (facts: Facts) => void) {
  const asked = new Map<Driver, HTMLFieldSetElement>();
  let code = "";

  form.addEventListener("change", () => {
    const said = new FormData(form);
    const facts = [...asked.keys()].flatMap((driver) => {
      const chosen = said.get(driver);
      return typeof chosen === "string" && chosen !== "" ? [[driver, chosen]] : [];
    });
    onChange(Object.fromEntries(facts) as Facts);
  });
  // Enter in a field has nothing to send: every choice counts at once.
  form.addEventListener("submit", (event) => event.preventDefault());

  return {
    /** @param choices of the facts that are asked for, by fact */
    show(about: string, choices: Choices, facts: Facts): void {
      if (about !== code) clear();
      code = about;
      const wanted = drivers.filter((driver) => choices[driver]);
      for (const [driver, fieldset] of asked)
        if (!wanted.includes(driver)) {
          fieldset.remove();
          asked.delete(driver);
        }
      wanted.forEach((driver, position) => {
        const fieldset = asked.get(driver) ?? question(driver, choices[driver] ?? []);
        asked.set(driver, fieldset);
        const there = form.children[position];
        if (there !== fieldset) form.insertBefore(fieldset, there ?? null);
        choose(fieldset, facts[driver] ?? "");
      });
      form.hidden = wanted.length === 0;
    },
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

/** Yes before no; programs before none. */
const sorted = (values: readonly string[]): readonly string[] => {
  const last = ["false", "not-participating", "none"];
  return values.toSorted((one, other) => Number(last.includes(one)) - Number(last.includes(other)));
};

function choose(fieldset: HTMLFieldSetElement, value: string): void {
  for (const field of fieldset.elements) {
    if (field instanceof HTMLSelectElement) field.value = value;
    if (field instanceof HTMLInputElement) field.checked = field.value === value;
  }
}
