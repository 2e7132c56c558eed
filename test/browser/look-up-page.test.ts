import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type OwnCloud, ownCloud } from "../own-cloud.ts";

/** The look-up page in a real browser, on a pocket cloud of its own. */

const pictures = process.env.SCREENSHOTS ?? mkdtempSync(join(tmpdir(), "desk-look-up-"));
let cloud: OwnCloud;
let browser: Browser;
let contexts: BrowserContext[] = [];
/** What the browser complained of: a script that failed, or anything that the content security policy refused. */
let complaints: string[] = [];

beforeAll(async () => {
  cloud = await ownCloud();
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "",
    // Root has no sandbox of its own, as in a container.
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await cloud?.close();
  console.log(`Pictures of the look-up page are in ${pictures}.`);
});

afterEach(async () => {
  const [heard, opened] = [complaints, contexts];
  [complaints, contexts] = [[], []];
  for (const context of opened) await context.close();
  expect(heard).toEqual([]);
});

async function open(search = "", options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ baseURL: cloud.api, ...options });
  contexts.push(context);
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(cloud.api) && !request.url().startsWith("data:")) complaints.push(`asked ${request.url()}`);
  });
  await page.goto(`/lookup${search}`);
  await settled(page);
  return page;
}

const settled = (page: Page) => page.waitForSelector("#answer:not([aria-busy])");
const status = (page: Page) => page.getByRole("status");
const heading = (page: Page) => page.locator("#heading");
const focused = (page: Page) =>
  page.evaluate("document.activeElement.id || document.activeElement.name || document.activeElement.tagName");

async function lookUp(page: Page, typed: string): Promise<void> {
  await page.getByLabel("Procedure code, or words of a category").fill(typed);
  await page.getByRole("button", { name: "Look up" }).click();
  await settled(page);
}

async function answer(page: Page, question: string, choice: string): Promise<void> {
  await page.getByRole("group", { name: question }).getByLabel(choice, { exact: true }).check();
  await settled(page);
}

async function deliveredIn(page: Page, setting: string): Promise<void> {
  await page.getByLabel("Where is the service delivered?").selectOption(setting);
  await settled(page);
}

async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as axe.AxeResults;
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`)}`),
  ).toEqual([]);
}

const usualAnswers: [string, string][] = [
  ["Is it an emergency?", "No"],
  ["Does the servicing provider participate in the plan's network?", "Yes"],
  ["Does the facility participate in the plan's network?", "Yes"],
  ["Is it part of a clinical trial?", "No"],
];

describe("a procedure code", () => {
  test("a lumbar MRI depends on facts; once they are known, the imaging vendor decides, and the page says where", async () => {
    const page = await open();
    await lookUp(page, "72148");
    await expect.poll(() => status(page).textContent()).toContain("It depends");
    expect(await heading(page).textContent()).toBe("Code 72148");
    expect(await page.getByText("outpatient emergency services need no authorization").count()).toBeGreaterThan(0);
    expect(await page.getByText("When in an emergency department").count()).toBeGreaterThan(0);

    await deliveredIn(page, "outpatient");
    for (const [question, choice] of usualAnswers) await answer(page, question, choice);
    await expect.poll(() => status(page).textContent()).toBe("Needs authorization: the imaging vendor decides.");
    expect(await page.getByRole("link", { name: /radmd\.com/ }).getAttribute("href")).toMatch(/^https:\/\/www\.radmd\.com/);
    expect(await page.getByRole("heading", { name: "What to send" }).count()).toBe(1);
    expect(await page.getByText("Clinical information that supports medical necessity").count()).toBe(1);
    expect(await page.title()).toContain("72148: needs authorization");
    expect(new URL(page.url()).searchParams.get("setting")).toBe("outpatient");
    await page.screenshot({ path: join(pictures, "light.png"), fullPage: true });
  });

  test("an office visit needs none in the usual case, which is one link away", async () => {
    const page = await open();
    await lookUp(page, "99213");
    expect(await status(page).textContent()).toContain("in the usual case it needs no authorization");
    await page.getByRole("link", { name: "Choose the usual case" }).click();
    await settled(page);
    await expect.poll(() => status(page).textContent()).toBe("Needs no authorization.");
    expect(await page.locator("#details p").first().textContent()).toMatch(/need no authorization\.$/);
  });

  test("a code in none of the plan's lists is for a person", async () => {
    const page = await open();
    await lookUp(page, "99999");
    expect(await status(page).textContent()).toContain("in the usual case it is reviewed by a person");
    await page.getByRole("link", { name: "Choose the usual case" }).click();
    await settled(page);
    await expect.poll(() => status(page).textContent()).toBe("A person reviews whether it needs authorization.");
    expect(await page.getByRole("heading", { name: "Whom to contact" }).count()).toBe(1);
  });

  test("an inpatient stay settles every other question, which is then not asked", async () => {
    const page = await open("?q=72148");
    await deliveredIn(page, "inpatient");
    await expect.poll(() => status(page).textContent()).toBe("Needs authorization: the plan decides.");
    expect(await page.getByRole("group").count()).toBe(1);
    await deliveredIn(page, "");
    expect(await page.getByRole("group").count()).toBeGreaterThan(3);
  });

  test("a modifier typed with the code counts, and stays with it while facts are chosen", async () => {
    const page = await open();
    await lookUp(page, "99213 gp");
    expect(new URL(page.url()).search).toBe("?q=99213&modifiers=GP");
    expect(await page.getByLabel("Procedure code, or words of a category").inputValue()).toBe("99213-GP");
    await deliveredIn(page, "outpatient");
    for (const [question, choice] of usualAnswers.slice(0, 3)) await answer(page, question, choice);
    await expect.poll(() => status(page).textContent()).toBe("Needs authorization: the plan decides.");
    expect(new URL(page.url()).searchParams.get("modifiers")).toBe("GP");
  });

  test("an answer says what would change it, and takes a diagnosis or revenue code that does", async () => {
    const page = await open("?q=99213");
    await page.getByRole("link", { name: "Choose the usual case" }).click();
    await expect.poll(() => status(page).textContent()).toBe("Needs no authorization.");
    expect(await page.getByText("modifier GP, GO, GN (Outpatient therapy").count()).toBe(1);
    const diagnosis = page.getByLabel("Which diagnosis codes?");
    await diagnosis.fill("she fell from 2 stairs");
    await diagnosis.press("Tab");
    expect(page.url()).not.toContain("fell");
    await diagnosis.fill("z00.6");
    await diagnosis.press("Tab");
    await expect.poll(() => status(page).textContent()).toBe("Needs authorization: the plan decides.");
    expect(new URL(page.url()).searchParams.get("diagnosis")).toBe("Z00.6");
    await expectAccessible(page);
  });

  test("every answer reminds of coverage and limits", async () => {
    for (const search of ["", "?q=72148", "?q=99213&setting=emergency", "?q=ambulance"]) {
      const page = await open(search);
      expect(await page.getByText("Check benefit coverage and limits before providing services.").isVisible()).toBe(true);
    }
  });

  test.each([["D0120"], ["10487654321"], ["72148-26-LT-RT-59-GP"]])(
    "%s is no code: the page says what to type, and keeps nothing of it in its address",
    async (typed) => {
      const page = await open();
      await lookUp(page, typed);
      expect(await status(page).textContent()).toMatch(/Type the code, with up to four modifiers/);
      expect(page.url()).toBe(`${cloud.api}/lookup`);
    },
  );
});

describe("words of a category", () => {
  test.each([
    ["physical therapy", "Outpatient therapy (physical, occupational, speech)"],
    ["MRIs", "MRI / MRA"],
    ["artificial limb", "Durable medical equipment, prosthetics, orthotics"],
  ])("%s finds %s, and choosing it explains it", async (words, name) => {
    const page = await open();
    await lookUp(page, words);
    expect(await status(page).textContent()).toMatch(/^\d+ found\.$/);
    await page.getByRole("listitem").getByRole("link", { name, exact: true }).click();
    await settled(page);
    expect(await heading(page).textContent()).toBe(name);
    expect(await status(page).textContent()).toMatch(/^Needs authorization: the/);
    for (const part of ["What it covers", "Procedure codes", "Whom to contact"])
      expect(await page.getByRole("heading", { name: part }).count()).toBe(1);
  });

  test("stay out of the address, whoever put them there, and are found again by going back", async () => {
    const page = await open("?q=wheelchair");
    expect(page.url()).toBe(`${cloud.api}/lookup`);
    await lookUp(page, "physical therapy");
    expect(page.url()).toBe(`${cloud.api}/lookup`);
    await lookUp(page, "72148");
    await page.goBack();
    await expect.poll(() => heading(page).textContent()).toBe("Categories for “physical therapy”");
    await page.goBack();
    await expect.poll(() => heading(page).textContent()).toBe("Categories for “wheelchair”");
  });

  test("words that nothing has leave all categories to choose from", async () => {
    const page = await open("?q=zeppelin");
    expect(await status(page).textContent()).toContain("No category has these words");
    expect(await page.getByRole("link", { name: "MRI / MRA" }).count()).toBe(1);
  });
});

describe("the page's address", () => {
  test("opens the answer that it was copied from", async () => {
    const page = await open("?q=70450&setting=emergency");
    expect(await status(page).textContent()).toBe("Needs no authorization.");
    expect(await page.getByLabel("Where is the service delivered?").inputValue()).toBe("emergency");
    expect(await page.getByLabel("Procedure code, or words of a category").inputValue()).toBe("70450");
  });

  test("going back undoes one step at a time", async () => {
    const page = await open();
    await lookUp(page, "72148");
    await deliveredIn(page, "inpatient");
    await expect.poll(() => status(page).textContent()).toBe("Needs authorization: the plan decides.");
    await page.goBack();
    await expect.poll(() => status(page).textContent()).toContain("It depends");
    expect(await page.getByLabel("Where is the service delivered?").inputValue()).toBe("");
    await page.goBack();
    await expect.poll(() => heading(page).textContent()).toBe("Or choose a category");
    await page.goForward();
    await expect.poll(() => heading(page).textContent()).toBe("Code 72148");
  });
});

describe("without a mouse", () => {
  test("from the skip link through the search to an answer, the focus always seen and never lost", async () => {
    const page = await open();
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the look-up");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("q");
    await page.keyboard.type("72148");
    await page.keyboard.press("Enter");
    await expect.poll(() => focused(page)).toBe("heading");

    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("setting");
    expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
    await page.keyboard.press("ArrowDown");
    await settled(page);
    await expect.poll(() => page.url()).toContain("setting=outpatient");
    expect(await focused(page)).toBe("setting");
    // Choosing further facts leaves the focus where they are chosen.
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("emergency");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => page.url()).toContain("emergency=");
    expect(await focused(page)).toBe("emergency");
  });

  test("an empty search asks for nothing and stays in its field", async () => {
    const page = await open();
    await page.getByRole("button", { name: "Look up" }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => focused(page)).toBe("q");
  });
});

describe("when there is no answer", () => {
  test("offline, it says so, and asks again", async () => {
    const page = await open();
    const context = page.context();
    await context.setOffline(true);
    await lookUp(page, "72148");
    expect(await heading(page).textContent()).toBe("The look-up cannot be reached");
    await expectAccessible(page);
    await context.setOffline(false);
    await page.getByRole("button", { name: "Try again" }).click();
    await expect.poll(() => heading(page).textContent()).toBe("Code 72148");
    expect(await focused(page)).toBe("heading");
    complaints = complaints.filter((complaint) => !complaint.includes("ERR_INTERNET_DISCONNECTED"));
  });

  test.each([
    [429, { "retry-after": "7" }, "Wait 7 seconds, then try again."],
    [503, {}, "Nothing is wrong with what you typed."],
    [400, {}, "The code, or a fact in the page's address, is not known."],
  ] as const)("a %s is told in plain words", async (code, headers, words) => {
    const page = await open();
    await page.route("**/v1/procedure-codes/**", (route) => route.fulfill({ status: code, headers, body: "{}" }));
    await lookUp(page, "72148");
    expect(await status(page).textContent()).toContain(words);
    complaints = complaints.filter((complaint) => !complaint.includes(String(code)));
  });

  test("without a script, it says where else to ask", async () => {
    const page = await (await browser.newContext({ baseURL: cloud.api, javaScriptEnabled: false })).newPage();
    await page.goto("/lookup");
    expect(await page.locator("noscript p").isVisible()).toBe(true);
    expect(await page.getByText("P.O. Box 1307").isVisible()).toBe(true);
    expect(await page.locator("#search").isVisible()).toBe(false);
    await page.context().close();
  });
});

/** Every state that the page can be in. */
const states: [string, string][] = [
  ["at the start", ""],
  ["with questions", "?q=72148"],
  ["with everything open", "?q=99999"],
  ["with an answer", "?q=72148&setting=inpatient"],
  ["with a no", "?q=72148&setting=emergency"],
  ["with found categories", "?q=therapy"],
  ["with a category", "?category=dme-prosthetics-orthotics"],
  ["with nothing found", "?q=zeppelin"],
];
const looks: [string, BrowserContextOptions][] = [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["narrow", { viewport: { width: 320, height: 640 }, reducedMotion: "reduce" }],
];

describe.each(looks)("%s", (look, options) => {
  test.each(states)("%s, axe-core finds nothing, and nothing sticks out", async (state, search) => {
    const page = await open(search, options);
    await expectAccessible(page);
    expect(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")).toBe(0);
    await page.screenshot({ path: join(pictures, `${look} ${state}.png`), fullPage: true });
  });
});
