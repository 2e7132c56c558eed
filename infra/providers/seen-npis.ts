/** The first nine digits tell NPIs apart, the tenth is their check digit; they begin with 1 or 2. */
const least = 100_000_000;
const count = 200_000_000;

/** Which NPIs have come already: one bit for each there can be, so that a million need no more memory than ten. */
export function seenNpis() {
  const bits = Buffer.alloc(count / 8);
  // Memory counts once it is written to: all of it from the beginning.
  bits.fill(1).fill(0);

  /** @returns false when it has come before */
  return (npi: string): boolean => {
    const place = Number(npi.slice(0, 9)) - least;
    const byte = place >> 3;
    const bit = 1 << (place & 7);
    const before = bits[byte] ?? 0;
    bits[byte] = before | bit;
    return (before & bit) === 0;
  };
}
