import ucum from '@lhncbc/ucum-lhc';

interface Converted {
  readonly status: string;
  readonly toVal: number | null;
}
const utils = ucum.UcumLhcUtils.getInstance() as {
  convertUnitTo: (from: string, value: number, to: string) => Converted;
};

/** Pairs of units that cannot be converted, so that each is tried once. */
const apart = new Set<string>();

/**
 * A value in another unit, both in UCUM codes: for comparison only, never for output.
 * @returns undefined where the units measure different things, or are none.
 */
export const convertUnit = (value: number, from: string, to: string): number | undefined => {
  if (from === to) return value;
  const pair = `${from} ${to}`;
  if (apart.has(pair)) return undefined;
  const { status, toVal } = utils.convertUnitTo(from, value, to);
  if (status === 'succeeded' && toVal !== null) return toVal;
  if (apart.size < 10_000) apart.add(pair);
  return undefined;
};
