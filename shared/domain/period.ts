/** A span of calendar days, ISO, both ends within it; without an end it goes on. */
export type Period = { readonly from: string; readonly to?: string };

/** Before any date that is meant. */
export const always: Period = { from: "0001-01-01" };

export const covers = (periods: readonly Period[], day: string): boolean =>
  periods.some(({ from, to }) => from <= day && (to === undefined || day <= to));
