import { vi } from "vitest";

export type Line = Readonly<Record<string, unknown>>;

/** What is written to the log while `write` runs: each line as the JSON that it must be. */
export async function loggedBy(write: () => unknown): Promise<readonly Line[]> {
  const written: string[] = [];
  const stdout = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  try {
    await write();
  } finally {
    stdout.mockRestore();
  }
  return written.flatMap((text) => {
    if (!text.endsWith("\n")) throw new Error("a line without its end");
    return text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);
  });
}
