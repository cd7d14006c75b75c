import { MAX_COUNT } from '../search/request/shape.ts';

/** One parameter that shapes an answer or says how it is written. */
export interface ResultParameter {
  readonly type: 'string' | 'number' | 'token' | 'special';
  readonly documentation: string;
  /** The values it may have, where they can be listed. */
  readonly values?: readonly string[];
  /** True where giving it again adds to it. */
  readonly repeats?: true;
}

/** The parameters that every search takes beside those of its type. */
export const RESULT_PARAMETERS: Readonly<Record<string, ResultParameter>> = {
  _sort: {
    type: 'string',
    documentation:
      'Parameters of the type to sort by, separated by commas, each with a minus sign for descending or none.',
  },
  _count: {
    type: 'number',
    documentation: `How many matches a page holds, from 0 to ${MAX_COUNT}; all where it is left out.`,
  },
  _include: {
    type: 'special',
    documentation:
      'Adds what the matches refer to: `Type:parameter`, `Type:parameter:TargetType`, `Type:*` or `*`. `:iterate` follows what it adds.',
    repeats: true,
  },
  _revinclude: {
    type: 'special',
    documentation:
      'Adds what refers to the matches; `Provenance:target` adds how each source’s entries got here. `:iterate` follows what it adds.',
    repeats: true,
  },
  _summary: {
    type: 'token',
    documentation: 'Shortens the answer.',
    values: ['true', 'text', 'data', 'count', 'false'],
  },
  _elements: {
    type: 'string',
    documentation: 'Names of the elements that are wanted, separated by commas.',
    repeats: true,
  },
  _total: {
    type: 'token',
    documentation: 'Whether the total is wanted; it is always accurate.',
    values: ['none', 'estimate', 'accurate'],
  },
  _contained: { type: 'token', documentation: 'Contained resources are not searched.', values: ['false'] },
  _has: {
    type: 'special',
    documentation: 'Matches what another resource refers to: `_has:Type:reference:parameter=value`.',
    repeats: true,
  },
};

/** The parameters about the form of an answer, which every address takes. */
export const FORMAT_PARAMETERS: Readonly<Record<string, ResultParameter>> = {
  _format: {
    type: 'token',
    documentation: 'The form of the answer; it wins over `Accept`.',
    values: ['json', 'xml', 'application/fhir+json', 'application/fhir+xml'],
  },
  _pretty: { type: 'token', documentation: 'Whether the answer is set out for reading.', values: ['true', 'false'] },
};
