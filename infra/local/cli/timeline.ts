import type { Tell } from "../main-job.ts";

/** Where a timeline is written: a terminal or anything else. */
export type Page = { isTTY?: boolean | undefined; columns?: number | undefined; write(text: string): unknown };

export type Timeline = Tell & {
  /** A line that is no step. */
  line(text?: string): void;
};

const indent = " ".repeat(12);
const barWidth = 32;
/** Off a terminal, the upload is told in so many lines. */
const quarters = 4;

/**
 * Steps with the time since the start. On a terminal in colour, unless `NO_COLOR` is set, with a bar that fills while the upload
 * runs; elsewhere plain lines and a few percentages.
 */
export const openTimeline = (page: Page, environment: NodeJS.ProcessEnv, now: () => number = () => performance.now()): Timeline => {
  const began = now();
  const live = page.isTTY === true;
  const coloured = live && !environment.NO_COLOR;
  const paint = (code: number, text: string) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text);
  const green = 32;
  const dim = 2;
  const elapsed = () => `${((now() - began) / 1_000).toFixed(1).padStart(7)} s`;
  let bar = false;
  let told = 0;

  const clearBar = () => {
    if (bar) page.write("\r\u001b[K");
    bar = false;
  };
  const line = (text = "") => {
    clearBar();
    page.write(`${text}\n`);
  };

  return {
    line,
    step: (what, ...details) => {
      line(`${paint(dim, elapsed())} ${paint(green, live ? "✓" : "-")} ${what}`);
      for (const detail of details) line(`${indent}${paint(dim, detail)}`);
    },
    progress: (sent, total) => {
      const share = sent / total;
      if (live) {
        const filled = Math.round(share * barWidth);
        const drawn = `${"█".repeat(filled)}${"░".repeat(barWidth - filled)}`;
        const megabytes = `${Math.floor(sent / 1_048_576)} of ${Math.ceil(total / 1_048_576)} MiB`;
        page.write(`\r${indent}${paint(green, drawn)} ${String(Math.floor(share * 100)).padStart(3)} %  ${megabytes}`);
        bar = true;
        return;
      }
      const quarter = Math.floor(share * quarters);
      if (quarter > told) line(`${indent}uploading: ${(quarter * 100) / quarters} %`);
      told = quarter === quarters ? 0 : Math.max(told, quarter);
    },
  };
};
