import { type Json, text } from '../fhir/index.ts';
import { remembered } from './remembered.ts';

/** Units of results, as UCUM writes them: whoever writes the same letters in another case means the same. */
const UCUM_UNITS = new Map(
  (
    'mmol/L umol/L nmol/L pmol/L mmol/mol g/L g/dL mg/L mg/dL ug/L ng/mL ng/L pg/mL U/L kg g cm mm m mL/min mL L mm/h fL pg ' +
    '10*9/L 10*12/L 10*3/uL 10*6/uL %'
  )
    .split(' ')
    .map((it) => [it.toLowerCase(), it] as const),
);

/** Other ways to write a unit, once case, spaces and words are settled. */
const UNITS: Readonly<Record<string, string>> = {
  mmhg: 'mm[Hg]',
  'mm[hg]': 'mm[Hg]',
  beat: '/min',
  'beat/min': '/min',
  bpm: '/min',
  'breath/min': '/min',
  '/minute': '/min',
  '°c': 'Cel',
  degc: 'Cel',
  degreec: 'Cel',
  c: 'Cel',
  cel: 'Cel',
  celsius: 'Cel',
  degreecelsiu: 'Cel',
  gm: 'g',
  kilo: 'kg',
  'gm/l': 'g/L',
  'gm/dl': 'g/dL',
  'kg/m²': 'kg/m2',
  'kg/m*2': 'kg/m2',
  '/nl': '10*9/L',
  'k/ul': '10*3/uL',
  'iu/l': '[iU]/L',
  '[iu]/l': '[iU]/L',
  'miu/l': 'm[iU]/L',
  'm[iu]/l': 'm[iU]/L',
  'mu/l': 'm[iU]/L',
  'uiu/ml': 'm[iU]/L',
  'uu/ml': 'm[iU]/L',
  'mmol/molhb': 'mmol/mol',
  percent: '%',
  'mm/hr': 'mm/h',
  score: '',
  point: '',
  '1': '',
};

/** What a unit is read through, in this order: words, signs, powers of ten, what is only an annotation. */
const SPELLINGS: readonly (readonly [written: RegExp, read: string])[] = [
  [/\{[^}]*\}/g, ''],
  [/[µμ]/g, 'u'],
  [/⁹/g, '*9'],
  [/¹²/g, '*12'],
  [/²/g, '*2'],
  [/\bper ?cent\b/g, '%'],
  [/\s*\bper\b\s*/g, '/'],
  [/\b(micro)(mole?s?|mol|g|grams?)\b/g, 'u$2'],
  [/\bmcg/g, 'ug'],
  [/\bmoles?\b/g, 'mol'],
  [/\b(milli|m)mole?s?\b/g, 'mmol'],
  [/\bumole?s?\b/g, 'umol'],
  [/\bugrams?\b/g, 'ug'],
  [/\b(kilo|k)grams?\b/g, 'kg'],
  [/\bgrams?\b/g, 'g'],
  [/\blit(re|er)s?\b/g, 'l'],
  [/\bcentimet(re|er)s?\b/g, 'cm'],
  [/\bmet(re|er)s?\b/g, 'm'],
  [/\bminutes?\b/g, 'min'],
  [/\binternational units?\b/g, 'iu'],
  [/\bunits?\b/g, 'u'],
  [/^x?\s*10\s*(?:\*\*|\*|\^|e|\(|\s)?\s*(9|12|3|6)\)?(?=\s*\/)/, '10*$1'],
  [/\s|\.$/g, ''],
  [/^ml\/min\/1[.,]73.*$/, 'ml/min'],
  [/(?<=[a-z]{2})s(?=\/|$)/g, ''],
];

/** A unit in UCUM where it is one that results have, however it is written; else as it is written. */
export const unitIn = remembered((given): string => {
  const spelled = SPELLINGS.reduce((it, [written, read]) => it.replace(written, read), given.trim().toLowerCase());
  return (
    UNITS[spelled] ??
    UCUM_UNITS.get(spelled) ??
    given
      .trim()
      .replace(/\{[^}]*\}/g, '')
      .replace(/\/+$/, '')
  );
});

/** The unit of a Quantity: its UCUM code, else what it is called. */
export const unitOf = ({ system, code, unit }: Json): string => {
  const coded = text(code);
  return unitIn(
    (coded !== undefined && /unitsofmeasure/.test(String(system)) ? coded : undefined) ?? text(unit) ?? coded ?? '',
  );
};
