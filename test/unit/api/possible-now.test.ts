import { describe, expect, test } from "vitest";
import { problem } from "../../../functions/lib/reply.ts";
import type { OperationId } from "../../../shared/api/operations.ts";
import { possibleNow } from "../../../shared/api/possible-now.ts";
import { transitions } from "../../../shared/api/state-machine.ts";
import type { RefusalName } from "../../../shared/domain/result.ts";
import { apply } from "../../../shared/domain/transition.ts";
import { withdraw } from "../../../shared/domain/transitions/withdraw.ts";
import { requestStatuses } from "../../../shared/domain/vocabulary.ts";
import { aRequest, at, hoursAfter } from "../../builders.ts";

/** By which operation people bring a transition about; the vendor, events and time have none. */
const operationOf: Readonly<Record<string, OperationId>> = {
  "register a document": "registerDocument",
  "add information": "addInformation",
  assign: "assignRequest",
  "add a note": "addNote",
  "ask for information": "requestInformation",
  extend: "extendRequest",
  "ask to expedite": "expediteRequest",
  "judge the haste": "judgeExpedite",
  escalate: "escalateRequest",
  "record a peer-to-peer talk": "recordPeerToPeer",
  "resolve an exception": "resolveException",
  determine: "determineRequest",
  withdraw: "withdrawRequest",
  close: "closeRequest",
  "continue a stay": "continueStay",
  "reduce an authorization": "reduceAuthorization",
  "file an appeal": "fileAppeal",
  "decide an appeal": "decideAppeal",
};

describe("what is possible now", () => {
  test.each(requestStatuses)("while a request is %s are the operations whose transitions may begin there", (status) => {
    const may = transitions.filter(({ from }) => from.includes(status)).flatMap(({ name }) => operationOf[name] ?? []);
    expect([...possibleNow[status]].sort()).toEqual(may.sort());
  });

  test("names every operation that makes a transition", () => {
    const names = transitions.map(({ name }) => name);
    expect(Object.keys(operationOf).filter((name) => !names.includes(name))).toEqual([]);
  });

  test("is told with whatever the state refuses, and with nothing else", () => {
    const told = (name: RefusalName) =>
      JSON.parse(problem({ problem: name, detail: "No.", requestStatus: "in-review" }, "a trace").body);
    for (const name of ["line-not-decidable", "assigned-to-another", "appeal-open", "extension-not-possible"] as const)
      expect(told(name)).toMatchObject({ requestStatus: "in-review", possible: possibleNow["in-review"] });
    for (const name of ["validation-failed", "clinician-required"] as const) expect(told(name)).not.toHaveProperty("possible");
  });

  test("is told with the request's status to whoever tries something else", () => {
    const request = { ...aRequest(), status: "denied" as const };
    const refused = apply(withdraw, request, { reason: "No longer needed." }, at(hoursAfter(1)));
    if (refused.ok) throw new Error("a denied request was withdrawn");
    expect(JSON.parse(problem(refused.refusal, "a trace").body)).toMatchObject({
      status: 409,
      requestStatus: "denied",
      possible: ["fileAppeal", "registerDocument", "decideAppeal", "addNote", "assignRequest", "resolveException"],
    });
  });
});
