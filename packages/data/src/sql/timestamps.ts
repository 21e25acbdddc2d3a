const shape = /^(\d{4,})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?|Z)?( BC)?$/;

/**
 * A timestamp as PostgreSQL writes it, also inside JSON, to a Date; a time without a zone is taken as UTC.
 * Microseconds are cut to milliseconds. `infinity` becomes an invalid Date.
 */
export function parseTimestamp(text: string): Date {
  return commonTimestamp(text) ?? anyTimestamp(text);
}

/**
 * A timestamp of the years 1000 to 9999 in UTC. Nearly all are of this form, and rows have many: the pieces that a
 * regular expression cuts out cost several times the Date itself.
 */
function commonTimestamp(text: string): Date | undefined {
  const { length } = text;
  if (length < 19 || length > 32 || text.charCodeAt(4) !== 45 || text.charCodeAt(13) !== 58) return undefined;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  let position = 19;
  let milliseconds = 0;
  if (text.charCodeAt(19) === 46) {
    let factor = 100;
    for (position = 20; position < length; position++) {
      const digit = text.charCodeAt(position) - 48;
      if (digit < 0 || digit > 9) break;
      milliseconds += digit * factor;
      // From the fourth digit on they count nothing.
      factor = factor > 1 ? factor / 10 : 0;
    }
  }
  if (position < length) {
    const zone = text.slice(position);
    if (zone !== "+00" && zone !== "+00:00" && zone !== "Z") return undefined;
  }
  // Where a character was no digit, the number is NaN.
  const sum = year + month + day + hour + minute + second;
  return sum >= 1000 && year >= 1000 ? new Date(Date.UTC(year, month - 1, day, hour, minute, second, milliseconds)) : undefined;
}

function twoDigits(text: string, position: number): number {
  const tens = text.charCodeAt(position) - 48;
  const ones = text.charCodeAt(position + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function anyTimestamp(text: string): Date {
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
