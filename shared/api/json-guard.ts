/**
 * Meets hostile JSON before the parser does, in one linear scan without recursion: it must be well-formed UTF-8 without lone
 * surrogates, shallow, with few tokens, and without duplicate or prototype-bearing names. What passes still has to parse.
 */

export const maxBodyBytes = 256 * 1024;
const maxDepth = 20;
const maxTokens = 20_000;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const quote = 0x22;
const backslash = 0x5c;

/** @returns what is wrong, or `undefined`. Never repeats the body's words. */
export function hostileJson(body: Uint8Array): string | undefined {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    return "The body is not valid UTF-8.";
  }
  let tokens = 0;
  /** Names seen in each open object; `null` for an open array. */
  const open: (Set<string> | null)[] = [];
  let expectsName = false;
  let nextEscape = text.indexOf("\\u");

  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === quote) {
      const end = endOfString(text, at);
      if (end < 0) return "The body ends within a string.";
      tokens += 1;
      const names = open.at(-1);
      if (expectsName && names) {
        const name = unescaped(text, at, end);
        if (name === undefined) return "The body has a malformed string.";
        if (name === "__proto__" || name === "constructor" || name === "prototype")
          return "The body names a member that is never accepted.";
        if (names.has(name)) return "The body names a member twice.";
        names.add(name);
        expectsName = false;
      }
      // Decoding UTF-8 leaves no lone surrogate; an escape can make one.
      if (nextEscape >= 0 && nextEscape < end) {
        if (unescaped(text, at, end)?.isWellFormed() === false) return "The body has a lone surrogate.";
        nextEscape = text.indexOf("\\u", end);
      }
      at = end;
    } else if (character === 0x7b || character === 0x5b) {
      open.push(character === 0x7b ? new Set() : null);
      expectsName = character === 0x7b;
      tokens += 1;
      if (open.length > maxDepth) return `The body is nested deeper than ${maxDepth} levels.`;
    } else if (character === 0x7d || character === 0x5d) {
      open.pop();
      expectsName = false;
    } else if (character === 0x2c) {
      expectsName = open.at(-1) instanceof Set;
      tokens += 1;
    }
    if (tokens > maxTokens) return `The body has more than ${maxTokens} tokens.`;
  }
  return undefined;
}

/** Position of the closing quote, or -1. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === backslash) at += 1;
    else if (character === quote) return at;
  }
  return -1;
}

function unescaped(text: string, start: number, end: number): string | undefined {
  try {
    return JSON.parse(text.slice(start, end + 1)) as string;
  } catch {
    return undefined;
  }
}
