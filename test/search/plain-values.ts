import type { Node, SearchParameter } from './official.ts';

/** One value that was asked for, and what it is of. */
export interface Asked {
  readonly definition: SearchParameter;
  readonly modifier: string | undefined;
  readonly asked: string;
  readonly base: string;
  readonly now: number;
}

/** Whether a value found by a parameter's expression satisfies one value that was asked for. */
export const plainValueTest = (found: unknown, asked: Asked): boolean => {
  switch (asked.definition.type) {
    case 'string':
      return stringTest(found, asked);
    case 'token':
      return asked.definition.code === '_id' ? found === asked.asked : tokenTest(found, asked);
    case 'date':
      return dateTest(found, asked);
    case 'number':
      return numberTest({ value: found }, asked.asked);
    case 'quantity':
      return quantityTest(found as Node, asked.asked);
    case 'reference':
      return referenceTest(found, asked);
    default:
      return uriTest(String(found), asked);
  }
};

const plainly = (text: string): string => text.replace(/\\([\\,$|])/g, '$1');
const pipe = /(?<!(?<!\\)\\)\|/;

// Strings: https://hl7.org/fhir/R4/search.html#string

const simple = (text: string): string =>
  [...text.normalize('NFD')]
    .map((it) => (/\s/.test(it) ? ' ' : it))
    .filter((it) => /[\p{L}\p{N}\p{S} ]/u.test(it))
    .join('')
    .split(' ')
    .filter((it) => it !== '')
    .join(' ')
    .toLowerCase();

const STRING_PARTS = /^(text|family|given|prefix|suffix|line|city|district|state|postalCode|country)$/;

const stringTest = (found: unknown, { asked, modifier }: Asked): boolean => {
  const texts = (
    typeof found === 'string'
      ? [found]
      : Object.entries(found as Node).flatMap(([key, value]) => (STRING_PARTS.test(key) ? value : []))
  ) as string[];
  const wanted = plainly(asked);
  return texts.flat().some((it) => {
    if (modifier === 'exact') return it === wanted;
    return modifier === 'contains' ? simple(it).includes(simple(wanted)) : simple(it).startsWith(simple(wanted));
  });
};

// Tokens: https://hl7.org/fhir/R4/search.html#token

const SENSITIVE = ['http://unitsofmeasure.org', 'http://read.info/readv2', 'http://read.info/ctv3'];

/** The systems that R4 binds the bare codes of this record to. */
const IMPLIED: Readonly<Record<string, string>> = {
  gender: 'http://hl7.org/fhir/administrative-gender',
  'Observation.status': 'http://hl7.org/fhir/observation-status',
  criticality: 'http://hl7.org/fhir/allergy-intolerance-criticality',
  active: 'http://terminology.hl7.org/CodeSystem/special-values',
};

const OBSERVATION_STATUS = 'registered preliminary final amended corrected cancelled entered-in-error unknown'.split(
  ' ',
);

const tokenTest = (found: unknown, { definition, asked, modifier }: Asked): boolean => {
  const codings = codingsOf(found, definition);
  if (modifier === 'text') {
    const node = typeof found === 'object' ? (found as Node) : {};
    const texts = [node['text'], node['display'], (node['type'] as Node | undefined)?.['text']].concat(
      codings.map((it) => it.display),
    );
    return texts.some((it) => typeof it === 'string' && simple(it).startsWith(simple(plainly(asked))));
  }
  if (modifier === 'of-type') {
    const [system, code, value] = asked.split(pipe).map(plainly);
    const types = codingsOf((found as Node)['type'], definition);
    return (found as Node)['value'] === value && types.some((it) => it.system === system && it.code === code);
  }
  if (modifier === 'in') {
    if (asked !== 'http://hl7.org/fhir/ValueSet/observation-status') throw new Error(`no value set ${asked}`);
    return codings.some((it) => OBSERVATION_STATUS.includes(it.code));
  }
  const parts = asked.split(pipe).map(plainly);
  const [system, code] = parts.length === 2 ? [parts[0], parts[1]] : [undefined, parts[0]];
  return codings.some((it) => {
    const sameCode = it.sensitive ? it.code === code : it.code.toLowerCase() === code?.toLowerCase();
    const sameSystem =
      system === undefined || (system === '' ? it.system === undefined : [it.system, it.implied].includes(system));
    return sameSystem && (code === '' || sameCode);
  });
};

interface Code {
  readonly system?: string | undefined;
  readonly implied?: string | undefined;
  readonly code: string;
  readonly display?: unknown;
  readonly sensitive: boolean;
}

/** A primitive as it is written; nothing where there is none. */
export const asWritten = (found: unknown): string => (found === undefined ? '' : (found as string | number).toString());

const codingsOf = (found: unknown, { code, base }: SearchParameter): readonly Code[] => {
  if (typeof found !== 'object' || found === null)
    return found === undefined
      ? []
      : [{ code: asWritten(found), implied: IMPLIED[code] ?? IMPLIED[`${base[0] ?? ''}.${code}`], sensitive: false }];
  const node = found as Record<string, string | undefined> & { coding?: Node[] };
  if (node.coding) return node.coding.flatMap((it) => codingsOf(it, { code, base } as SearchParameter));
  if (node['code'] !== undefined)
    return [
      {
        system: node['system'],
        code: node['code'],
        display: node['display'],
        sensitive: SENSITIVE.includes(node['system'] ?? ''),
      },
    ];
  if (node['value'] === undefined) return [];
  // A contact point has no system in FHIR's sense; its kind is taken for one all the same.
  const isContact = node['use'] !== undefined || /^(phone|email)$/.test(node['system'] ?? '');
  if (isContact)
    return [undefined, node['system']].map((system) => ({ system, code: node['value'] as string, sensitive: false }));
  return [{ system: node['system'], code: node['value'], sensitive: true }];
};

// Dates: https://hl7.org/fhir/R4/search.html#date. A time without zone is one in England.

const offsets = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', timeZoneName: 'longOffset' });

const inLondon = (local: number): number => {
  const name = offsets.formatToParts(local).find((it) => it.type === 'timeZoneName')?.value;
  return name === 'GMT+01:00' ? local - 3_600_000 : local;
};

/** First and last millisecond. */
type Stretch = readonly [first: number, last: number];

const stretchOf = (written: string): Stretch => {
  const numbers = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?/.exec(written) ?? [];
  const [year = 0, month, day] = numbers
    .slice(1)
    .map((it: string | undefined) => (it === undefined ? undefined : Number(it)));
  const [, time] = written.split('T');
  if (time === undefined) {
    const [nextYear, nextMonth, nextDay] =
      month === undefined ? [year + 1, 1, 1] : day === undefined ? [year, month + 1, 1] : [year, month, day + 1];
    return [
      inLondon(Date.UTC(year, (month ?? 1) - 1, day ?? 1)),
      inLondon(Date.UTC(nextYear, nextMonth - 1, nextDay)) - 1,
    ];
  }
  const zoned = /(Z|[+-]\d\d:\d\d)$/.test(time);
  const first = zoned ? Date.parse(written) : inLondon(Date.parse(`${written}Z`));
  const clock = time.replace(/(Z|[+-]\d\d:\d\d)$/, '');
  const length = clock.includes('.') ? 1 : clock.length > 5 ? 1000 : 60_000;
  return [first, first + length - 1];
};

const foundStretch = (found: unknown): Stretch | undefined => {
  if (typeof found === 'string') return /^\d{4}/.test(found) ? stretchOf(found) : undefined;
  const node = found as Record<string, unknown>;
  if (node['event'] || node['repeat']) {
    const all = [
      ...((node['event'] ?? []) as string[]).map(stretchOf),
      ...[(node['repeat'] as Node | undefined)?.['boundsPeriod']].flatMap((it) =>
        it ? [foundStretch(it) as Stretch] : [],
      ),
    ];
    return [Math.min(...all.map(([it]) => it)), Math.max(...all.map(([, it]) => it))];
  }
  const { start, end } = node as { start?: string; end?: string };
  if (start === undefined && end === undefined) return undefined;
  return [start === undefined ? -Infinity : stretchOf(start)[0], end === undefined ? Infinity : stretchOf(end)[1]];
};

const dateTest = (found: unknown, { asked, now }: Asked): boolean => {
  const stretch = foundStretch(found);
  const [, prefix = 'eq', written = ''] = /^([a-z]{2})?(.*)$/.exec(asked.replace(' ', '+')) ?? [];
  const [first, last] = stretchOf(written);
  if (!stretch) return false;
  const [begin, end] = stretch;
  const contains = first <= begin && end <= last;
  switch (prefix) {
    case 'eq':
      return contains;
    case 'ne':
      return !contains;
    case 'gt':
      return end > last;
    case 'lt':
      return begin < first;
    case 'ge':
      return contains || end > last;
    case 'le':
      return contains || begin < first;
    case 'sa':
      return begin > last;
    case 'eb':
      return end < first;
    default: {
      const tenth = Math.abs(now - first) / 10;
      return begin <= last + tenth && end >= first - tenth;
    }
  }
};

// Numbers: https://hl7.org/fhir/R4/search.html#number, exactly, in units of 10 to the -30.

const PLACES = 30;

const exact = (decimal: string): bigint => {
  const [mantissa = '', exponent = '0'] = decimal.toLowerCase().split('e');
  const [whole = '', places = ''] = mantissa.split('.');
  return BigInt(whole + places) * 10n ** BigInt(PLACES + Number(exponent) - places.length);
};

/** Half of the last place that is written; of FHIR's `1e2`, which is 95 to 105, of the one after it. */
const halfPlace = (decimal: string): bigint => {
  const [mantissa = '', exponent] = decimal.toLowerCase().split('e');
  const places = mantissa.split('.')[1]?.length ?? (exponent === undefined ? 0 : 1);
  return 5n * 10n ** BigInt(PLACES - 1 - places + Number(exponent ?? 0));
};

const numberTest = ({ value, comparator }: { value: unknown; comparator?: unknown }, asked: string): boolean => {
  const [, prefix = 'eq', written = ''] = /^([a-z]{2})?(.*)$/.exec(asked) ?? [];
  const number = exact(String(value));
  const wanted = exact(written);
  const half = halfPlace(written);
  // What is only known to be below or above is so whatever its exact value.
  const beyond = { '<': -1, '<=': -1, '>': 1, '>=': 1 }[String(comparator)] ?? 0;
  const closed = String(comparator).endsWith('=');
  const within = beyond === 0 && number >= wanted - half && number < wanted + half;
  const tenth = (wanted < 0n ? -wanted : wanted) / 10n > half ? (wanted < 0n ? -wanted : wanted) / 10n : half;
  switch (prefix) {
    case 'eq':
      return within;
    case 'ne':
      return !within;
    case 'gt':
      return beyond > 0 || number > wanted;
    case 'lt':
      return beyond < 0 || number < wanted;
    case 'ge':
      return beyond > 0 || number > wanted || (number === wanted && (beyond === 0 || closed));
    case 'le':
      return beyond < 0 || number < wanted || (number === wanted && (beyond === 0 || closed));
    case 'sa':
      return beyond >= 0 && (number > wanted || (number === wanted && beyond > 0 && !closed));
    case 'eb':
      return beyond <= 0 && (number < wanted || (number === wanted && beyond < 0 && !closed));
    default:
      return beyond > 0
        ? number <= wanted + tenth
        : beyond < 0
          ? number >= wanted - tenth
          : number >= wanted - tenth && number <= wanted + tenth;
  }
};

/** The UCUM units of this record and of the queries, as multiples of one of their kind. */
const UNITS: Readonly<Record<string, readonly [kind: string, factor: string]>> = {
  kg: ['g', '1000'],
  g: ['g', '1'],
  mg: ['g', '0.001'],
  'g/L': ['g/L', '1'],
  'g/dL': ['g/L', '10'],
  'mg/dL': ['g/L', '0.01'],
  min: ['s', '60'],
  h: ['s', '3600'],
  d: ['s', '86400'],
  'mm[Hg]': ['mm[Hg]', '1'],
  'mmol/L': ['mol/L', '0.001'],
  'umol/L': ['mol/L', '0.000001'],
  'mL/min': ['L/min', '0.001'],
  'L/min': ['L/min', '1'],
  a: ['a', '1'],
};
const UCUM = 'http://unitsofmeasure.org';

const quantityTest = (found: Node, asked: string): boolean => {
  const [number = '', system = '', code = ''] = asked.split(pipe).map(plainly);
  if ('low' in found || 'high' in found) return rangeTest(found, asked);
  const quantity = found as { value?: unknown; system?: string; code?: string; unit?: string; comparator?: string };
  if (quantity.value === undefined) return false;
  if (system !== '' && quantity.system !== system) return false;
  if (code === '' || quantity.code === code || (system === '' && quantity.unit === code))
    return numberTest(quantity as { value: unknown }, number);
  const [from, to] = [UNITS[quantity.code ?? ''], UNITS[code]];
  if (system !== UCUM || !from || from[0] !== to?.[0]) return false;
  const scaled = (exact(asWritten(quantity.value)) * exact(from[1])) / exact(to[1]);
  return numberTest({ ...quantity, value: `${scaled}e-${PLACES}` }, number);
};

/** A range lies above what its end is above, and below what its beginning is below. */
const rangeTest = (found: Node, asked: string): boolean => {
  const [, prefix = 'eq', rest = ''] = /^([a-z]{2})?(.*)$/.exec(asked) ?? [];
  const end = (name: string, as: string): boolean => quantityTest(found[name] as Node, as + rest);
  const both = { eq: 'eq', sa: 'gt', eb: 'lt' }[prefix];
  if (both !== undefined) return end('low', both) && end('high', both);
  if (prefix === 'ne') return !(end('low', 'eq') && end('high', 'eq'));
  if (prefix === 'ap') return (end('low', 'ap') || end('low', 'le')) && (end('high', 'ap') || end('high', 'ge'));
  return end(prefix === 'gt' || prefix === 'ge' ? 'high' : 'low', prefix);
};

// References and URIs

const referenceTest = (found: unknown, { definition, modifier, asked, base, now }: Asked): boolean => {
  if (modifier === 'identifier') {
    const identifier = (found as Node)['identifier'];
    const token = { ...definition, type: 'token' };
    return (
      identifier !== undefined && tokenTest(identifier, { definition: token, modifier: undefined, asked, base, now })
    );
  }
  if (typeof found === 'string') return found === asked || found.replace(/\|.*/, '') === asked;
  const literal = asWritten((found as Node)['reference']);
  const wanted = asked.replace(`${base}/`, '');
  if (wanted.includes('/')) return literal === wanted;
  return modifier === undefined ? literal.split('/')[1] === wanted : literal === `${modifier}/${wanted}`;
};

const uriTest = (found: string, { asked, modifier }: Asked): boolean => {
  if (modifier === 'below') return found.startsWith(asked);
  if (modifier === 'above') return asked.startsWith(found);
  return found === asked;
};

/** What a found value sorts by: dates by where they begin, quantities by what they are in one unit. */
export const sortKeyOf = (found: unknown, type: string): string | number | undefined => {
  const node = found as Record<string, unknown>;
  switch (type) {
    case 'date': {
      const [first, last] = foundStretch(found) ?? [];
      return first === -Infinity ? last : first;
    }
    case 'string':
      return simple(typeof found === 'string' ? found : asWritten(node['text'] ?? node['family']));
    case 'quantity':
      return Number(node['value']) * Number(UNITS[String(node['code'])]?.[1] ?? 1);
    case 'token':
      return typeof found === 'object' ? codingsOf(found, { base: [] } as never)[0]?.code : asWritten(found);
    default:
      return found as string | number;
  }
};
