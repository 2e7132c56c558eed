import { describe, expect, test } from "vitest";
import { deskOf } from "../../../functions/pages/look-up/desk.ts";
import { troubleInWords } from "../../../functions/pages/look-up/troubles.ts";

const never = new AbortController().signal;

describe("asking the desk", () => {
  test("a code with its facts is one address, whatever the order in which they were chosen", async () => {
    const asked: unknown[] = [];
    const desk = deskOf(async (path) => {
      asked.push(path);
      return Response.json({});
    });
    await desk.lookUp("72148", { setting: "home", emergency: "false" }, never);
    await desk.lookUp("72148", { emergency: "false", setting: "home" }, never);
    await desk.lookUp("E0601", {}, never);
    const address = "/v1/procedure-codes/72148?emergency=false&setting=home";
    expect(asked).toEqual([address, address, "/v1/procedure-codes/E0601"]);
  });

  test.each([
    [new Response("{}", { status: 400 }), "Type a CPT or HCPCS Level II code", false],
    [new Response("{}", { status: 429, headers: { "retry-after": "7" } }), "Wait 7 seconds", true],
    [new Response("{}", { status: 429 }), "Wait 10 seconds", true],
    [new Response("{}", { status: 503 }), "Try again in a minute", true],
    [new Response("not JSON"), "Check your connection", true],
  ] as const)("%# what is refused or broken is told in plain words, with what to do", async (answer, words, again) => {
    const told = await deskOf(async () => answer).services(never);
    if (!("trouble" in told)) throw new Error("no trouble");
    expect(troubleInWords(told.trouble)).toMatchObject({ whatToDo: expect.stringContaining(words), again });
  });

  test("a question that was overtaken is dropped, and no trouble", async () => {
    const asking = new AbortController();
    const desk = deskOf((_path, options) => {
      asking.abort();
      return Promise.reject(options?.signal?.reason);
    });
    await expect(desk.services(asking.signal)).rejects.toThrow();
  });
});
