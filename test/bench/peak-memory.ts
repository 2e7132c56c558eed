import { writeFileSync } from "node:fs";

// Loaded before a program: when that ends, writes the most memory it ever held, in kilobytes, into the file that PEAK_MEMORY names.
process.on("exit", () => writeFileSync(process.env.PEAK_MEMORY ?? "", String(process.resourceUsage().maxRSS)));
