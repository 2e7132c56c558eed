import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type OperationId, operations } from "../../shared/api/operations.ts";
import { aSubmission, mri, theLeast } from "./bodies.ts";
import { type Answer, caller, cloud, type Json } from "./client.ts";
import { remember } from "./private-words.ts";
import { expectProblem } from "./problems.ts";

const provider = await caller({ role: "provider" });
const { body: request } = await provider.submit(aSubmission());

/** Stands in every hostile body, and must stand in no answer and no log. */
const marker = "Quarterstone-Xylophia";
remember(cloud.directory, [marker]);

const withBody = (Object.keys(operations) as OperationId[]).filter(
  (id) => operations[id].method === "POST" && operations[id].scopes !== "vendor-signature",
);
const send = (id: OperationId, body: unknown, headers: Record<string, string> = {}) =>
  provider.call("POST", operations[id].path.replace("{requestId}", request.id), body, {
    "idempotency-key": crypto.randomUUID(),
    ...headers,
  });

/** Refused as a client's fault, told as a problem of ours, without a word of what was sent. */
function expectRefused(answer: Answer): void {
  expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
  expect(answer.status, answer.text).toBeLessThan(500);
  expect(answer.body.type).toMatch(/^\/problems\/[a-z-]+$/);
  expect(answer.text).not.toContain(marker);
}

const bytes = (...parts: (string | readonly number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))));
const nested = (depth: number, open: string, close: string) => `${open.repeat(depth)}"${marker}"${close.repeat(depth)}`;

const hostile: [what: string, body: unknown, problem: "malformed-json" | "body-too-large"][] = [
  ["no body at all", "", "malformed-json"],
  ["only spaces", "   ", "malformed-json"],
  ["half a body", `{"clinicalSummary":"${marker}"`, "malformed-json"],
  ["half a string", `{"clinicalSummary":"${marker}`, "malformed-json"],
  ["two bodies", `{"a":"${marker}"}{"b":1}`, "malformed-json"],
  ["a comment", `{/* ${marker} */}`, "malformed-json"],
  ["a trailing comma", `{"reason":"${marker}",}`, "malformed-json"],
  ["single quotes", `{'reason':'${marker}'}`, "malformed-json"],
  ["NaN", `{"reason":"${marker}","size":NaN}`, "malformed-json"],
  ["a byte order mark", `\ufeff{"reason":"${marker}"}`, "malformed-json"],
  ["a raw NUL in a string", bytes(`{"reason":"${marker}`, [0], `"}`), "malformed-json"],
  ["a raw line break in a string", `{"reason":"${marker}\n"}`, "malformed-json"],
  ["a bad escape", `{"reason":"${marker}\\x41"}`, "malformed-json"],
  ["a lone surrogate, escaped", `{"reason":"${marker}\\ud800"}`, "malformed-json"],
  ["a lone low surrogate, escaped", `{"reason":"${marker}\\udc00 and more"}`, "malformed-json"],
  ["surrogates the wrong way round", `{"reason":"${marker}\\udc00\\ud800"}`, "malformed-json"],
  ["a lone surrogate in a name", `{"${marker}\\ud800":1}`, "malformed-json"],
  ["a surrogate as bytes", bytes(`{"reason":"${marker}`, [0xed, 0xa0, 0x80], `"}`), "malformed-json"],
  ["bytes that are no UTF-8", bytes(`{"reason":"${marker}`, [0xff, 0xfe, 0xc0], `"}`), "malformed-json"],
  ["an overlong slash", bytes(`{"reason":"${marker}`, [0xc0, 0xaf], `"}`), "malformed-json"],
  ["UTF-16", Buffer.from(`{"reason":"${marker}"}`, "utf16le"), "malformed-json"],
  ["a name twice", `{"reason":"${marker}","reason":"again"}`, "malformed-json"],
  ["a name twice, once in escapes", `{"reason":"${marker}","re\\u0061son":"again"}`, "malformed-json"],
  ["a name twice, deep inside", `{"member":{"id":"1","id":"${marker}"}}`, "malformed-json"],
  ["__proto__", `{"reason":"${marker}","__proto__":{"isAdmin":true}}`, "malformed-json"],
  ["__proto__ in escapes", `{"reason":"${marker}","__pr\\u006fto__":{"isAdmin":true}}`, "malformed-json"],
  ["__proto__, deep inside", `{"member":{"__proto__":{"id":"${marker}"}}}`, "malformed-json"],
  ["constructor", `{"reason":"${marker}","constructor":{"prototype":{"isAdmin":true}}}`, "malformed-json"],
  ["21 levels", nested(21, "[", "]"), "malformed-json"],
  ["100,000 lists deep", nested(100_000, "[", "]"), "malformed-json"],
  ["40,000 objects deep", nested(40_000, '{"a":', "}"), "malformed-json"],
  ["lists that never close", "[".repeat(200_000), "malformed-json"],
  ["30,000 tokens", `{"reason":[${"1,".repeat(30_000)}1]}`, "malformed-json"],
  ["256 KiB and one byte", `{"reason":"${marker}${" ".repeat(256 * 1024 - 13 - marker.length + 1)}"}`, "body-too-large"],
  ["1 MB", `{"reason":"${marker.repeat(50_000)}"}`, "body-too-large"],
];

describe.each(withBody)("%s refuses", (id) => {
  test.each(hostile)("%s", async (_what, body, problem) => {
    const answer = await send(id, body);
    expectRefused(answer);
    expectProblem(answer, problem);
  });

  test.each([
    ["nothing", "[]"],
    ["a list", `["${marker}"]`],
    ["a text", `"${marker}"`],
    ["a number", "1"],
    ["a number beyond all bounds", "1e400"],
    ["null", "null"],
    ["true", "true"],
    ["an object of nothing that is known", `{"${marker} ":{"${marker}":"${marker}"}}`],
  ])("%s in place of an object", async (_what, body) => {
    const answer = await send(id, body);
    expectRefused(answer);
    expectProblem(answer, "validation-failed");
  });

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonp",
    "application/xml",
    "",
    "json",
  ])("the content type %j", async (type) => {
    const answer = await send(id, JSON.stringify({ reason: marker }), { "content-type": type });
    expectRefused(answer);
    expectProblem(answer, "unsupported-media-type");
  });

  test("10 MB, before any function is asked", async () => {
    for (const size of [7 * 1_048_576, 10 * 1_048_576 + 1]) {
      const answer = await send(id, `{"reason":"${marker}${"y".repeat(size)}"}`);
      expect(answer.status).toBe(413);
      expect(answer.body).toEqual({ message: "Request Entity Too Large" });
    }
  });
});

describe("the vendor's door", () => {
  test.each(hostile)("is closed to %s: who has not signed learns nothing of a body's faults", async (_what, body) => {
    const answer = await provider.call("POST", operations.recordVendorEvent.path, body);
    expectRefused(answer);
    expectProblem(answer, "vendor-signature-invalid");
  });
});

describe("a submission with one thing wrong", () => {
  const values: [string, string][] = [
    ["null", "null"],
    ["a number", "7"],
    ["a number beyond all bounds", "1e400"],
    ["a text", `"${marker}"`],
    ["an empty text", '""'],
    ["true", "true"],
    ["a list", `["${marker}"]`],
    ["an empty list", "[]"],
    ["an object", `{"${marker} ":1}`],
    ["a NUL", '"\\u0000"'],
    ["an escape sequence", '"\\u001b[31m"'],
  ];
  const places = [
    "channel",
    "lineOfBusiness",
    "state",
    "priority",
    "setting",
    "emergency",
    "member",
    "requestingProvider",
    "diagnoses",
    "lines",
    "admission",
  ];
  const good: Readonly<Record<string, readonly string[]>> = { emergency: ["true"], diagnoses: ["[]"] };

  test.each(places)("in %s: named, and not repeated", async (place) => {
    const { [place]: _, ...rest } = aSubmission();
    const answers = await Promise.all(
      values
        .filter(([, value]) => !good[place]?.includes(value))
        .map(([, value]) => send("submitRequest", `${JSON.stringify(rest).slice(0, -1)},"${place}":${value}}`)),
    );
    for (const answer of answers) {
      expectRefused(answer);
      expectProblem(answer, "validation-failed");
      for (const { pointer } of answer.body.errors) expect(pointer).toMatch(new RegExp(`^/${place}(/|$)`));
    }
  });

  test.each<[string, Json, string]>([
    ["a NUL in a text", { clinicalSummary: `${marker}\u0000` }, "/clinicalSummary"],
    ["an escape sequence in a name", { member: { id: "10487654321", givenName: "\u001b[31mAda" } }, "/member/givenName"],
    ["a number as text", { lines: [mri({ quantity: "1" })] }, "/lines/0/quantity"],
    ["a text as number", { member: { id: 10_487_654_321 } }, "/member/id"],
    ["a date with a time", { lines: [mri({ serviceDate: "2026-12-20T00:00:00Z" })] }, "/lines/0/serviceDate"],
    ["a date that injects", { lines: [mri({ serviceDate: "2026-12-20' OR '1'='1" })] }, "/lines/0/serviceDate"],
    ["a number near all bounds", { lines: [mri({ quantity: 1e21 })] }, "/lines/0/quantity"],
    ["a member id in other digits", { member: { id: "１０４８７６５４３２１" } }, "/member/id"],
    ["a member id with a line break", { member: { id: "10487654321\n" } }, "/member/id"],
    ["an NPI with a line break", { requestingProvider: { npi: "1234567893\n" } }, "/requestingProvider/npi"],
    ["a code with a line break", { lines: [mri({ code: "72148\n" })] }, "/lines/0/code"],
    [
      "an e-mail address with a header",
      { requestingProvider: { npi: "1234567893", email: "a@example.org\r\nBcc: b@example.org" } },
      "/requestingProvider/email",
    ],
    ["a member of every object", { lines: [mri({ toString: "1" })] }, "/lines/0/toString"],
    ["a name that looks like a path", { "a/b~c": 1 }, "/?"],
  ])("%s", async (_what, more, pointer) => {
    expectProblem(await provider.submit(aSubmission(more)), "validation-failed", [pointer]);
  });

  test("a person's name as a member's name is not repeated either, however often", async () => {
    const names = Object.fromEntries(Array.from({ length: 5_000 }, (_, number) => [`${marker} ${number}`, 1]));
    const answer = await provider.submit({ ...theLeast(), ...names });
    expectRefused(answer);
    expectProblem(answer, "validation-failed", ["/?"]);
  });

  test("text in any language and emoji are welcome", async () => {
    const clinicalSummary =
      "Sechs Wochen Physiotherapie – ohne Besserung. 理学療法6週間 🩻 \ud83d\udc69\u200d\u2695\ufe0f\n\tne aide pas";
    const answer = await provider.submit(aSubmission({ clinicalSummary }));
    expect(answer.status).toBe(201);
    expect((await provider.get(`/v1/requests/${answer.body.id}`)).body.clinicalSummary).toBe(clinicalSummary);
  });
});

describe("hostile paths, queries and headers", () => {
  test.each([
    "/v1/requests/%00",
    "/v1/requests/PA-%F0%9F%A9%BB",
    "/v1/requests/..%2f..%2fetc%2fpasswd",
    `/v1/requests/${"A".repeat(5_000)}`,
    "/v1/requests/PA-AAAAAAAAAAAAAAAAAAAAAAAAAA%0A",
    "/v1/requests/__proto__",
    "/v1/requests/constructor/events",
    `/v1/requests/${request.id}/documents/__proto__`,
    `/v1/requests/${request.id.toLowerCase()}`,
  ])("%s is not found", async (path) => {
    const answer = await provider.get(path);
    expect(answer.status).toBe(404);
    expect(answer.body.type).toMatch(/^\/problems\/(request|document|route)-not-found$/);
  });

  test.each([
    ["?limit=1&limit=2", "/limit"],
    ["?status=__proto__", "/status"],
    ["?__proto__=1", "/__proto__"],
    ["?status[]=approved", "/?"],
    ["?status=%00", "/status"],
    ["?limit=%F0%9F%A9%BB", "/limit"],
  ])("a list with %s is refused", async (query, pointer) => {
    expectProblem(await provider.get(`/v1/requests${query}`), "validation-failed", [pointer]);
  });
});

describe("any body that differs from a good one in a few places", () => {
  /** What a careless or hostile client may put anywhere. */
  const anything = fc.oneof(
    fc.constantFrom<Json>(
      null,
      true,
      "",
      0,
      -1,
      0.5,
      1e300,
      "x",
      [],
      {},
      [[]],
      "2026-13-45",
      "0000-00-00",
      "\u0000",
      "__proto__",
      "1e400",
    ),
    fc.string({ unit: "binary" }),
    fc.double(),
    fc.jsonValue({ maxDepth: 3 }),
    fc.string({ minLength: 4_000, maxLength: 4_100 }),
  );
  const change = fc.record({
    at: fc.nat(),
    how: fc.constantFrom("replace", "remove", "add", "repeat"),
    value: anything,
    name: fc.oneof(fc.string(), fc.constantFrom("id", "lines", "toString", "length", "then")),
  });
  type Change = { at: number; how: string; value: Json; name: string };

  /** Every object and list in the value, with the way to set one of its members. */
  const spots = (value: Json): { parent: Json; key: string }[] =>
    value !== null && typeof value === "object"
      ? Object.keys(value).flatMap((key) => [{ parent: value, key }, ...spots(value[key])])
      : [];

  function changed(body: Json, { at, how, value: given, name }: Change): void {
    const all = spots(body);
    const spot = all[at % all.length];
    if (!spot) return;
    const { parent, key } = spot;
    const value = structuredClone(given);
    if (how === "replace") parent[key] = value;
    else if (how === "remove") delete parent[key];
    else if (how === "add" && !Array.isArray(parent))
      Object.defineProperty(parent, name, { value, enumerable: true, configurable: true, writable: true });
    else if (Array.isArray(parent)) parent.push(parent[Number(key)]);
  }

  const full = () =>
    aSubmission({
      servicingFacility: { npi: "1558598797" },
      outOfNetworkReason: "None nearer.",
      admission: { date: "2026-12-20", type: "urgent", levelOfCare: "acute", days: 2 },
      clinicalTrial: { nct: "01234567" },
      certification: { type: "renewal", previousAuthorization: "AU-1" },
      expedite: { reason: "Pain.", requestedBy: "The physician." },
      lines: [mri({ revenueCode: "0610", placeOfService: "22", elective: true, diagnosisPointers: [1] }), mri()],
    });
  const inquiry = () => {
    const { member, ...asked } = full();
    return { ...asked, programs: member.programs };
  };
  const information = () => ({
    member: { givenName: "Ada" },
    diagnoses: [{ code: "M54.16", narrative: "Radiculopathy" }],
    lines: [{ lineNumber: 1, quantity: 2, modifiers: ["LT"] }],
    answers: [{ code: "x", text: "y" }],
  });
  const document = () => ({
    fileName: "a.pdf",
    contentType: "application/pdf",
    size: 9,
    sha256: `${"A".repeat(43)}=`,
    kind: "order",
  });
  const search = () => ({ memberId: "10487654321", serviceFrom: "2026-01-01", serviceTo: "2026-12-31", limit: 5, cursor: "abc" });
  const bodies: [OperationId, number, () => Json][] = [
    ["submitRequest", 250, full],
    ["checkRequirements", 100, inquiry],
    ["addInformation", 80, information],
    ["registerDocument", 60, document],
    ["searchRequests", 60, search],
    ["withdrawRequest", 20, () => ({ reason: "None." })],
  ];

  test.each(bodies)("%s: never the server's fault, and an answer that is documented", async (id, numRuns, good) => {
    const target = (await provider.submit(aSubmission())).body.id;
    const path = operations[id].path.replace("{requestId}", target);
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const body = good();
        for (const one of changes) changed(body, one);
        // As text: what chance puts into a name's place is nobody's name, and need not be kept from logs.
        const answer = await provider.call("POST", path, JSON.stringify(body), { "idempotency-key": crypto.randomUUID() });
        expect(answer.status, answer.text).toBeLessThan(500);
        if (answer.status >= 400) expect(answer.body.type).toMatch(/^\/problems\//);
      }),
      { seed: 20_261_122, numRuns, endOnFailure: true },
    );
  });
});
