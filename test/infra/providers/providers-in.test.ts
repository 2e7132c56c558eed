import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Found, NotProviders, providersIn } from "../../../infra/providers/providers-in.ts";
import { isNpi } from "../../../shared/domain/identifiers.ts";
import { header, npiOf } from "../../providers-file.ts";

const dayton = "1234567893";
const miami = "1245319599";

async function read(text: string | Buffer, chunk = 16): Promise<Found[]> {
  const bytes = Buffer.from(text);
  const chunks = function* () {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  };
  const seen = new Set<string>();
  const isNew = (npi: string) => seen.size < seen.add(npi).size;
  const found: Found[] = [];
  for await (const each of providersIn(Readable.from(chunks(), { objectMode: false }), isNew)) found.push(each);
  return found;
}
const rows = (...lines: string[]) => `${[header, ...lines].join("\n")}\n`;
const providers = (found: readonly Found[]) => found.flatMap((each) => ("provider" in each ? [each.provider] : []));
const rejected = (found: readonly Found[]) =>
  found.flatMap((each) => ("rejected" in each ? [[each.rejected.line, ...each.rejected.faults.map(({ column }) => column)]] : []));

describe("a file of providers", () => {
  test("says for whom an organization may act, which is home, and since when the provider takes part", async () => {
    expect(providers(await read(rows(`${dayton},org-demo|org-a,org-demo,2024-01-01,2026-12-31`)))).toEqual([
      {
        npi: dayton,
        organizations: ["org-demo", "org-a"],
        home: "org-demo",
        participation: [{ from: "2024-01-01", to: "2026-12-31" }],
      },
    ]);
  });

  test("knows a provider who belongs to nobody, and one who takes no part", async () => {
    expect(providers(await read(rows(`${dayton},,,2024-01-01,`, `${miami},org-a,,,`)))).toEqual([
      { npi: dayton, organizations: [], home: null, participation: [{ from: "2024-01-01" }] },
      { npi: miami, organizations: ["org-a"], home: null, participation: [] },
    ]);
  });

  test("makes one provider of rows that stand together, with a period each", async () => {
    const found = await read(rows(`${dayton},org-a,,2020-01-01,2021-12-31`, `${dayton},org-a,,2024-01-01,`));
    expect(providers(found)).toMatchObject([
      { npi: dayton, participation: [{ from: "2020-01-01", to: "2021-12-31" }, { from: "2024-01-01" }] },
    ]);
    expect(found).toMatchObject([{ rows: 2 }]);
  });

  test("may name its columns in any order, begin with a byte order mark, end lines as Windows does, quote, and leave lines empty", async () => {
    const text = `\ufeffHome,"npi",participating-to,organizations,participating-from\r\n\r\n"org-a",${dayton},,"org-a",2024-01-01\r\norg-a,1,,org-a,\r\n`;
    for (const chunk of [1, 7, 4096]) {
      const found = await read(text, chunk);
      expect(providers(found)).toEqual([
        { npi: dayton, organizations: ["org-a"], home: "org-a", participation: [{ from: "2024-01-01" }] },
      ]);
      expect(rejected(found)).toEqual([[4, "npi"]]);
    }
  });

  test.each([
    ["", "empty"],
    ["npi,home\n", "organizations, participating-from, participating-to"],
    [`${header},notes\n`, "no others"],
    [`${header},npi\n`, "no others"],
    [`${dayton},org-a,org-a,2024-01-01,\n`, "Not found"],
    [rows("9".repeat(70_000)), "Line 2"],
  ])("is refused as a whole when it cannot be one (%#)", async (text, why) => {
    const reading = read(text, 4096);
    await expect(reading).rejects.toThrow(NotProviders);
    await expect(reading).rejects.toThrow(why);
  });
});

describe("a bad row", () => {
  test.each([
    ["a wrong check digit", "1234567890,,,,", ["npi"]],
    ["no NPI", ",,,,", ["npi"]],
    ["a home that is not among the organizations", `${dayton},org-a,org-b,,`, ["home"]],
    ["an organization without a name", `${dayton},org-a||org-b,,,`, ["organizations"]],
    ["an organization twice", `${dayton},org-a|org-a,,,`, ["organizations"]],
    ["what is no day", `${dayton},,,2026-02-30,`, ["participating-from"]],
    ["an end before the beginning", `${dayton},,,2026-02-02,2026-02-01`, ["participating-to"]],
    ["an end without a beginning", `${dayton},,,,2026-02-01`, ["participating-from"]],
    ["too few fields", `${dayton},,,`, ["row"]],
    ["too many fields", `${dayton},,,,,`, ["row"]],
    ["bytes of another encoding", `${dayton},caf\uFFFD,,,`, ["organizations"]],
    ["a stray quote", `${dayton},"org-a,,,`, ["organizations"]],
    [
      "several faults, each named",
      "123,org-a|,org-b,soon,2026-13-01",
      ["npi", "organizations", "participating-from", "participating-to"],
    ],
  ])("has %s", async (_what, line, columns) => {
    const found = await read(rows(`${miami},,,,`, line));
    expect(rejected(found)).toEqual([[3, ...columns]]);
    expect(providers(found)).toMatchObject([{ npi: miami }]);
  });

  test("says what is wrong and never what stands there", async () => {
    const found = await read(rows("4155550143,Ada Reyes,Ada Reyes,19860402,x"));
    expect(rejected(found)).toEqual([[2, "npi", "organizations", "participating-from", "participating-to"]]);
    expect(JSON.stringify(found)).not.toMatch(/4155550143|Ada|1986|"x"/);
  });

  test("takes the other rows of its NPI with it: half a provider would be another one", async () => {
    const found = await read(
      rows(
        `${dayton},org-a,,2020-01-01,2021-12-31`,
        `${dayton},org-a,,2023-01-01,2022-01-01`,
        `${dayton},org-a,,2024-01-01,`,
        `${miami},,,,`,
      ),
    );
    expect(providers(found)).toMatchObject([{ npi: miami }]);
    expect(rejected(found)).toEqual([
      [2, "row"],
      [3, "participating-to"],
      [4, "row"],
    ]);
  });

  test.each([
    ["too few fields", `${dayton},org-a,`],
    ["too many fields", `${dayton},org-a,,2022-01-01,2023-12-31,,`],
  ])("with %s takes the other rows of its NPI with it, wherever it stands among them", async (_what, miscounted) => {
    const sound = [`${dayton},org-a,,2020-01-01,2021-12-31`, `${dayton},org-a,,2024-01-01,`];
    for (const place of [0, 1, 2]) {
      const found = await read(rows(...sound.toSpliced(place, 0, miscounted), `${miami},,,,`));
      expect(providers(found)).toMatchObject([{ npi: miami }]);
      expect(rejected(found)).toEqual([2, 3, 4].map((line) => [line, "row"]));
    }
  });

  test("says something else than the rows of its NPI before it", async () => {
    const found = await read(rows(`${dayton},org-a,org-a,2020-01-01,`, `${dayton},org-b,org-b,2024-01-01,`));
    expect(providers(found)).toEqual([]);
    expect(rejected(found)).toEqual([
      [2, "row"],
      [3, "organizations", "home"],
    ]);
  });

  test("comes again after others: what it replaces would depend on chance", async () => {
    const found = await read(rows(`${dayton},,,,`, `${miami},,,,`, `${dayton},,,2024-01-01,`));
    expect(providers(found)).toMatchObject([{ npi: dayton, participation: [] }, { npi: miami }]);
    expect(rejected(found)).toEqual([[4, "npi"]]);
  });

  test("is one more than a provider has", async () => {
    const many = (count: number) => rows(...Array.from({ length: count }, () => `${dayton},,,2024-01-01,`));
    expect(providers(await read(many(50)))).toMatchObject([{ npi: dayton }]);
    const found = await read(many(60));
    expect(providers(found)).toEqual([]);
    expect(rejected(found)).toHaveLength(60);
  });
});

test("every row of any file is read once: in a provider or rejected, by its line", async () => {
  const cell = fc.constantFrom("", "org-a", "org-a|org-b", "2024-01-01", "2025-01-01", '"', "x", "|");
  const line = fc
    .tuple(fc.constantFrom(dayton, miami, npiOf(7), "123", ""), cell, cell, cell, cell)
    .map((cells) => cells.join(","));
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 12 }), fc.integer({ min: 1, max: 64 }), async (lines, chunk) => {
      const found = await read(rows(...lines), chunk);
      const taken = found.reduce((sum, each) => sum + ("provider" in each ? each.rows : 0), 0);
      const refused = found.flatMap((each) => ("rejected" in each ? [each.rejected.line] : []));
      expect(taken + refused.length).toBe(lines.length);
      expect(new Set(refused).size).toBe(refused.length);
      expect(refused.every((number) => number >= 2 && number <= lines.length + 1)).toBe(true);
      expect(await read(rows(...lines), 4096)).toEqual(found);
    }),
    { numRuns: 200 },
  );
});

test("the invented NPIs are NPIs, and no two the same", () => {
  const many = Array.from({ length: 20_000 }, (_, n) => npiOf(n));
  expect(many.filter((npi) => !isNpi(npi))).toEqual([]);
  expect(new Set(many).size).toBe(many.length);
});
