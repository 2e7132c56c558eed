import type { PocketCloud } from "../pocket-cloud.ts";
import { roles } from "../tokens.ts";

/** What stands at the end of a start: the addresses, how to get a token, and something to try at once. */
export const whatToDoNow = ({ endpoints, directory }: PocketCloud, requestId: string): string[] => {
  const { LOCAL_DIR } = process.env;
  const elsewhere = LOCAL_DIR ? `LOCAL_DIR=${quoted(directory)} ` : "";
  const run = `${elsewhere}npm run`;
  const addresses = (["api", "docs", "issuer", "objectStore", "mailbox", "vendor"] as const).map(
    (name) => `  ${name.padEnd(12)} ${endpoints[name]}`,
  );
  return [
    "",
    `Ready. All of it is on 127.0.0.1, its data in ${directory}.`,
    "",
    ...addresses,
    `  ${"look-up".padEnd(12)} ${endpoints.api}/lookup`,
    "",
    `  a token      ${run} token -- provider`,
    `               roles ${roles.join(", ")}; also --org org-a, --expires 12h`,
    `  the clock    ${run} clock -- +73h`,
    "",
    "Read the request that was just decided:",
    "",
    `  curl -s ${endpoints.api}/v1/requests/${requestId} \\`,
    `    -H "Authorization: Bearer $(${run} --silent token -- provider)"`,
    "",
    "Ctrl-C stops it.",
  ];
};

/** For a shell. */
const quoted = (text: string): string => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
