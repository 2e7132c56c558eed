import type { Settings } from "../config.ts";

/** Names that belong to nobody (RFC 2606): whoever writes one means to put something in its place. */
const nobodys = /(?:^|[./@])example(?:\.(?:com|net|org))?(?=$|[/:])|\.(?:invalid|test)(?=$|[/:])/;

/** What belongs where a placeholder stands, by the setting. */
const wanted: Readonly<Record<string, string>> = {
  "identity.issuerUrl":
    'the address of your OpenID Connect issuer, to the letter as its tokens say it in "iss"; or, to have an issuer deployed with the stage, "identity": { "kind": "cognito", … } as in infra/config/dev.json',
  "identity.callbackUrls": "a page of your desk, to which people come back when they have signed in",
  allowedOrigins: "the web origin of pages that may call the API; [] when there are none",
  vendorUrl:
    'the imaging vendor\'s address, to which referrals go; or, to try out without a vendor, "vendorStandIn": true instead of "vendorUrl"',
  apiUrl: "the address at which clients reach the API; leave it out when nothing stands before it",
  "domain.name": "the API's own host name; leave domain out to use the one that AWS gives",
  mailFrom: "the address that e-mails to providers come from; leave it out to send none",
  deskEmail: "the address of the desk that works on the requests",
  alarmEmail: "the address of those who are called when something is wrong",
};

/** One line for each setting that still has a placeholder, saying what belongs there. */
export const placeholdersIn = (settings: Settings): string[] =>
  textsIn(settings)
    .filter(({ text }) => nobodys.test(text))
    .map(({ path, text }) => {
      const setting = path.replace(/\.\d+$/, "");
      return `${setting} is still the placeholder ${text}. There belongs ${wanted[setting] ?? "a value of your own"}`;
    });

const textsIn = (value: unknown, path = ""): { path: string; text: string }[] => {
  if (typeof value === "string") return [{ path, text: value }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => textsIn(inner, path === "" ? name : `${path}.${name}`));
};
