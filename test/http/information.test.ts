import { describe, expect, test } from "vitest";
import { aSubmission, npis, theLeast, therapy } from "./bodies.ts";
import { caller, type Json } from "./client.ts";
import { attachNote } from "./clinical-note.ts";
import { expectProblem } from "./problems.ts";

const provider = await caller({ role: "provider" });
const inform = (id: string, body: Json, headers: Record<string, string> = {}) =>
  provider.post(`/v1/requests/${id}/information`, body, headers);

describe("filling gaps", () => {
  test("each gap closes when it is filled, and not before", async () => {
    const { body: before } = await provider.submit(theLeast({ lines: [{ code: "97110" }] }));
    const steps: [closes: string, opens: string | null, body: Json][] = [
      ["member-name", null, { member: { givenName: "Ada", familyName: "Reyes", birthDate: "1986-04-02" } }],
      ["provider-name", null, { requestingProvider: { name: "Dayton Orthopaedics", email: "desk@example.org" } }],
      ["servicing-provider", "out-of-network-reason", { servicingProvider: { npi: npis.outside, name: "Elsewhere Therapy" } }],
      ["out-of-network-reason", null, { outOfNetworkReason: "The only therapist who speaks her language." }],
      ["service-date", null, { lines: [{ lineNumber: 1, serviceDate: "2026-12-20" }] }],
      ["diagnosis", "diagnosis-narrative", { diagnoses: [{ code: "M54.16" }] }],
      ["diagnosis-narrative", null, { diagnoses: [{ code: "M54.16", narrative: "Radiculopathy, lumbar region" }] }],
      ["service-description", null, { lines: [{ lineNumber: 1, description: "Therapeutic exercises" }] }],
      ["visits", null, { lines: [{ lineNumber: 1, quantity: 8, unit: "visit" }] }],
    ];
    let missing = new Set<string>(before.missing);
    for (const [index, [closes, opens, body]] of steps.entries()) {
      expect(missing, closes).toContain(closes);
      const answer = await inform(before.id, body);
      expect(answer.status, answer.text).toBe(200);
      missing = missing.difference(new Set([closes])).union(new Set(opens ? [opens] : []));
      expect(new Set(answer.body.missing)).toEqual(missing);
      expect(answer.body).toMatchObject({
        version: index + 2,
        status: "awaiting-information",
        completeAt: null,
        dueAt: before.dueAt,
      });
      expect(answer.headers.get("etag")).toBe(`"${index + 2}"`);
    }
    expect([...missing]).toEqual(["clinical-documents"]);

    const { body: after } = await provider.get(`/v1/requests/${before.id}`);
    expect(after).toMatchObject({
      member: { id: before.member.id, givenName: "Ada", familyName: "Reyes", birthDate: "1986-04-02" },
      requestingProvider: { npi: npis.dayton, name: "Dayton Orthopaedics", email: "desk@example.org" },
      lines: [{ code: "97110", serviceDate: "2026-12-20", quantity: 8, unit: "visit", route: "plan" }],
      receivedAt: before.receivedAt,
    });
  });

  test("an admission is filled in piece by piece", async () => {
    const { body } = await provider.submit(aSubmission({ setting: "inpatient" }));
    expect(body.missing).toContain("admission");
    await inform(body.id, { admission: { date: "2026-12-20", levelOfCare: "acute" } });
    const answer = await inform(body.id, { admission: { days: 3 } });
    expect(answer.body).toMatchObject({
      missing: ["clinical-documents"],
      admission: { date: "2026-12-20", levelOfCare: "acute", days: 3 },
    });
  });

  test("when nothing is missing any more the request moves on by itself, and says when", async () => {
    const { description: _, ...undescribed } = therapy();
    const { body: before } = await provider.submit(aSubmission({ lines: [undescribed] }));
    const withNote = await attachNote(provider, before.id);
    expect(withNote).toMatchObject({ status: "awaiting-information", missing: ["service-description"], completeAt: null });

    const { body: after } = await inform(before.id, { lines: [{ lineNumber: 1, description: "Therapeutic exercises" }] });
    expect(after).toMatchObject({ status: "in-review", missing: [], dueAt: before.dueAt, completeAt: after.updatedAt });
    const { events } = (await provider.get(`/v1/requests/${before.id}/events`)).body;
    expect(events.slice(-2).map((event: Json) => event.type)).toEqual(["information.received", "request.completed"]);

    const later = await inform(before.id, { clinicalSummary: "Eight weeks by now." });
    expect(later.body.completeAt).toBe(after.completeAt);
  });

  test("what is said anew takes the place of what was said", async () => {
    const { body } = await provider.submit(aSubmission());
    const changed = await inform(body.id, { clinicalSummary: "Eight weeks by now.", lines: [{ lineNumber: 1, quantity: 2 }] });
    expect(changed.body).toMatchObject({
      clinicalSummary: "Eight weeks by now.",
      lines: [{ quantity: 2, description: "MRI lumbar spine" }],
    });
  });

  test("lines are judged again by what is known now", async () => {
    const { servicingProvider: _, ...body } = aSubmission({ lines: [{ ...therapy(), code: "99213" }] });
    const before = await provider.submit(body);
    expect(before.body).toMatchObject({ status: "not-required", lines: [{ requirement: "not-required" }] });
    const mixed = await provider.submit({ ...body, lines: [therapy(), { ...therapy(), code: "99213" }] });
    const after = await inform(mixed.body.id, { servicingProvider: { npi: npis.outside, name: "Elsewhere Clinic" } });
    expect(after.body.lines[1]).toMatchObject({ requirement: "required", route: "plan", rule: "out-of-network" });
  });
});

describe("answers", () => {
  test("are kept with their time, in the order in which they came", async () => {
    const { body } = await provider.submit(theLeast());
    const first = await inform(body.id, { answers: [{ code: "conservative-treatment", text: "Six weeks of it." }] });
    const second = await inform(body.id, {
      answers: [
        { code: "red-flags", text: "None." },
        { code: "surgery", text: "Not planned." },
      ],
    });
    expect(second.body.answers).toEqual([
      { code: "conservative-treatment", text: "Six weeks of it.", at: first.body.updatedAt },
      { code: "red-flags", text: "None.", at: second.body.updatedAt },
      { code: "surgery", text: "Not planned.", at: second.body.updatedAt },
    ]);
  });

  test("said again change nothing, whatever version the caller names", async () => {
    const { body } = await provider.submit(theLeast());
    const news = { answers: [{ code: "red-flags", text: "None." }], clinicalSummary: "Seen again." };
    const first = await inform(body.id, news, { "if-match": '"1"' });
    const again = await inform(body.id, news, { "if-match": '"1"' });
    expect(again.status).toBe(200);
    expect(again.body).toEqual(first.body);
  });
});

describe("what information cannot be", () => {
  test.each<[string, Json, string[]]>([
    ["nothing", {}, [""]],
    ["an unknown line", { lines: [{ lineNumber: 2, quantity: 1 }] }, ["/lines/0/lineNumber"]],
    [
      "several unknown lines",
      { lines: [{ lineNumber: 1, quantity: 1 }, { lineNumber: 7 }, { lineNumber: 50 }] },
      ["/lines/1/lineNumber", "/lines/2/lineNumber"],
    ],
    ["line 0", { lines: [{ lineNumber: 0 }] }, ["/lines/0/lineNumber"]],
    ["a line without its number", { lines: [{ quantity: 1 }] }, ["/lines/0/lineNumber"]],
    [
      "one line twice",
      {
        lines: [
          { lineNumber: 1, quantity: 1 },
          { lineNumber: 1, quantity: 2 },
        ],
      },
      ["/lines"],
    ],
    ["another code", { lines: [{ lineNumber: 1, code: "97110" }] }, ["/lines/0/code"]],
    ["another member", { member: { id: "10487654322" } }, ["/member/id"]],
    ["another requesting provider", { requestingProvider: { npi: npis.other } }, ["/requestingProvider/npi"]],
    [
      "another receipt, channel or organization",
      { receivedAt: "2025-01-15", channel: "mail", organization: "org-a" },
      ["/receivedAt", "/channel", "/organization"],
    ],
    ["a birth in the future", { member: { birthDate: "2999-01-01" } }, ["/member/birthDate"]],
    ["an answer without words", { answers: [{ code: "red-flags" }] }, ["/answers/0/text"]],
    ["empty lists", { answers: [], lines: [], diagnoses: [] }, ["/answers", "/lines", "/diagnoses"]],
    ["too many words", { lines: [{ lineNumber: 1, description: "y".repeat(4_001) }] }, ["/lines/0/description"]],
  ])("%s", async (_what, body, pointers) => {
    const { body: before } = await provider.submit(theLeast());
    expectProblem(await inform(before.id, body), "validation-failed", pointers);
    expect((await provider.get(`/v1/requests/${before.id}`)).body).toEqual(before);
  });

  test("more than a request can hold: it says so, stays as it was, and can still be taken back", async () => {
    const { body } = await provider.submit(theLeast());
    let held = 1;
    // In ever smaller pieces, until not even one more word fits.
    for (const length of [3_900, 900, 90, 1]) {
      for (;;) {
        const text = "y".repeat(length);
        const answer = await inform(body.id, { answers: [{ code: `piece-${held}`, text }] });
        if (answer.status !== 200) {
          expectProblem(answer, "request-too-large");
          break;
        }
        held = answer.body.version;
        expect(held).toBeLessThan(100);
      }
    }
    expect((await provider.get(`/v1/requests/${body.id}`)).body.version).toBe(held);
    const reason = "\u96e2".repeat(4_000);
    const withdrawn = await provider.post(`/v1/requests/${body.id}/withdrawal`, { reason });
    expect(withdrawn.body).toMatchObject({ status: "withdrawn", withdrawal: { reason } });
  });
});
