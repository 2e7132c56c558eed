/** The pocket cloud's plan has its desk in Dayton, Ohio. */
const timeZone = "America/New_York";

const told = new Intl.DateTimeFormat("en-US", {
  timeZone,
  weekday: "short",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

const hour = 3_600_000;

/** As a clock on the desk's wall shows it: `Mon Nov 23, 16:00`. */
export const deskTime = (instant: number | string): string => {
  const part = Object.fromEntries(told.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]));
  return `${part.weekday} ${part.month} ${String(part.day).padStart(2)}, ${part.hour}:${part.minute}`;
};

/** The first full hour from then on at which the wall shows a Monday, 16:00: business days begin early and soon. */
export const mondayAfternoon = (from: number): number => {
  let time = Math.ceil(from / hour) * hour;
  while (!/^Mon .* 16:00$/.test(deskTime(time))) time += hour;
  return time;
};
