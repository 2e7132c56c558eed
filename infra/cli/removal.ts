import type { Settings } from "../config.ts";

/** Whoever keeps records this long keeps them by law; then no command removes them. In days. */
const keptByLaw = 365;

type Stacks = { readonly doing: readonly string[]; readonly keeping: readonly string[] };

/** The stacks of a stage, in the order in which they can go: those that do the work, and those that hold what must not be lost. */
export const stacksOf = ({ stage, identity, vendorStandIn }: Settings): Stacks => {
  const named = (names: readonly string[]) => names.map((name) => `prior-auth-${stage}-${name}`);
  return {
    doing: named(["observability", "events", ...(vendorStandIn ? ["vendor-stand-in"] : []), "api"]),
    keeping: named([...(identity.kind === "cognito" ? ["identity"] : []), "data"]),
  };
};

/** What will be lost, before it is. */
export const warning = (settings: Settings, accountId: string, withData: boolean): string[] => {
  const { stage, region, identity } = settings;
  const { doing, keeping } = stacksOf(settings);
  const held = `every request and its history, every document, ${identity.kind === "cognito" ? "every person's account, " : ""}the keys shared with the vendor`;
  return [
    `Stage ${stage} of account ${accountId}, region ${region}.`,
    "",
    `These stacks go: ${doing.join(", ")}.`,
    "  With them the API's address, what waits in queues, alarms and, unless the settings keep them, logs.",
    ...(withData
      ? [
          `These go too, and with them, for ever, ${held}: ${keeping.join(", ")}.`,
          "  The salt of request ids goes as well: what a backup holds could no longer be found by member or idempotency key.",
        ]
      : [
          `These stay, with ${held}: ${keeping.join(", ")}.`,
          `  Deploy the stage again, and it goes on where it stopped${identity.kind === "cognito" ? ", its machines with new client ids" : ""}.`,
        ]),
  ];
};

/** Why data is not removed by a command. */
export const refusalToRemoveData = ({ stage, retention }: Settings): string | undefined =>
  retention.recordDays < keptByLaw
    ? undefined
    : `Stage ${stage} keeps records for ${retention.recordDays} days: no command removes them. docs/deploy.md, “Removing a stage”, says who may, and how.`;
