import { createHmac } from "node:crypto";
import providers from "./plan-data.json" with { type: "json" };
import members from "./plan-members.json" with { type: "json" };

type Value = { readonly S: string };
type Span = { readonly from: string; readonly to?: string; readonly program?: string };

const periods = (spans: readonly Span[]) => ({
  L: spans.map((span) => ({
    M: Object.fromEntries(Object.entries(span).map(([name, value]): [string, Value] => [name, { S: value }])),
  })),
});

/** The plan's invented providers and members as items of the table. @param salt by which members are sealed in keys, as everywhere */
export const planItems = (salt: string) => [
  ...providers,
  ...members.map(({ memberId, eligible, programs }) => ({
    pk: { S: `MEMBER#${createHmac("sha256", salt).update(`member·${memberId}`).digest("base64url")}` },
    sk: { S: "MEMBER" },
    eligible: periods(eligible),
    programs: periods(programs),
  })),
];
