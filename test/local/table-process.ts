import { openIdentities } from "../../infra/local/identities.ts";
import { startTable } from "../../infra/local/table/start-table.ts";

// A table in a process of its own, so that a test can kill it: <directory> <table definitions as JSON>. Prints its URL when it is up.
const [directory = "", tables = "[]"] = process.argv.slice(2);
const identities = openIdentities(directory);
const table = await startTable({
  port: 0,
  directory,
  tables: JSON.parse(tables),
  identities,
  judge: () => ({ allowed: true }),
  now: () => new Date(),
});
console.log(table.url);
