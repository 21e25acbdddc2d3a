/** Whether PostgreSQL takes a text as it is: it has no NUL, and no half of a character. */
export const canBeKept = (text: string): boolean => !/[\0\p{Surrogate}]/u.test(text);

// What stands in an index must fit into one of its rows, 2,704 bytes in whatever characters: two names, or a name and a key.
const longestName = 255;
const longestKey = 500;

const ofName = `of 1 to ${longestName} characters, without NUL and halves of characters`;

/** What {@link isName} demands, as messages say it. */
export const nameExpected = `a text ${ofName}`;

/** The same of several. */
export const namesExpected = `a list of texts ${ofName}`;

/** Whether something is a name that PostgreSQL takes, also in an index. */
export const isName = (value: unknown): value is string => isText(value, longestName);

/** What {@link isKey} demands, as messages say it. */
export const keyExpected = `a text of 1 to ${longestKey} characters, without NUL and halves of characters`;

/** Whether something is a key that PostgreSQL takes, also in an index. */
export const isKey = (value: unknown): value is string => isText(value, longestKey);

const isText = (value: unknown, longest: number): value is string =>
  typeof value === "string" && value.length >= 1 && value.length <= longest && canBeKept(value);
