import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { submissionEvent } from "./submission.ts";

// Told by its parent what to call; answers with the processor time, in ms a call, of each turn.

type Work = { submitRequest: string; baseline: string; item: Record<string, unknown> };
type Handler = (event: unknown, context: unknown) => Promise<{ statusCode: number }>;

const callsPerTurn = 20;
const warmUpTurns = 75;
const turns = 60;
const require = createRequire(import.meta.url);

process.once("message", async ({ submitRequest, baseline, item }: Work) => {
  const handlers = [submitRequest, baseline].map((path) => (require(path) as { handler: Handler }).handler);
  const [ours, bare] = handlers as [Handler, Handler];
  const context = { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => 10_000 };

  const turn = async (handler: Handler, event: () => unknown): Promise<number> => {
    const events = Array.from({ length: callsPerTurn }, event);
    const before = process.cpuUsage();
    for (const each of events) {
      const { statusCode } = await handler(each, context);
      if (statusCode !== 201) throw new Error(`answered ${statusCode}`);
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / callsPerTurn;
  };

  const measured: { ours: number; bare: number }[] = [];
  for (let count = 0; count < warmUpTurns + turns; count += 1) {
    const both = {
      ours: await turn(ours, submissionEvent),
      bare: await turn(bare, () => ({ item: { ...item, pk: { S: `REQUEST#${randomUUID()}` } } })),
    };
    if (count >= warmUpTurns) measured.push(both);
  }
  process.send?.(measured, () => process.disconnect());
});
