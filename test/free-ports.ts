import { once } from "node:events";
import { createServer } from "node:net";

const needed = 8;

/** A base port with as many free ones behind it as a pocket cloud takes. Below 32,768: above it, systems take ports for calls out. */
export async function freePorts(): Promise<number> {
  for (;;) {
    const base = 12_000 + Math.floor(Math.random() * 2_000) * 10;
    const free = await Promise.all(Array.from({ length: needed }, (_, offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
