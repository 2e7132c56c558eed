import { codeView, type Facts, searchOf, typedFor, type View, viewFrom } from "./address.ts";
import { deskOf, type LookUp, type Services, type Told, type Trouble } from "./desk.ts";
import { element, part } from "./element.ts";
import { entryFrom } from "./entry.ts";
import { typedFacts } from "./fields.ts";
import { choicesOf, possibilitiesOf } from "./possibilities.ts";
import { questionsIn } from "./questions.ts";
import type { Screen } from "./screen.ts";
import { codeScreen } from "./show-code.ts";
import { categoryScreen, startScreen, wordsScreen } from "./show-services.ts";
import { troubleInWords } from "./troubles.ts";
import { changesIn } from "./unless.ts";

/** The look-up page: its address says what it shows, and everything that is chosen goes through the address. */

const desk = deskOf((path, options) => fetch(path, options));
const search = part("search", HTMLFormElement);
const field = part("q", HTMLInputElement);
const heading = part("heading", HTMLHeadingElement);
const status = part("status", HTMLParagraphElement);
const answer = part("answer", HTMLElement);
const details = part("details", HTMLDivElement);
const plainTitle = document.title;

/** What a code depends on when nothing is chosen: the questions with all their answers, by code and what was typed. */
const bases = new Map<string, LookUp>();
let services: Services | undefined;
let asking = new AbortController();

let shown: View = { kind: "start" };

const questions = questionsIn(part("questions", HTMLFormElement), (facts) => {
  if (shown.kind !== "code") return;
  // Modifiers may have been typed with the code.
  const { modifiers } = shown.facts;
  go({ ...shown, facts: modifiers && !("modifiers" in facts) && !questions.asks("modifiers") ? { ...facts, modifiers } : facts });
});

search.addEventListener("submit", (event) => {
  event.preventDefault();
  const entry = entryFrom(field.value);
  if (entry.kind === "nothing") {
    field.focus();
    return;
  }
  go(entry.kind === "code" ? codeView(entry) : entry, heading);
});

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  const elsewhere = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!link || elsewhere || link.origin !== location.origin || link.pathname !== location.pathname || link.hash) return;
  event.preventDefault();
  go(viewFrom(link.search), heading);
});

/** The words of an entry in the history are kept with it, and not in its address. */
const viewHere = (): View => {
  const words: unknown = history.state?.words;
  return typeof words === "string" ? { kind: "words", words } : viewFrom(location.search);
};

addEventListener("popstate", () => void show(viewHere()));

search.hidden = false;
answer.hidden = false;
const first = viewHere();
history.replaceState(stateOf(first), "", addressOf(first));
void show(first);

/** @param focus what gets the focus once the view is there; a choice of a fact leaves it where it is */
function go(view: View, focus?: HTMLElement): void {
  history.pushState(stateOf(view), "", addressOf(view));
  void show(view, focus);
}

function addressOf(view: View): string {
  return `${location.pathname}${searchOf(view)}`;
}

function stateOf(view: View): { words: string } | null {
  return view.kind === "words" ? { words: view.words } : null;
}

async function show(view: View, focus?: HTMLElement): Promise<void> {
  shown = view;
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  // What was unclear stays to be corrected, and a category is no text that somebody typed.
  if (view.kind !== "unclear" && view.kind !== "category") field.value = typedFor(view);
  answer.setAttribute("aria-busy", "true");
  try {
    const screen = await screenOf(view, signal);
    if (!signal.aborted) draw(screen, focus);
  } catch (error) {
    // A newer view has taken over.
    if (!signal.aborted) throw error;
  }
}

async function screenOf(view: View, signal: AbortSignal): Promise<Screen> {
  if (view.kind === "code") return await codeScreenOf(view.code, view.facts, signal);
  questions.hide();
  if (view.kind === "unclear")
    return { title: "Not a code", heading: "That is not a procedure code", status: view.whatToDo, details: [] };
  const told: Told<Services> = services ? { value: services } : await desk.services(signal);
  if ("trouble" in told) return inTrouble(told.trouble);
  services = told.value;
  if (view.kind === "words") return wordsScreen(view.words, services);
  return view.kind === "category" ? categoryScreen(view.id, services) : startScreen(services);
}

async function codeScreenOf(code: string, facts: Facts, signal: AbortSignal): Promise<Screen> {
  const typed = Object.fromEntries(typedFacts.flatMap((fact) => (facts[fact] ? [[fact, facts[fact]]] : [])));
  const about = JSON.stringify([code, typed]);
  const known = bases.get(about);
  const [base, told] = await Promise.all([
    known ? { value: known } : desk.lookUp(code, typed, signal),
    Object.keys(facts).length > Object.keys(typed).length ? desk.lookUp(code, facts, signal) : undefined,
  ]);
  const answered = told ?? base;
  if ("trouble" in base) return inTrouble(base.trouble);
  if ("trouble" in answered) return inTrouble(answered.trouble);
  bases.set(about, base.value);
  const open = possibilitiesOf(answered.value).length > 1 ? answered.value.dependsOn : [];
  const choices = Object.entries(choicesOf(base.value.answers)).filter(
    ([driver]) => driver in facts || open.some((one) => one === driver),
  );
  const mayChange = changesIn(answered.value).map(({ fact }) => fact);
  const asked = typedFacts.filter((fact) => fact in facts || mayChange.includes(fact));
  questions.show(code, Object.fromEntries(choices), asked, facts);
  return codeScreen(answered.value, facts);
}

function inTrouble(reason: Trouble): Screen {
  questions.hide();
  const trouble = troubleInWords(reason);
  const button = element("button", { type: "button" }, "Try again");
  button.addEventListener("click", () => void show(shown, heading));
  return { title: trouble.heading, heading: trouble.heading, status: trouble.whatToDo, details: trouble.again ? [button] : [] };
}

function draw(screen: Screen, focus?: HTMLElement): void {
  document.title = screen.title ? `${screen.title} – ${plainTitle}` : plainTitle;
  heading.textContent = screen.heading;
  if (status.textContent !== screen.status) status.textContent = screen.status;
  status.dataset.tone = screen.tone ?? "none";
  status.hidden = screen.status === "";
  details.replaceChildren(...screen.details);
  answer.removeAttribute("aria-busy");
  focus?.focus();
}
