/** Gives the tables of one statement their names. */
export class Aliases {
  private last = 0;

  next(): string {
    return `t${++this.last}`;
  }
}
