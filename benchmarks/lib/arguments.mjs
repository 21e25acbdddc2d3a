/**
 * What a suite was asked for on the command line: names of cases, and options such as `--rounds=3`.
 *
 * @template {Record<string, number | string>} Options
 * @param {string[]} words
 * @param {readonly string[]} cases that the suite has
 * @param {Options} defaults its options and what they are when they are not given; those with a number are numbers
 * @returns {{cases: string[], options: Options}} all cases where none is named
 *   Ends the process where a case or an option is not the suite's, or a value is no number.
 */
export function readArguments(words, cases, defaults) {
  const named = words.filter((word) => !word.startsWith("--"));
  const unknown = named.find((name) => !cases.includes(name));
  if (unknown) refuse(`There is no case "${unknown}"; there are ${cases.join(", ")}.`);
  const options = { ...defaults };
  for (const word of words.filter((one) => one.startsWith("--"))) {
    const [, name, value] = /^--([\w-]+)=(.+)$/.exec(word) ?? [];
    if (name === undefined || !(name in defaults)) {
      const known = Object.keys(defaults).map((one) => `--${one}=…`);
      refuse(`There is no option "${word}"; there are ${known.join(", ")}.`);
    }
    const isNumber = typeof defaults[name] === "number";
    if (isNumber && !(Number(value) > 0)) refuse(`--${name} takes a number above 0, and got "${value}".`);
    options[name] = isNumber ? Number(value) : value;
  }
  return { cases: cases.filter((name) => !named.length || named.includes(name)), options };
}

function refuse(why) {
  console.error(why);
  process.exit(1);
}
