/** `*` stands for any text and `?` for one character, as in IAM's policies. */
export const textPattern = (pattern: string, { ignoreCase = false } = {}): ((text: string) => boolean) => {
  const source = pattern.replace(/[.*+?^${}()|[\]\\]/g, (character) =>
    character === "*" ? "[^]*" : character === "?" ? "[^]" : `\\${character}`,
  );
  const expression = new RegExp(`^${source}$`, ignoreCase ? "i" : "");
  return (text) => expression.test(text);
};

const parts = 6;

/** An ARN's six parts, of which the last may hold colons of its own. Undefined when the text is no ARN. */
const partsOf = (arn: string): string[] | undefined => {
  const all = arn.split(":");
  return all.length < parts || all[0] !== "arn" ? undefined : [...all.slice(0, parts - 1), all.slice(parts - 1).join(":")];
};

/** Matches part by part: a wildcard does not reach over the colon that ends its part. `*` alone matches whatever there is. */
export const arnPattern = (pattern: string, at: string): ((arn: string) => boolean) => {
  if (pattern === "*") return () => true;
  const wanted = partsOf(pattern)?.map((part) => textPattern(part));
  if (!wanted) throw new Error(`${at}: ${pattern} is no ARN`);
  return (arn) => partsOf(arn)?.every((part, index) => wanted[index]?.(part)) ?? false;
};

/** Policy variables would be filled in at each call; a policy that has one is refused and not misread. */
export const withoutVariables = (text: string, at: string): string => {
  if (text.includes("${")) throw new Error(`${at}: policy variables are not supported: ${text}`);
  return text;
};
