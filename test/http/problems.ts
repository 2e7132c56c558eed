import { expect } from "vitest";
import { type ProblemName, problems } from "../../shared/api/problems.ts";
import type { Answer } from "./client.ts";

/** The answer is this refusal, told as RFC 9457 asks; `pointers` names every fault, in any order. */
export function expectProblem(answer: Answer, name: ProblemName, pointers?: readonly string[]): void {
  expect(answer.body, answer.text).toMatchObject({
    type: `/problems/${name}`,
    ...problems[name],
    traceId: expect.stringMatching(/.+/),
  });
  expect(answer.status).toBe(problems[name].status);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  if (pointers)
    expect(answer.body.errors.map((fault: { pointer: string }) => fault.pointer).toSorted()).toEqual([...pointers].toSorted());
}
