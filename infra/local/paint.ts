/** Colours a text, or leaves it as it is where colours are not wanted. */
export type Paint = (colour: keyof typeof codes, text: string) => string;

const codes = { green: 32, yellow: 33, red: 31, dim: 2, bold: 1 };

/** Colour on a terminal alone, and not with `NO_COLOR`. */
export const paintFor =
  ({ isTTY }: { isTTY?: boolean | undefined }, { NO_COLOR }: NodeJS.ProcessEnv): Paint =>
  (colour, text) =>
    isTTY && !NO_COLOR ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text;
