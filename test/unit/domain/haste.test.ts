import { describe, expect, test } from "vitest";
import { worthAMail } from "../../../infra/events-stack.ts";
import { mailFor } from "../../../shared/domain/mail.ts";
import { dueAt, type Request } from "../../../shared/domain/request.ts";
import { apply } from "../../../shared/domain/transition.ts";
import { askToExpedite, judgeExpedite } from "../../../shared/domain/transitions/expedite.ts";
import { withdraw } from "../../../shared/domain/transitions/withdraw.ts";
import type { ExpediteRequester } from "../../../shared/domain/vocabulary.ts";
import { aRequest, at, changed, complete, hoursAfter, therapyLine } from "../../builders.ts";

const standard = () => complete(aRequest({ lineOfBusiness: "medicare-advantage", lines: [therapyLine()] }));
const ask = (request: Request, requestedBy: ExpediteRequester, hours: number) =>
  apply(askToExpedite, request, { reason: "Weakness spreads.", requestedBy }, at(hoursAfter(hours)));
const asked = (request: Request, requestedBy: ExpediteRequester, hours: number) => {
  const done = ask(request, requestedBy, hours);
  if (!done.ok) throw new Error(done.refusal.detail);
  return done.value.request;
};
const judged = (request: Request, granted: boolean, hours: number) =>
  changed(request, judgeExpedite, { granted }, at(hoursAfter(hours)));

describe("a physician's word", () => {
  test.each(["member", "provider"] as const)("is followed while a %s's waits to be judged, and settles it as granted", (other) => {
    const waiting = asked(standard(), other, 2);
    const done = ask(waiting, "physician", 3);
    expect(done).toMatchObject({ ok: true, value: { events: [{ type: "request.expedited" }] } });
    const followed = asked(waiting, "physician", 3);
    expect(followed).toMatchObject({
      priority: "expedited",
      expedites: [
        { requestedBy: other, granted: true, judgedAt: hoursAfter(3) },
        { requestedBy: "physician", granted: true },
      ],
    });
    // From when haste was first asked for: it was granted after all.
    expect(dueAt(followed)).toBe(hoursAfter(2 + 72));
    expect(apply(judgeExpedite, followed, { granted: false }, at(hoursAfter(4)))).toMatchObject({
      ok: false,
      refusal: { problem: "not-possible-now" },
    });
  });
});

describe("haste that waits to be judged", () => {
  test("is asked for once by each: a repeat changes nothing, another's wish is on record, one judgment is for all", () => {
    const waiting = asked(standard(), "member", 2);
    expect(asked(waiting, "member", 3)).toBe(waiting);
    const both = asked(waiting, "provider", 3);
    expect(both.expedites).toMatchObject([{ requestedBy: "member" }, { requestedBy: "provider" }]);
    expect(judged(both, false, 4)).toMatchObject({ priority: "standard", expedites: [{ granted: false }, { granted: false }] });
  });

  test("is told of to the provider when it is refused, with what may be done about it, and nothing personal", () => {
    const refused = judged(asked(standard(), "member", 2), false, 4);
    const mail = (request: Request) =>
      mailFor({ type: "expedite.refused", at: request.updatedAt }, request, "https://api.example.org");
    expect(worthAMail).toContain("expedite.refused");
    expect(mail(refused)).toMatchObject({ to: "provider", subject: expect.stringMatching(/: faster decision not granted$/) });
    for (const said of ["object", "grievance", "physician", `Decision due: ${dueAt(refused)}`])
      expect(mail(refused)?.text).toContain(said);
    expect(mail(refused)?.text).not.toMatch(/Weakness|Reyes|97110|M54/);
    // A physician has asked since, or the request is gone.
    expect(mail(asked(refused, "physician", 5))).toBeUndefined();
    expect(mail(changed(refused, withdraw, { reason: "Moved." }, at(hoursAfter(5))))).toBeUndefined();
  });
});
