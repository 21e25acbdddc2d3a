/**
 * A part of a URL made from a title: lower case, letters and digits of any script, hyphens between words.
 *
 * @example
 * toHandle("Hello Wörld & Co"); // "hello-wörld-co"
 */
export function toHandle(title: string): string {
  return title
    .normalize("NFC")
    .toLowerCase()
    .replace(/['’]/gu, "")
    .replace(/[^\p{L}\p{M}\p{N}_]+/gu, "-")
    .replace(/^-+|-+$/gu, "");
}

/** Whether a handle can stand in a URL as it is. */
export function isValidHandle(handle: string): boolean {
  return /^[\p{L}\p{M}\p{N}_~.-]+$/u.test(handle);
}
