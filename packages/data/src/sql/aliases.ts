/** Gives the tables of one statement their names. */
export class Aliases {
  private last = 0;

  /** `t1`, `t2` …: unique within the statement. */
  next(): string {
    return `t${++this.last}`;
  }
}
