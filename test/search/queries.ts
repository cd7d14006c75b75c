import fc from 'fast-check';
import { RESOURCE_TYPES, type ResourceType } from '../../src/fhir/index.ts';
import { searchParametersOf } from '../../src/fhir/definitions/index.ts';
import { referenceParametersOf } from '../../src/search/parameter/references.ts';
import { SHAPE_PARAMETERS } from '../../src/search/request/shape.ts';

/** A search as a caller may send it: made of what FHIR has, put together in any way, and of what nobody should send. */
export interface Query {
  readonly type: ResourceType;
  /** What stands behind the question mark. */
  readonly text: string;
}

const codesOf = (type: ResourceType): readonly string[] => Object.keys(searchParametersOf(type));
const EVERY_CODE: readonly string[] = [...new Set(RESOURCE_TYPES.flatMap(codesOf))];
const SHARED = [
  '_id',
  '_lastUpdated',
  '_tag',
  '_profile',
  '_security',
  '_source',
  '_text',
  '_content',
  '_filter',
  '_list',
];
const MODIFIERS =
  'missing exact contains not text in not-in of-type identifier below above type iterate Patient Observation colour'.split(
    ' ',
  );
const LONG = [8, 500, 3000];
const repeated = fc
  .tuple(
    fc.constantFrom('T', '9', 'a,', '\\', '%', '(', '1e', 'a.', ':', '_has:', '|', '$', 'é', '٣', 'ﷺ', ' '),
    fc.constantFrom(...LONG),
  )
  .map(([text, times]) => text.repeat(times));
const HOSTILE = [
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype.polluted', '__proto__.polluted'],
  ...['', '.', ':', '..', '::', '_has', '_has:', '_has:::', '_has::::', '_has:Observation', '_has:Observation:subject'],
  ...[
    'patient:',
    'patient.',
    ':missing',
    '_sort:missing',
    '_include:',
    '_revinclude:iterate:iterate',
    'code:missing:not',
  ],
];

const named = <T>(weights: readonly (readonly [number, fc.Arbitrary<T>])[]): fc.Arbitrary<T> =>
  fc.oneof(...weights.map(([weight, arbitrary]) => ({ weight, arbitrary })));

/** A part of a query that depends on the type it is about, so that most of what is made up is really there. */
type About<T> = (type: ResourceType) => T;
const about = (text: fc.Arbitrary<string>): fc.Arbitrary<About<string>> => text.map((it) => () => it);

const type = fc.constantFrom(...RESOURCE_TYPES);
const pick = <T>(from: readonly T[], at: number): T | undefined => from[at % from.length];
const code: fc.Arbitrary<About<string>> = named([
  [9, fc.nat().map((at) => (of: ResourceType) => pick(codesOf(of), at) ?? '')],
  [1, about(fc.constantFrom(...EVERY_CODE))],
  [2, about(fc.constantFrom(...SHARED))],
]);
const maybe = (text: fc.Arbitrary<string>, before: string): fc.Arbitrary<string> =>
  fc.option(text, { nil: '', freq: 2 }).map((it) => it && `${before}${it}`);
const plain: fc.Arbitrary<About<string>> = fc.tuple(code, maybe(fc.constantFrom(...MODIFIERS), ':')).map(
  ([own, modifier]) =>
    (of) =>
      own(of) + modifier,
);
const chain: fc.Arbitrary<About<string>> = fc
  .tuple(fc.array(fc.tuple(fc.nat(), fc.boolean()), { minLength: 1, maxLength: 5 }), plain)
  .map(([steps, last]) => (of) => {
    let at = of;
    const names = steps.map(([seed, isTyped]) => {
      const parameter = pick(referenceParametersOf(at), seed);
      at = pick(parameter?.targets ?? [], seed) ?? at;
      return `${parameter?.code ?? 'subject'}${isTyped ? `:${at}` : ''}`;
    });
    return [...names, last(at)].join('.');
  });
const reverse: fc.Arbitrary<About<string>> = fc
  .tuple(fc.array(fc.tuple(type, fc.nat()), { minLength: 1, maxLength: 4 }), fc.oneof(plain, chain))
  .map(([steps, last]) => (of) => {
    let at = of;
    const names = steps.map(([from, seed]) => {
      const leads = referenceParametersOf(from).filter((it) => it.targets.includes(at));
      at = from;
      return `_has:${from}:${pick(leads, seed)?.code ?? 'subject'}`;
    });
    return [...names, last(at)].join(':');
  });
const shape = about(fc.constantFrom(...SHAPE_PARAMETERS, '_format', '_pretty', '_page'));
const name: fc.Arbitrary<About<string>> = named([
  [12, plain],
  [4, chain],
  [3, reverse],
  [5, shape],
  [1, about(fc.constantFrom(...HOSTILE))],
  [1, about(repeated)],
  [1, about(fc.string({ unit: 'binary', maxLength: 8 }))],
]);

const PARTS = [
  ...[
    '1',
    '-0',
    '5.40',
    '1e3',
    '1e400',
    '1e-400',
    '-',
    '.5',
    '0x1F',
    'NaN',
    'Infinity',
    '9007199254740993',
    '1e',
    '+1',
  ],
  ...[
    '2024',
    '2024-02-30',
    '2024-02-29',
    '0000',
    '9999-12-31',
    '2024-01-01T00:00:00Z',
    '2024-01-01T10:00 01:00',
    '24:00',
  ],
  ...[
    'active',
    'http://snomed.info/sct',
    'http://unitsofmeasure.org',
    'kg',
    '[degF]',
    'mm[Hg]',
    'true',
    'x',
    'Åé\u0301',
  ],
  ...[
    'Patient/9990000018',
    '9990000018',
    'Observation/1',
    '#a',
    'urn:uuid:x',
    'http://example.org/fhir/Patient/1',
    'x'.repeat(64),
  ],
  ...[
    'Observation:encounter',
    '*',
    'Observation:*',
    '*:*',
    'Patient:general-practitioner:Organization',
    'Provenance:target',
  ],
  ...['http://hl7.org/fhir/ValueSet/observation-status', 'false', 'count', 'text', 'json', 'application/fhir+xml;q=0'],
  ...[
    '\\',
    '\\,',
    '\\\\',
    '\u0000',
    '\ud800',
    '\udfff',
    '\uffff',
    '\u202e',
    '😀',
    "' or 1=1 --",
    '<script>',
    '../..',
    '%00',
  ],
];
const part = named([
  [12, fc.constantFrom(...PARTS)],
  [3, fc.constantFrom(...EVERY_CODE)],
  [2, fc.string({ maxLength: 6 })],
  [1, fc.string({ unit: 'binary', maxLength: 6 })],
]);
const prefix = fc.constantFrom('', '', '', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap', 'zz', '-');
const joined = fc
  .tuple(prefix, fc.array(part, { maxLength: 4 }), fc.constantFrom(',', ',', '|', '|', '$', ':', '\\,', ''))
  .map(([before, parts, between]) => before + parts.join(between));
/** Well-formed values, by the type of the parameter that is given them. */
const SANE: Readonly<Record<string, readonly string[]>> = {
  token: ['final', 'http://snomed.info/sct|1', '|x', 'a,b', 'true'],
  date: ['gt2024-01', 'ap2024-01-01T00:00:00Z', '2024,2023-12-31'],
  number: ['5.4', 'lt1e3', 'ap-7'],
  quantity: ['5.4', 'lt5.4|http://unitsofmeasure.org|kg', 'ge5||mg'],
  string: ['a text', 'Åé', 'a,b\\,c'],
  reference: ['Patient/9990000018', 'x', 'http://example.org/x|1'],
  uri: ['http://example.org/x'],
  composite: ['x$1', 'a|b$lt5', 'Observation/1$x', 'x$2024'],
};
const SANE_SHAPES: Readonly<Record<string, readonly string[]>> = {
  _sort: ['_id', '-_lastUpdated,_source'],
  _count: ['0', '7'],
  _include: ['*'],
  _revinclude: ['*', 'Provenance:target'],
  _elements: ['id,meta', 'code'],
  _summary: ['true', 'data', 'count'],
};
const EVERY_SANE = [
  ...Object.values(SANE).flat(),
  '7',
  'date',
  '-date,status',
  '*',
  'Provenance:target',
  'true',
  'id,meta',
];
const saneFor = (of: ResourceType, written: string, at: number): string => {
  if (written.endsWith(':missing')) return 'true';
  if (SANE_SHAPES[written]) return pick(SANE_SHAPES[written], at) ?? '';
  const kind = searchParametersOf(of)[written.replace(/:.*/, '')]?.type ?? '';
  return pick(SANE[kind] ?? EVERY_SANE, at) ?? '';
};
const value: fc.Arbitrary<(of: ResourceType, written: string) => string> = named([
  [12, fc.nat().map((at) => (of: ResourceType, written: string) => saneFor(of, written, at))],
  [4, joined.map((it) => () => it)],
  [1, repeated.map((it) => () => it)],
]);

/** How a caller writes text into a query: rightly, not at all, twice, or so that it breaks. */
const WRITERS: readonly ((text: string) => string)[] = [
  ...Array<(text: string) => string>(14).fill((it) => encodeURIComponent(it.toWellFormed())),
  (it) => encodeURIComponent(it.toWellFormed()).replaceAll('%20', '+').toLowerCase(),
  (it) => it,
  (it) => encodeURIComponent(encodeURIComponent(it.toWellFormed())),
  (it) => `${encodeURIComponent(it.toWellFormed())}%`,
  (it) => `%E0%A4${it}%zz`,
  (it) => [...new TextEncoder().encode(it)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
];
const pair: fc.Arbitrary<About<string>> = fc
  .tuple(name, value, fc.constantFrom(...WRITERS), fc.constantFrom(...WRITERS))
  .map(([nameOf, valueOf, writeName, writeValue]) => (of) => {
    const written = nameOf(of);
    return `${writeName(written)}=${writeValue(valueOf(of, written))}`;
  });
const between = named([
  [20, fc.constantFrom('&', '&&')],
  [1, fc.constantFrom(';', '#')],
]);

const NAMING: readonly string[] = ['9990000018', 'Patient/9990000018', '9990000019', '', '%00'];
/** Most name their patient, so that the rest of them is looked at. */
const naming = named([
  [12, fc.constant('patient=9990000018')],
  [2, fc.constant('')],
  [1, fc.constantFrom(...NAMING).map((it) => `patient=${it}`)],
  [1, fc.constantFrom('subject=9990000018', 'patient.identifier=9990000018', 'patient:identifier=x|9990000018')],
]);

/** Queries of any kind. */
export const queries: fc.Arbitrary<Query> = fc
  .tuple(type, naming, fc.array(pair, { maxLength: 3 }), between)
  .map(([of, patient, pairs, join]) => ({
    type: of,
    text: [of === 'Patient' ? patient.replace(/^patient=/, '_id=') : patient, ...pairs.map((it) => it(of))]
      .filter((it) => it !== '')
      .join(join),
  }));

const LARGEST = 60_000;
/** As much of a text as a body may hold. */
const full = (text: string): string => text.repeat(Math.floor(LARGEST / text.length));
/** As many parameters as there may be, with as many values as there may be in all. */
const many = (name: string, value: string, values = 10): string =>
  Array<string>(95)
    .fill(`${name}=${Array<string>(values).fill(value).join(',')}`)
    .join('&');
const numbered = (name: string, write: (at: number) => string): string =>
  [0, 1, 2, 3]
    .map((of) => `${name}=${Array.from({ length: 450 }, (_, at) => write(450 * of + at)).join(',')}`)
    .join('&');

/** Queries that make a careless reader, or the search behind it, work hardest: each as long as a body may be. */
export const HEAVY: readonly (readonly [name: string, text: string])[] = (
  [
    ['a date that never ends', `date=${full('T')}`],
    ['a date of spaces', `date=${full(' 10:00 ')}`],
    ['a number that never ends', `value-quantity=${full('9')}`],
    ['a text of ligatures', `value-string=${full('%EF%B7%BA')}`],
    ['a text of accents', `value-string=a${full('%CC%81%CC%A3')}`],
    ['escapes alone', `code=${full('\\')}`],
    ['a hundred lists of dates', many('date', '2024')],
    ['more values than are read', `code=${full('a,')}`],
    ['a hundred lists of tokens', many('code', 'a|b')],
    ['chains to every type, and on to every type', many('focus.focus.focus.code', 'a')],
    ['chains by way of the patient', many('focus.subject.general-practitioner.name', 'a')],
    ['the same from the other end', many('_has:Observation:focus:_has:Observation:focus:code', 'a')],
    ['ids that nobody sealed', numbered('encounter', (at) => `${'A'.repeat(30)}${at}`)],
    ['units that nobody knows', numbered('value-quantity', (at) => `1|http://unitsofmeasure.org|aZ(${at}`)],
    ['units of every power', numbered('value-quantity', (at) => `1|http://unitsofmeasure.org|m${at}.s`)],
    ['one key of order after the other', `_sort=${full('date,')}date`],
    ['one element after the other', `_elements=${full('ab,')}a`],
    ['all that there is, over and over', many('_include:iterate', '*', 1)],
    ['all that refers to it, over and over', many('_revinclude:iterate', '*', 1)],
    ['a name without end', `${full('a')}=1`],
    ['a chain without end', `${full('subject.')}name=1`],
    ['_has without end', `${full('_has:Observation:focus:')}code=1`],
    ['names alone', full('a&')],
    ['a format of many', `_format=${full('application/json;q=0,')}`],
    ['a format of nothing', `_format=${full(';')}`],
    ['a page of nowhere', `_page=${'A'.repeat(8000)}`],
  ] as const
).map(([name, text]) => [name, `patient=9990000018&${text}`]);
