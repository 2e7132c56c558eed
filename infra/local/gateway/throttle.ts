import type { Throttle } from "./routes.ts";

/** A token bucket per route. Real time, whatever the local clock says. `true` lets a request through. */
export const openThrottle = (settings: (routeKey: string) => Throttle | undefined, now: () => number = () => performance.now()) => {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (routeKey: string): boolean => {
    const limit = settings(routeKey);
    if (!limit) return true;
    const at = now();
    const bucket = buckets.get(routeKey) ?? { tokens: limit.burst, at };
    const tokens = Math.min(limit.burst, bucket.tokens + ((at - bucket.at) / 1_000) * limit.rate);
    const passes = tokens >= 1;
    buckets.set(routeKey, { tokens: passes ? tokens - 1 : tokens, at });
    return passes;
  };
};
