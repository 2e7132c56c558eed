import { startPocketCloud } from "../../infra/local/pocket-cloud.ts";

// A pocket cloud in a process of its own, so that a test can kill it: <assembly> <directory> <base port>. Says when it is up.
const [assembly = "", directory = "", port = ""] = process.argv.slice(2);
await startPocketCloud({ assembly, directory, port: Number(port) });
process.stdout.write("up\n");
// Nobody is left who could want it.
process.stdin.on("end", () => process.exit()).resume();
