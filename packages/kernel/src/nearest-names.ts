/**
 * The names that are most like one that is not known, best first: what a message suggests. At most three; none where all are
 * too far away to have been meant.
 */
export function nearestNames(wanted: string, known: Iterable<string>): string[] {
  const limit = Math.max(2, Math.ceil(wanted.length / 3));
  return [...new Set(known)]
    .map((name) => ({ name, distance: distance(wanted.toLowerCase(), name.toLowerCase()) }))
    .filter((candidate) => candidate.distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map((candidate) => candidate.name);
}

/** `Did you mean "a" or "b"?`, or what there is when nothing is near. */
export function suggestion(wanted: string, known: Iterable<string>): string {
  const all = [...known];
  const near = nearestNames(wanted, all);
  if (near.length) return `Did you mean ${near.map((name) => `"${name}"`).join(" or ")}?`;
  return all.length ? `There are: ${all.slice(0, 20).join(", ")}.` : "There are none.";
}

/**
 * Whether a name must be a known one, misspelt: so long, and so near to it, that nothing else can be meant. For places where
 * names that are not known are let pass.
 */
export function isMisspelt(name: string, known: Iterable<string>): boolean {
  const all = [...known];
  const limit = Math.max(1, Math.floor(name.length / 5));
  return name.length >= 5 && !all.includes(name) && all.some((one) => distance(name.toLowerCase(), one.toLowerCase()) <= limit);
}

/** How many letters have to be changed, added, removed or swapped with their neighbour. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    [before, previous] = [previous, row];
  }
  return previous[b.length] ?? 0;
}
