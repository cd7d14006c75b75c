import { digits, isNumber, isObject, type Json, objects, text } from '../fhir/index.ts';
import { inBaseUnits } from '../fhir/ucum.ts';
import { codesOf, textOf } from './codes.ts';
import { remembered } from './remembered.ts';
import { unitIn, unitOf } from './units.ts';
import { foldText, tokensOf } from './words.ts';

/** A value in comparable form: a number with its unit, or words. */
export interface Value {
  /** Exact: the same for `0.101 mmol/L` and `101 umol/L`. */
  readonly key: string;
  /** In base units, for comparison at the coarser stated precision; undefined for words. */
  readonly magnitude: number | undefined;
  /** Half of the last stated place, in base units. */
  readonly tolerance: number;
  /** What it measures: values of different dimension cannot be compared. */
  readonly dimension: string;
  /** As written, for reasons and conflicts. */
  readonly shown: string;
  /** The number as written. */
  readonly number: number | undefined;
}

/** The dimension of a unit: those that convert into each other share one. `%` and `mmol/mol` are told apart: nobody converts them unasked. */
const dimensionOf = remembered((unit) => {
  const parts = unit.replace(/\[[^\]]*\]/g, (it) => it.replace(/[./]/g, '')).split('/');
  return unit === '%' || unit === '' ? unit : parts.map(stem).join('/');
});

/** A unit without its prefix and powers of ten. */
const stem = (part: string): string => {
  if (/^10[*^]\d+$/.test(part) || part === '') return '1';
  return part.replace(/^(da|[YZEPTGMkhdcmunpfazy])(?=(mol|g|L|l|m|U|eq|osm|\[iU\]|s|J|Pa|cal)$)/, '');
};

/** Reads a Quantity. */
export const quantityValue = (quantity: Json): Value | undefined => {
  const { value } = quantity;
  const written = isNumber(value) ? digits(value) : /^\s*(-?\d+(?:\.\d+)?)\s*$/.exec(text(value) ?? '')?.[1];
  if (written === undefined) return undefined;
  return numeric(written, unitOf(quantity), text(quantity['comparator']) ?? '');
};

/** What one of a unit is in base units; undefined for no unit of UCUM, and for one whose zero lies elsewhere, as of degrees. */
const scaleOf = remembered((unit): number | undefined => {
  if (unit === '') return 1;
  const [zero, one] = [inBaseUnits(0, unit), inBaseUnits(1, unit)];
  return zero === 0 ? one : undefined;
});

const numeric = (written: string, unit: string, comparator: string): Value => {
  const number = Number(written);
  const scale = scaleOf(unit);
  const base = number * (scale ?? 1);
  const decimals = /\.(\d+)/.exec(written)?.[1]?.length ?? 0;
  const dimension = `${comparator}${scale === undefined ? unit.toLowerCase() : dimensionOf(unit)}`;
  return {
    key: `${Number(base.toPrecision(9))} ${dimension}`,
    magnitude: base,
    tolerance: (10 ** -decimals / 2) * (scale ?? 1),
    dimension,
    shown: `${comparator}${written}${unit === '' ? '' : ` ${unit}`}`,
    number,
  };
};

const words = (said: string): Value => {
  const folded = foldText(said);
  return { key: `'${folded}`, magnitude: undefined, tolerance: 0, dimension: 'words', shown: said, number: undefined };
};

/** `Ap 2.400`, `< 5 mmol/L`, `5,4 mmol/L (H)`: a number that a system sends as words, with what flags or ranges it adds. */
const NUMBER_IN_WORDS =
  /^[\s*=]*(?:ap\s+)?([<>]=?)?\s*(-?\d+(?:[.,]\d+)?)\s*((?:x\s?)?(?:[a-zµμ%°/[{]|10\s?[*^e(⁹¹])[^\s,;]*(?:\s?\/\s?[^\s,;]+)?(?:\s[a-z][^\s,;]*)?)?[\s*.]*$/i;
const ADDED =
  /\s*(?:\((?:h|l|n|hh|ll|high|low|normal|[\d\s.,<>-]+)\)|\[(?:h|l|n|hh|ll)\]|(?<=\d\s.*)\s(?:h|l|hh|ll))\s*$/i;

const saidValue = (said: string): Value => {
  const [, comparator = '', number, unit = ''] = NUMBER_IN_WORDS.exec(said.replace(ADDED, '')) ?? [];
  return number === undefined ? words(said) : numeric(number.replace(',', '.'), unitIn(unit), comparator);
};

/** `120/80 mmHg`: a blood pressure in one text is two values, the higher one first. */
const pressureIn = (said: string | undefined): readonly Value[] | undefined => {
  const [, high, low] = /^\s*(\d{2,3})\s*\/\s*(\d{2,3})\s*(?:mm\s?\[?hg\]?)?\s*$/i.exec(said ?? '') ?? [];
  if (high === undefined || low === undefined || Number(high) <= Number(low)) return undefined;
  return [high, low].map((it) => numeric(it, 'mm[Hg]', ''));
};

/** The value of an Observation or of one of its components; undefined where it has none. */
export const valueOf = (holder: Json): Value | undefined => {
  const quantity = holder['valueQuantity'];
  if (isObject(quantity)) return quantityValue(quantity);
  if (isNumber(holder['valueInteger'])) return numeric(digits(holder['valueInteger']), '', '');
  if (typeof holder['valueBoolean'] === 'boolean') return words(String(holder['valueBoolean']));
  const said = text(holder['valueString']);
  if (said !== undefined) return pressureIn(said) ? undefined : saidValue(said);
  const concept = holder['valueCodeableConcept'];
  if (isObject(concept)) {
    const told = codesOf(concept)[0];
    const display = textOf(concept) ?? told?.display;
    return display === undefined ? told && words(`${told.system}|${told.code}`) : words(display);
  }
  return text(holder['valueDateTime']) === undefined ? undefined : words(String(holder['valueDateTime']));
};

/** The values of the components, in an order of their own: a panel has no other value than its parts. */
export const componentValues = (resource: Json): readonly { readonly name: string; readonly value: Value }[] => {
  const pressure = pressureIn(text(resource['valueString']));
  if (pressure) return pressure.map((value) => ({ name: '', value }));
  return objects(resource['component']).flatMap((it) => {
    const value = valueOf(it);
    const code = it['code'];
    const name = isObject(code) ? (textOf(code) ?? codesOf(code)[0]?.display ?? '') : '';
    return value ? [{ name: tokensOf(name).join(' '), value }] : [];
  });
};

/** Equal at the coarser stated precision, or word for word. */
export const valuesAgree = (a: Value, b: Value): boolean => {
  if (a.dimension !== b.dimension) return false;
  if (a.magnitude === undefined || b.magnitude === undefined) return a.key === b.key;
  const gap = Math.abs(a.magnitude - b.magnitude);
  return gap <= Math.max(a.tolerance, b.tolerance) * 1.000001 || a.key === b.key;
};
