import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const usualPlaces = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/snap/bin/chromium",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];
const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** A Chromium on this machine: the one that CHROMIUM names, else wherever one usually is, else on the PATH. */
export function findBrowser(env: NodeJS.ProcessEnv, exists: (path: string) => boolean = existsSync): string | undefined {
  if (env.CHROMIUM) return exists(env.CHROMIUM) ? env.CHROMIUM : undefined;
  const onPath = (env.PATH ?? "").split(delimiter).flatMap((folder) => (folder ? names.map((name) => join(folder, name)) : []));
  return [...usualPlaces, ...onPath].find(exists);
}

export const howToGetOne = ({ CHROMIUM }: NodeJS.ProcessEnv): string =>
  `SKIPPED: the look-up page was not tested in a browser, because ${
    CHROMIUM ? `CHROMIUM names ${CHROMIUM}, which does not exist` : "no Chromium was found on this machine"
  }. Install one (on Debian: apt-get install chromium) or name one by CHROMIUM=/path/to/chromium, then run npm run test:browser again.`;
