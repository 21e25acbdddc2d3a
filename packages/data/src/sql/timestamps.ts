const shape = /^(\d{4,})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?|Z)?( BC)?$/;

/**
 * A timestamp as PostgreSQL writes it, also inside JSON, to a Date; a time without a zone is taken as UTC.
 * Microseconds are cut to milliseconds. `infinity` becomes an invalid Date.
 */
export function parseTimestamp(text: string): Date {
  // The usual form, in UTC and after the year 1000, which the engine reads much faster than the expression below.
  if (text.endsWith("+00") && text[4] === "-") return new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`);
  const found = shape.exec(text);
  if (!found) return new Date(text);
  const [, year, month, day, hour, minute, second, fraction, sign, zoneHours, zoneMinutes, zoneSeconds, bc] = found;
  const date = new Date(0);
  // Date.UTC would read the years 0 to 99 as 1900 to 1999.
  date.setUTCFullYear(bc ? 1 - Number(year) : Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second), fraction ? Number(fraction.slice(0, 3).padEnd(3, "0")) : 0);
  if (!sign) return date;
  const offset = Number(zoneHours) * 3600 + Number(zoneMinutes ?? 0) * 60 + Number(zoneSeconds ?? 0);
  return new Date(date.getTime() - (sign === "-" ? -offset : offset) * 1000);
}
