import { FaultError } from '../fhir/index.ts';
import type { Pairs } from '../search/request/pairs.ts';

export const FHIR_JSON = 'application/fhir+json';
export const FHIR_XML = 'application/fhir+xml';

/** How an answer is written. */
export interface Format {
  readonly form: 'json' | 'xml';
  readonly pretty: boolean;
}

export const PLAIN_JSON: Format = { form: 'json', pretty: false };

/** What callers name the forms by; a range names both. */
const NAMES: Readonly<Record<Format['form'], readonly string[]>> = {
  json: [FHIR_JSON, 'application/json', 'text/json', 'json'],
  xml: [FHIR_XML, 'application/xml', 'text/xml', 'xml'],
};
const RANGES: readonly string[] = ['application/*', '*/*'];

/**
 * The form that a caller wants: `_format` wins over `Accept`, whose preferences count by their q-values, a name before a
 * range; whoever takes anything gets JSON.
 * @throws FaultError 406 where it is none that can be written, 400 for a `_pretty` that is neither true nor false
 */
export const negotiate = (accept: string | undefined, query: Pairs): Format => {
  const [asked, pretty = 'false'] = ['_format', '_pretty'].map((it) => query.find(([name]) => name === it)?.[1]);
  if (pretty !== 'true' && pretty !== 'false') throw new FaultError('value', 'Expected true or false.', '_pretty');
  // A plus sign that was not encoded arrives as a space.
  const wanted = asked === undefined ? (accept ?? '*/*') : asked.replace(/ /g, '+');
  const ranges = wanted.split(',').map(readRange);
  const [best] = (['json', 'xml'] as const)
    .flatMap((form) => offerOf(form, ranges) ?? [])
    .filter((it) => it.q > 0)
    .sort((a, b) => b.q - a.q || a.at - b.at);
  if (!best) {
    throw new FaultError(
      'notAcceptable',
      `Only ${FHIR_JSON} and ${FHIR_XML} of FHIR 4.0 can be answered.`,
      asked === undefined ? undefined : '_format',
    );
  }
  return { form: best.form, pretty: pretty === 'true' };
};

/** The form that a content type names; undefined for another, and for text in any charset but UTF-8. */
export const formNamed = (contentType: string | undefined): Format['form'] | undefined => {
  const [name = '', ...parameters] = (contentType ?? '').split(';').map((it) => it.trim().toLowerCase());
  const charset = parameters.find((it) => it.startsWith('charset='))?.replace(/"/g, '');
  if (charset !== undefined && charset !== 'charset=utf-8') return undefined;
  return (['json', 'xml'] as const).find((form) => name.includes('/') && NAMES[form].includes(name));
};

interface Range {
  readonly name: string;
  readonly q: number;
  /** Its place among the caller's. */
  readonly at: number;
}

/** How much a form is wanted: of what names it best, the best. */
const offerOf = (form: Format['form'], ranges: readonly Range[]): (Range & Pick<Format, 'form'>) | undefined => {
  const named = ranges.filter(({ name }) => NAMES[form].includes(name));
  const [best] = [named, ...RANGES.map((range) => ranges.filter(({ name }) => name === range))]
    .flatMap((some) => some.toSorted((a, b) => b.q - a.q))
    .slice(0, 1);
  return best && { ...best, form };
};

const readRange = (range: string, at: number): Range => {
  const [name = '', ...parameters] = range.split(';').map((it) => it.trim().toLowerCase());
  const valueOf = (key: string): string | undefined =>
    parameters
      .find((it) => it.startsWith(`${key}=`))
      ?.slice(key.length + 1)
      .replace(/"/g, '');
  const q = Number(valueOf('q') ?? 1);
  const isOurs = /^4\.0(\.|$)/.test(valueOf('fhirversion') ?? '4.0');
  return { name, q: isOurs && Number.isFinite(q) ? q : 0, at };
};
