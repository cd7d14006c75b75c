import { digits, isNumber, isObject, type Json, objects, text } from '../fhir/index.ts';
import { inBaseUnits } from '../fhir/ucum.ts';
import { codesOf, textOf } from './codes.ts';
import { remembered } from './remembered.ts';
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

/** Units as people write them, in UCUM. */
const UNITS: Readonly<Record<string, string>> = {
  mmhg: 'mm[Hg]',
  'beats/min': '/min',
  bpm: '/min',
  'breaths/min': '/min',
  '/minute': '/min',
  'per min': '/min',
  '°c': 'Cel',
  degc: 'Cel',
  c: 'Cel',
  celsius: 'Cel',
  'deg c': 'Cel',
  kgs: 'kg',
  kilograms: 'kg',
  kilogram: 'kg',
  grams: 'g',
  cms: 'cm',
  centimetres: 'cm',
  metres: 'm',
  'kg/m²': 'kg/m2',
  'kg/m^2': 'kg/m2',
  '10^9/l': '10*9/L',
  'x10^9/l': '10*9/L',
  '10e9/l': '10*9/L',
  'x10*9/l': '10*9/L',
  'x10 9/l': '10*9/L',
  '10^12/l': '10*12/L',
  'x10^12/l': '10*12/L',
  'x10*12/l': '10*12/L',
  'micromol/l': 'umol/L',
  'µmol/l': 'umol/L',
  'μmol/l': 'umol/L',
  'microg/l': 'ug/L',
  'µg/l': 'ug/L',
  'μg/l': 'ug/L',
  'mcg/l': 'ug/L',
  'iu/l': '[iU]/L',
  'miu/l': 'm[iU]/L',
  'mu/l': 'm[iU]/L',
  'ml/min/1.73m2': 'mL/min',
  'ml/min/1.73m²': 'mL/min',
  'ml/min/1.73m^2': 'mL/min',
  'ml/min/1.73 m2': 'mL/min',
  'ml/min/{1.73_m2}': 'mL/min',
  'mmol/mol': 'mmol/mol',
  percent: '%',
  'mm/hr': 'mm/h',
  'mmol/l': 'mmol/L',
  'umol/l': 'umol/L',
  'g/l': 'g/L',
  'g/dl': 'g/dL',
  'ug/l': 'ug/L',
  'ng/ml': 'ng/mL',
  'mg/l': 'mg/L',
  'mg/dl': 'mg/dL',
  'pmol/l': 'pmol/L',
  'nmol/l': 'nmol/L',
  'u/l': 'U/L',
  'ml/min': 'mL/min',
  '10*9/l': '10*9/L',
  '10*12/l': '10*12/L',
  fl: 'fL',
};

const unitOf = ({ system, code, unit }: Json): string => {
  const coded = text(code);
  const given =
    (coded !== undefined && /unitsofmeasure/.test(String(system)) ? coded : undefined) ?? text(unit) ?? coded ?? '';
  const spelled = given.trim().toLowerCase().replace(/\s+/g, ' ');
  return (
    UNITS[spelled] ??
    UNITS[spelled.replace(/ /g, '')] ??
    given
      .trim()
      .replace(/\{[^}]*\}/g, '')
      .replace(/\/+$/, '')
  );
};

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
  if (!isNumber(value)) return undefined;
  return numeric(digits(value), unitOf(quantity), text(quantity['comparator']) ?? '');
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

/** `Ap 2.400`, `< 5 mmol/L`: a number that a system sends as words. */
const NUMBER_IN_WORDS = /^\s*(?:ap\s+)?([<>]=?)?\s*(-?\d+(?:\.\d+)?)\s*([a-zA-Zµμ%/*^0-9.[\]{}_²]*)\s*$/i;

const saidValue = (said: string): Value => {
  const [, comparator = '', number, unit = ''] = NUMBER_IN_WORDS.exec(said) ?? [];
  return number === undefined ? words(said) : numeric(number, unitOf({ unit }), comparator);
};

/** The value of an Observation or of one of its components; undefined where it has none. */
export const valueOf = (holder: Json): Value | undefined => {
  const quantity = holder['valueQuantity'];
  if (isObject(quantity)) return quantityValue(quantity);
  if (isNumber(holder['valueInteger'])) return numeric(digits(holder['valueInteger']), '', '');
  if (typeof holder['valueBoolean'] === 'boolean') return words(String(holder['valueBoolean']));
  const said = text(holder['valueString']);
  if (said !== undefined) return saidValue(said);
  const concept = holder['valueCodeableConcept'];
  if (isObject(concept)) {
    const told = codesOf(concept)[0];
    const display = textOf(concept) ?? told?.display;
    return display === undefined ? told && words(`${told.system}|${told.code}`) : words(display);
  }
  return text(holder['valueDateTime']) === undefined ? undefined : words(String(holder['valueDateTime']));
};

/** The values of the components, in an order of their own: a panel has no other value than its parts. */
export const componentValues = (resource: Json): readonly { readonly name: string; readonly value: Value }[] =>
  objects(resource['component']).flatMap((it) => {
    const value = valueOf(it);
    const code = it['code'];
    const name = isObject(code) ? (textOf(code) ?? codesOf(code)[0]?.display ?? '') : '';
    return value ? [{ name: tokensOf(name).join(' '), value }] : [];
  });

/** Equal at the coarser stated precision, or word for word. */
export const valuesAgree = (a: Value, b: Value): boolean => {
  if (a.dimension !== b.dimension) return false;
  if (a.magnitude === undefined || b.magnitude === undefined) return a.key === b.key;
  const gap = Math.abs(a.magnitude - b.magnitude);
  return gap <= Math.max(a.tolerance, b.tolerance) * 1.000001 || a.key === b.key;
};
