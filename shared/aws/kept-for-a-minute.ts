const minute = 60_000;

/**
 * What was read may be used again for a minute of the process's own clock, however it turned out; a failure is not kept.
 *
 * @param most entries: beyond it all are forgotten and read anew
 */
export function keptForAMinute<Value>(most: number, read: (key: string) => Promise<Value>): (key: string) => Promise<Value> {
  const kept = new Map<string, { value: Value; until: number }>();
  return async (key) => {
    const now = performance.now();
    const known = kept.get(key);
    if (known && known.until > now) return known.value;
    const value = await read(key);
    if (kept.size > most) kept.clear();
    kept.set(key, { value, until: now + minute });
    return value;
  };
}
