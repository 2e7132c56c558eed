import { globSync } from "node:fs";

/** Paths of the TypeScript files under a folder of this repository, as the source writes them. */
export const sourceFiles = (folder: string): readonly string[] => globSync(`${folder}/**/*.ts`).sort();
