import type { Page } from "../local/cli/timeline.ts";

const barWidth = 32;
/** In percent: off a terminal, the load is told in so many lines. */
const step = 5;
/** In milliseconds: a terminal need not be written to more often. */
const redrawEvery = 100;

export type LoadProgress = {
  /** @param share of the file, from 0 to 1 */
  at(share: number, rows: number): void;
  /** A line by itself, with no bar in its way. */
  line(text: string): void;
};

/** A bar that fills on a terminal, in colour unless `NO_COLOR` is set; elsewhere a plain line every few percent. */
export function openLoadProgress(
  page: Page,
  environment: NodeJS.ProcessEnv,
  now: () => number = () => performance.now(),
): LoadProgress {
  const live = page.isTTY === true;
  const paint = (text: string) => (live && !environment.NO_COLOR ? `\u001b[32m${text}\u001b[0m` : text);
  let told = 0;
  let drawn = Number.NEGATIVE_INFINITY;
  let bar = false;

  const line = (text: string) => {
    if (bar) page.write("\r\u001b[K");
    bar = false;
    page.write(`${text}\n`);
  };
  return {
    line,
    at(share, rows) {
      const percent = Math.min(100, Math.floor(share * 100));
      const counted = `${rows.toLocaleString("en-US")} rows`;
      if (!live) {
        const reached = percent - (percent % step);
        if (reached > told) line(`${String(reached).padStart(3)} %  ${counted}`);
        told = Math.max(told, reached);
        return;
      }
      if (now() - drawn < redrawEvery && percent < 100) return;
      drawn = now();
      const filled = Math.round((percent / 100) * barWidth);
      page.write(
        `\r\u001b[K${paint("█".repeat(filled) + "░".repeat(barWidth - filled))} ${String(percent).padStart(3)} %  ${counted}`,
      );
      bar = true;
    },
  };
}
