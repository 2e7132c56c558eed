import { randomInt } from "node:crypto";
import type { Json } from "./client.ts";

/** Bodies as clients send them. Each says what is usual; a test says what matters to it, `undefined` leaving a member out. */

export const npis = { dayton: "1234567893", other: "1679576722", imaging: "1245319599", outside: "1558598797" };

export const mri = (more: Json = {}): Json => ({
  code: "72148",
  modifiers: [],
  description: "MRI lumbar spine",
  serviceDate: "2026-12-20",
  quantity: 1,
  unit: "visit",
  ...more,
});
export const therapy = (more: Json = {}): Json =>
  mri({ code: "97110", description: "Therapeutic exercises", quantity: 8, ...more });
export const officeVisit = (more: Json = {}): Json => mri({ code: "99213", description: "Visit at the office", ...more });

/**
 * The example's member under an id of their own: what is asked for them, nobody has asked for before. By its last digit the vendor's
 * stand-in approves.
 */
export const memberOfItsOwn = (more: Json = {}): Json => ({
  id: `${String(randomInt(10 ** 10)).padStart(10, "0")}1`,
  givenName: "Ada",
  familyName: "Reyes",
  birthDate: "1986-04-02",
  programs: [],
  ...more,
});

/** The contract's example, word for word but for the member's id: each is another's, so that none is a duplicate. */
export const aSubmission = (more: Json = {}): Json => ({
  channel: "portal",
  lineOfBusiness: "medicaid",
  state: "OH",
  priority: "standard",
  member: memberOfItsOwn(),
  requestingProvider: { npi: npis.dayton, name: "Dayton Orthopaedics", email: "desk@example.org", phone: "+19375550100" },
  servicingProvider: { npi: npis.imaging, name: "Miami Valley Imaging" },
  setting: "outpatient",
  emergency: false,
  postStabilization: false,
  diagnoses: [{ code: "M54.16", narrative: "Radiculopathy, lumbar region" }],
  lines: [mri()],
  clinicalSummary: "Six weeks of physical therapy without relief.",
  ...more,
});

/** Nothing but what a submission is refused without. */
export const theLeast = (more: Json = {}): Json => ({
  channel: "portal",
  lineOfBusiness: "medicaid",
  state: "OH",
  priority: "standard",
  member: { id: memberOfItsOwn().id },
  requestingProvider: { npi: npis.dayton },
  setting: "outpatient",
  lines: [{ code: "72148" }],
  ...more,
});

/** Therapy, for the plan to decide, asked for by mail long ago: its clock has run out, and no vendor takes it away meanwhile. */
export const byMail = (more: Json = {}): Json =>
  aSubmission({ channel: "mail", receivedAt: "2025-01-15", lines: [therapy()], ...more });

export const hoursAfter = (instant: string, hours: number): string =>
  new Date(Date.parse(instant) + hours * 3_600_000).toISOString();
