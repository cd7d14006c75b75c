import { FaultError } from '../fhir/index.ts';
import type { Pairs } from '../search/pairs.ts';

export const FHIR_JSON = 'application/fhir+json';
export const FHIR_XML = 'application/fhir+xml';

/** How an answer is written. */
export interface Format {
  readonly form: 'json' | 'xml';
  readonly pretty: boolean;
}

export const PLAIN_JSON: Format = { form: 'json', pretty: false };

/** What FHIR clients call the two forms; whoever takes anything gets JSON. */
const FORMS: Readonly<Record<string, Format['form']>> = {
  json: 'json',
  'application/json': 'json',
  'text/json': 'json',
  [FHIR_JSON]: 'json',
  'application/*': 'json',
  '*/*': 'json',
  xml: 'xml',
  'application/xml': 'xml',
  'text/xml': 'xml',
  [FHIR_XML]: 'xml',
};

/**
 * The form that a caller wants: `_format` wins over `Accept`, whose preferences count by their q-values.
 * @throws FaultError 406
 */
export const negotiate = (accept: string | undefined, query: Pairs): Format => {
  const asked = query.find(([name]) => name === '_format')?.[1];
  const pretty = query.some(([name, value]) => name === '_pretty' && value === 'true');
  // A plus sign that was not encoded arrives as a space.
  const wanted = asked === undefined ? (accept ?? '*/*') : asked.replace(/ /g, '+');
  const [best] = wanted
    .split(',')
    .map(readRange)
    .filter((it) => it.form !== undefined && it.q > 0)
    .sort((a, b) => b.q - a.q);
  if (best?.form === undefined) {
    throw new FaultError(
      'notAcceptable',
      `Only ${FHIR_JSON} and ${FHIR_XML} can be answered.`,
      asked === undefined ? undefined : '_format',
    );
  }
  return { form: best.form, pretty };
};

const readRange = (range: string): { readonly form: Format['form'] | undefined; readonly q: number } => {
  const [name = '', ...parameters] = range.split(';').map((it) => it.trim().toLowerCase());
  const written = parameters.find((it) => it.startsWith('q='))?.slice(2);
  const q = written === undefined ? 1 : Number(written);
  return { form: Object.hasOwn(FORMS, name) ? FORMS[name] : undefined, q: Number.isFinite(q) ? q : 0 };
};
