import { randomInt } from "node:crypto";

/** What the stories ask for: invented people, by an office of `org-demo`. */

const day = 86_400_000;
const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

export type Asked = {
  readonly lineOfBusiness: "medicaid" | "medicare-advantage" | "marketplace";
  readonly state: string;
  readonly priority: "standard" | "expedited";
  readonly service: keyof typeof services;
  /** The last digit of the member's id, by which the vendor's stand-in goes; it approves a 1. */
  readonly digit?: string;
};

/** Codes with words of our own. A drug counts in units, the others in visits. */
export const services = {
  therapy: { code: "97110", description: "Therapeutic exercises", quantity: 8, unit: "visit" },
  mri: { code: "72148", description: "MRI lumbar spine", quantity: 1, unit: "visit" },
  infusion: { code: "J1745", description: "Infliximab infusion", quantity: 10, unit: "unit" },
  "office visit": { code: "99213", description: "Visit at the office", quantity: 1, unit: "visit" },
} as const;

/** @param now local time of the desk, in milliseconds */
export const submissionOf = ({ lineOfBusiness, state, priority, service, digit = "1" }: Asked, now: number) => ({
  channel: "portal",
  lineOfBusiness,
  state,
  priority,
  // Each time another member: what an earlier tour has left open is no duplicate.
  member: {
    id: `1${String(randomInt(1e9)).padStart(9, "0")}${digit}`,
    givenName: "Ada",
    familyName: "Reyes",
    birthDate: "1986-04-02",
    programs: [],
  },
  requestingProvider: { npi: "1234567893", name: "Dayton Orthopaedics", email: "desk@dayton.example.org", phone: "+19375550100" },
  servicingProvider: { npi: "1245319599", name: "Miami Valley Imaging" },
  setting: "outpatient",
  emergency: false,
  postStabilization: false,
  diagnoses: [{ code: "M54.16", narrative: "Radiculopathy, lumbar region" }],
  lines: [{ ...services[service], modifiers: [], serviceDate: dateOf(now + 10 * day), endDate: dateOf(now + 70 * day) }],
  clinicalSummary: "Six weeks of physical therapy without relief.",
});
