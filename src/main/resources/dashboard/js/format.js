// Numbers with their units, times in the viewer's zone.
const NONE = '–';
const known = (value) => value !== null && value !== undefined && Number.isFinite(value);
const digits = (most) => new Intl.NumberFormat('en', { maximumFractionDigits: most });
const fixed = (count) => new Intl.NumberFormat('en', { minimumFractionDigits: count, maximumFractionDigits: count });
const ONE = fixed(1);
const WHOLE = digits(0);

export const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

export const percent = (rate) => (known(rate) ? `${ONE.format(rate * 100)} %` : NONE);
export const percentNumber = (rate) => (known(rate) ? ONE.format(rate * 100) : NONE);
export const points = (rate) => (known(rate) ? ONE.format(rate * 100) : NONE);
export const whole = (value) => (known(value) ? WHOLE.format(value) : NONE);

// Three digits that matter.
export function number(value) {
  if (!known(value)) return NONE;
  const size = Math.abs(value);
  return (size >= 100 || size === 0 ? WHOLE : size >= 10 ? ONE : fixed(2)).format(value);
}

export function duration(millis) {
  if (!known(millis)) return NONE;
  if (millis < 1000) return `${number(millis)} ms`;
  return millis < 120_000 ? `${number(millis / 1000)} s` : `${number(millis / 60_000)} min`;
}

export function bytes(count) {
  if (!known(count)) return NONE;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let value = count;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${unit === 0 ? WHOLE.format(value) : number(value)} ${units[unit]}`;
}

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const CLOCK_SECONDS = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

export const clock = (seconds) => CLOCK.format(seconds * 1000);
export const clockSeconds = (seconds) => CLOCK_SECONDS.format(seconds * 1000);
export const day = (seconds) => DAY.format(seconds * 1000);

// An instant in ISO 8601, for people.
export function moment(iso) {
  if (!iso) return NONE;
  const date = new Date(iso);
  return new Date().toDateString() === date.toDateString() ? CLOCK_SECONDS.format(date) : `${DAY.format(date)}, ${CLOCK.format(date)}`;
}

export const count = (n, one, many = `${one}s`) => `${whole(n)} ${n === 1 ? one : many}`;
