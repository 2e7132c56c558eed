import { defineConfig } from "vitest/config";

const project = (name: string, more: Record<string, unknown> = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], ...more },
});

/** A file for machines to read, beside what people see. */
const machineReport = process.env.VITEST_JSON;

export default defineConfig({
  test: {
    // Two cores, however many there are: the pocket cloud's own threads want some too.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: machineReport ? ["default", ["json", { outputFile: machineReport }]] : ["default"],
    projects: [
      // Their files share what they import: nothing in it remembers anything. What reads its environment as it is loaded does, and so
      // does the schemas' library, which takes the words of whoever loads all of it.
      project("unit", { isolate: false, exclude: ["test/unit/{api,lib}/**"] }),
      project("edge", { include: ["test/unit/{api,lib}/**/*.test.ts"] }),
      project("infra", { isolate: false }),
      // These only call what runs elsewhere: a process of their own for each file would be a fifth of their time.
      project("local", { isolate: false }),
      // They share one cloud: who waits until it is still waits for what all others do there.
      project("http", { isolate: false, globalSetup: "test/http/global-setup.ts", testTimeout: 120_000 }),
      project("faults", { isolate: false, globalSetup: "test/faults/global-setup.ts", testTimeout: 120_000 }),
      // Looks at what the calls of all the others were allowed by, so it comes after them.
      project("grants", { sequence: { groupOrder: 1 }, exclude: ["test/grants/removal.test.ts"] }),
      project("removal", { include: ["test/grants/removal.test.ts"] }),
      // A lane of its own, `npm run test:browser`: nobody needs a browser for everything else.
      ...(process.env.LANE === "browser" ? [project("browser", { globalSetup: "test/faults/global-setup.ts" })] : []),
    ],
  },
});
