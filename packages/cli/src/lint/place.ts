/** Tells lines and columns, both from 1, of positions in a text. */
export function placeIn(text: string): (position: number) => { line: number; column: number } {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (position) => {
    const next = starts.findIndex((start) => start > position);
    const line = next === -1 ? starts.length : next;
    return { line, column: position - (starts[line - 1] ?? 0) + 1 };
  };
}
