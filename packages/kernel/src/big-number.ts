import Decimal from "bignumber.js";
import { AppError } from "./errors";

/** How an amount is stored beside its numeric column: exact digits as text. */
export interface BigNumberRaw {
  /** The digits, as text; a number is read, and kept as text from then on. */
  value: string | number;
  /** To how many significant digits `value` is filled up with zeros; 20 by default. Nothing is rounded to it. */
  precision?: number;
  [key: string]: unknown;
}

/**
 * What can be read as an exact decimal: decimal digits (`"12.50"`, `"1e3"`), no `0x1f` and no `Infinity`.
 *
 * @throws `invalid_argument` from whatever reads it, when it is something else.
 */
export type BigNumberInput = BigNumberRaw | number | string | Decimal | BigNumber;

/**
 * An exact decimal number. `numeric` is the nearest JavaScript number and for display;
 * `raw` keeps every digit.
 */
export class BigNumber {
  static DEFAULT_PRECISION = 20;

  private decimal: Decimal;
  private rawValue: BigNumberRaw;

  constructor(value: BigNumberInput, options: { precision?: number } = {}) {
    [this.decimal, this.rawValue] = parse(value, options.precision);
  }

  /**
   * Takes another value, in place.
   *
   * @throws `invalid_argument` for what is no {@link BigNumberInput}
   */
  setRawValueOrThrow(value: BigNumberInput, options: { precision?: number } = {}): void {
    [this.decimal, this.rawValue] = parse(value, options.precision);
  }

  /** The nearest JavaScript number; beyond 15 digits some may be lost. Setting it takes another value. */
  get numeric(): number {
    return this.decimal.toNumber();
  }

  set numeric(value: BigNumberInput) {
    this.setRawValueOrThrow(value);
  }

  /** What is stored beside the numeric column. Setting it takes another value. */
  get raw(): BigNumberRaw | undefined {
    return this.rawValue;
  }

  set raw(value: BigNumberInput) {
    this.setRawValueOrThrow(value);
  }

  /** For exact arithmetic, by the methods of bignumber.js. */
  get bigNumber(): Decimal | undefined {
    return this.decimal;
  }

  /** Answers carry the number, and its digits beside it where the model has them (`raw_…`). */
  toJSON(): number {
    return this.numeric;
  }

  /** So that `a < b` and `a + b` compare and add numbers. */
  valueOf(): number {
    return this.numeric;
  }

  /** All digits, never with an exponent. */
  toString(): string {
    return this.decimal.toFixed();
  }

  [Symbol.toPrimitive](hint: string): string | number {
    return hint === "string" ? this.toString() : this.numeric;
  }
}

function parse(input: BigNumberInput, precision = BigNumber.DEFAULT_PRECISION): [Decimal, BigNumberRaw] {
  if (input instanceof BigNumber) {
    const raw = input.raw as BigNumberRaw;
    return [decimalOf(raw.value), { ...raw }];
  }
  if (Decimal.isBigNumber(input)) return [input, { value: padded(input, precision), precision }];
  if (typeof input === "string") {
    const decimal = decimalOf(input);
    return [decimal, { value: padded(decimal, precision), precision }];
  }
  if (typeof input === "number") {
    const decimal = decimalOf(input);
    return [decimal, { value: decimal.toFixed(), precision }];
  }
  if (typeof input === "object" && input !== null && "value" in input) {
    const decimal = decimalOf(input.value);
    // Digits are kept as text: a JSON number would lose some on its way.
    const value = typeof input.value === "number" ? decimal.toFixed() : input.value;
    return [decimal, { ...input, value, precision: input.precision ?? precision }];
  }
  throw new AppError("invalid_argument", `A number, a decimal string or {value} was expected, not ${JSON.stringify(input)}.`);
}

/** Filled with zeros up to the precision, and never rounded to it. */
function padded(decimal: Decimal, precision: number): string {
  return (decimal.precision() ?? 0) >= precision ? decimal.toFixed() : decimal.toPrecision(precision);
}

function decimalOf(value: string | number): Decimal {
  // Digits only: the library would also take "0x1f" and "Infinity", and throws errors of its own.
  if (!/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(String(value))) {
    throw new AppError("invalid_argument", `"${value}" is not a number.`);
  }
  return new Decimal(String(value).trim());
}
