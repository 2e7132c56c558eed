import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as sesLocal from "aws-ses-v2-local";

export type Mailbox = {
  /** The web page with all mails that were sent, and SES's own paths below it. */
  url: string;
  port: number;
  busy(): boolean;
  close(): Promise<void>;
};

/** CommonJS seen from a module: its default export lies one level deeper than its types say. */
const startServer = (
  typeof sesLocal.default === "function" ? sesLocal.default : (sesLocal.default as { default: unknown }).default
) as (config: { host: string; port: number }) => Promise<Server>;

/** Catches every mail instead of sending it. Mails are kept in memory, so a restart begins with an empty box. */
export const startMailbox = async ({ port }: { port: number }): Promise<Mailbox> => {
  const server = await startServer({ host: "127.0.0.1", port });
  // The package answers even when its port was taken.
  if (!server.listening) throw new Error(`The mailbox could not listen on port ${port}`);
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}`,
    port: taken,
    busy: () => false,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
