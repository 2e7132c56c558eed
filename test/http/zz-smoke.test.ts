import { expect, test } from "vitest";
import { caller } from "./client.ts";
test("smoke", async () => {
  const provider = await caller({ role: "provider" });
  const t = performance.now();
  const answer = await provider.submit({ channel: "portal", lineOfBusiness: "medicaid", state: "OH", priority: "standard",
  member: { id: "10487654321", givenName: "Ada", familyName: "Reyes", birthDate: "1986-04-02", programs: [] },
  requestingProvider: { npi: "1234567893", name: "Dayton Orthopaedics", email: "desk@example.org", phone: "+19375550100" },
  servicingProvider: { npi: "1245319599", name: "Miami Valley Imaging" },
  setting: "outpatient", emergency: false, postStabilization: false,
  diagnoses: [{ code: "M54.16", narrative: "Radiculopathy, lumbar region" }],
  lines: [{ code: "72148", modifiers: [], description: "MRI lumbar spine", serviceDate: "2026-12-20", quantity: 1, unit: "visit" }],
  clinicalSummary: "Six weeks of physical therapy without relief." });
  console.log(performance.now() - t, answer.status, answer.text, Object.fromEntries(answer.headers));
  const r = await provider.get("/v1/procedure-codes/72148");
  for (let i = 0; i < 5; i++) { const t = performance.now(); await provider.get("/v1/procedure-codes/72148"); console.log(performance.now() - t); }
  console.log(r.text.slice(0, 3000));
  expect(answer.status).toBe(201);
});
