import { randomInt } from "node:crypto";

/** What CONTRACT's example sends: an MRI of the lumbar spine that the imaging vendor decides. Each is another member's: none is a duplicate. */
export const anExample = () => ({
  channel: "portal",
  lineOfBusiness: "medicaid",
  state: "OH",
  priority: "standard",
  member: {
    id: `${String(randomInt(10 ** 10)).padStart(10, "0")}1`,
    givenName: "Ada",
    familyName: "Reyes",
    birthDate: "1986-04-02",
    programs: [],
  },
  requestingProvider: {
    npi: "1234567893",
    name: "Dayton Orthopaedics",
    email: "desk@example.org",
    phone: "+19375550100",
  },
  servicingProvider: { npi: "1245319599", name: "Miami Valley Imaging" },
  setting: "outpatient",
  emergency: false,
  postStabilization: false,
  diagnoses: [{ code: "M54.16", narrative: "Radiculopathy, lumbar region" }],
  lines: [
    {
      code: "72148",
      modifiers: [],
      description: "MRI lumbar spine",
      serviceDate: "2026-12-20",
      quantity: 1,
      unit: "visit",
    },
  ],
  clinicalSummary: "Six weeks of physical therapy without relief.",
});
