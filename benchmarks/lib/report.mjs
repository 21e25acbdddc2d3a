/**
 * Prints one comparison: rates, CPU, and the ratio of each contender to the baseline.
 *
 * @param {string} title
 * @param {Record<string, {perSecond: number, cpuMs: number, nodeMs?: number, statements?: number}>} results
 * @param {string} baseline name of the contender that the ratios refer to
 */
export function printComparison(title, results, baseline) {
  console.log(`\n${title}`);
  const base = results[baseline];
  const width = Math.max(...Object.keys(results).map((name) => name.length));
  for (const [name, { perSecond, cpuMs, nodeMs, statements }] of Object.entries(results)) {
    const rate = `${perSecond.toFixed(perSecond < 100 ? 1 : 0)}/s`.padStart(11);
    const ratio = `${(perSecond / base.perSecond).toFixed(2)}x throughput`.padStart(17);
    const cpu = `${cpuMs.toFixed(3)} ms CPU`.padStart(15);
    const share = nodeMs === undefined ? "" : ` (node ${nodeMs.toFixed(3)})`.padStart(16);
    const cpuRatio = `${(cpuMs / base.cpuMs).toFixed(2)}x CPU`.padStart(11);
    const count = statements === undefined ? "" : `  ${statements} statement${statements === 1 ? "" : "s"}`;
    console.log(`  ${name.padEnd(width)} ${rate} ${ratio} ${cpu}${share} ${cpuRatio}${count}`);
  }
}

/** The last line of a suite: its figures as JSON. */
export function printFigures(suite, figures) {
  const rounded = Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, Number(value.toPrecision(3))]));
  console.log(`\n${JSON.stringify({ suite, figures: rounded })}`);
}
