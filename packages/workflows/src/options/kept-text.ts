/** Whether PostgreSQL takes a text as it is: it has no NUL, and no half of a character. */
export const canBeKept = (text: string): boolean => !/[\0\p{Surrogate}]/u.test(text);

/** The most characters of a name that stands in an index: of two such and a key, in whatever characters, each row fits. */
const longestName = 255;

/** What {@link isName} demands, as messages say it. */
export const nameExpected = `a text of 1 to ${longestName} characters, without NUL and halves of characters`;

/** Whether something is a name that PostgreSQL takes, also in an index. */
export const isName = (value: unknown): value is string =>
  typeof value === "string" && value.length >= 1 && value.length <= longestName && canBeKept(value);
