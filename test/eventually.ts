/** Looks again until it is so, or says after `seconds` what it was instead. Waits on conditions, never for a fixed time. */
export async function eventually<Seen>(look: () => Promise<Seen>, isSo: (seen: Seen) => boolean, seconds = 20): Promise<Seen> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (performance.now() > end) throw new Error(`still not so after ${seconds} s: ${JSON.stringify(seen)?.slice(0, 2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
