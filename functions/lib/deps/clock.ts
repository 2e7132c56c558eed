import type { Clock } from "../../../shared/ports.ts";

export const clock: Clock = { now: () => new Date().toISOString() };
