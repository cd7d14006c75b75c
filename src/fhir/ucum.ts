import type Ucum from '@lhncbc/ucum-lhc';
import { whenUsed } from './when-used.ts';

interface Converted {
  readonly status: string;
  readonly toVal: number | null;
}
interface Reduced {
  readonly status: string;
  readonly magnitude?: number;
}
interface Utils {
  readonly convertUnitTo: (from: string, value: number, to: string) => Converted;
  readonly convertToBaseUnits: (from: string, value: number) => Reduced;
}

const library = whenUsed('@lhncbc/ucum-lhc') as () => typeof Ucum;
const utils = (): Utils => library().UcumLhcUtils.getInstance() as Utils;

/** Units, and pairs of units, that cannot be converted: each is tried once, as long as there are not too many. */
const hopeless = new Set<string>();
const MAX_HOPELESS = 10_000;

/** No unit is longer; whatever is has not been written by somebody who measures. */
const MAX_LENGTH = 100;

const attempt = (units: string, convert: (library: Utils) => number | undefined): number | undefined => {
  if (units.length > 2 * MAX_LENGTH || hopeless.has(units)) return undefined;
  // That the library cannot be loaded says nothing of the units.
  const loaded = utils();
  const converted = quietly(() => convert(loaded));
  if (converted === undefined && hopeless.size < MAX_HOPELESS) hopeless.add(units);
  return converted;
};

/* eslint no-console: 'off' -- the library prints what it cannot read, and what callers and sources write is not to be printed */

/** Without the library's own remarks; at some texts that are no units it throws. */
const quietly = (convert: () => number | undefined): number | undefined => {
  const { log } = console;
  console.log = () => undefined;
  try {
    return convert();
  } catch {
    return undefined;
  } finally {
    console.log = log;
  }
};

/**
 * A value in another unit, both in UCUM codes: for comparison only, never for output.
 * @returns undefined where the units measure different things, or are none.
 */
export const convertUnit = (value: number, from: string, to: string): number | undefined =>
  from === to
    ? value
    : attempt(`${from} ${to}`, (ucum) => {
        const { status, toVal } = ucum.convertUnitTo(from, value, to);
        return status === 'succeeded' && toVal !== null ? toVal : undefined;
      });

/** A value in the base units of UCUM, for sorting only; undefined where its unit is none, or has no fixed size. */
export const inBaseUnits = (value: number, unit: string): number | undefined =>
  attempt(unit, (ucum) => {
    const { status, magnitude } = ucum.convertToBaseUnits(unit, value);
    return status === 'succeeded' ? magnitude : undefined;
  });
