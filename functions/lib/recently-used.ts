/** What was made for a key lately, made once: of more than `most` the one that was not asked for the longest goes first. */
export function recentlyUsed<Value>(most: number): (key: string, make: () => Value) => Value {
  const kept = new Map<string, Value>();
  return (key, make) => {
    const before = kept.get(key);
    const value = before ?? make();
    kept.delete(key);
    kept.set(key, value);
    for (const oldest of kept.keys()) {
      if (kept.size <= most) break;
      kept.delete(oldest);
    }
    return value;
  };
}
