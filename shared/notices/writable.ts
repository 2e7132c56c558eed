/** What stands in Windows-1252 beyond Latin-1: the characters of the fonts that every reader of PDF has. */
const beyondLatin1 = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ";

/** Control characters move nothing on paper; a line break is the letter's own. */
const isWritable = (character: string): boolean =>
  character === "\n" ||
  (character >= " " && character <= "~") ||
  (character >= "\u00a0" && character <= "\u00ff") ||
  beyondLatin1.includes(character);

/** Letters that Unicode does not take apart. */
const plain: Readonly<Record<string, string>> = {
  đ: "d",
  Đ: "D",
  ł: "l",
  Ł: "L",
  ı: "i",
  ħ: "h",
  Ħ: "H",
  "\u202f": " ",
  "\u2009": " ",
  "\u2010": "-",
  "\u2011": "-",
  "\u2212": "-",
  "≥": ">=",
  "≤": "<=",
};

/**
 * A text in characters that the letter's fonts have: a name keeps its letters and loses the marks that cannot be drawn (Nguyễn becomes
 * Nguyên). What has no likeness at all is shown as a question mark rather than left out.
 */
export function writable(text: string): string {
  return [...text.normalize("NFC").replaceAll("\r\n", "\n").replaceAll("\t", " ")].map(drawn).join("");
}

function drawn(character: string): string {
  if (isWritable(character)) return character;
  const known = plain[character];
  if (known !== undefined) return known;
  // Mark by mark, the last one first, until what is left can be drawn.
  let parts = [...character.normalize("NFKD")];
  while (parts.length > 0) {
    const tried = parts.join("").normalize("NFC");
    if ([...tried].every(isWritable)) return tried;
    parts = parts.slice(0, -1);
  }
  return /\p{C}/u.test(character) ? "" : "?";
}
