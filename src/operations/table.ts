import { BASE, type ResourceType } from '../fhir/index.ts';

/** A parameter of an operation, in the words of an OperationDefinition. */
export interface OperationParameter {
  readonly name: string;
  readonly type: 'date' | 'instant' | 'code' | 'integer';
  readonly min: 0 | 1;
  readonly max: '1' | '*';
  readonly doc: string;
}

export type OperationName = 'everything' | 'summary' | 'explain';

/** One operation: what routes, `/metadata`, its definition and the checks of a request are made from. */
export interface Operation {
  /** What stands behind the dollar sign. */
  readonly name: OperationName;
  readonly title: string;
  readonly doc: string;
  /** The canonical of its definition; one of ours is served. */
  readonly definition: string;
  /** Where it stands: `type`: `Type/$name`; `instance`: `Type/id/$name`. */
  readonly level: 'type' | 'instance';
  /** `searched`: every type that at least one source searches. */
  readonly types: readonly ResourceType[] | 'searched';
  readonly methods: readonly ('GET' | 'POST')[];
  /** `search`: those of a search for the type. */
  readonly parameters: readonly OperationParameter[] | 'search';
  /** A Bundle of one of these types, or Parameters. */
  readonly returns: 'searchset' | 'document' | 'Parameters';
}

/** Every operation that is served. */
export const OPERATIONS: readonly Operation[] = [
  {
    name: 'everything',
    title: 'The whole record',
    doc: "All that the sources hold of one patient, in one searchset: every match of every type's search, what those refer to, and the account of each source.",
    definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything',
    level: 'instance',
    types: ['Patient'],
    methods: ['GET', 'POST'],
    parameters: [
      {
        name: 'start',
        type: 'date',
        min: 0,
        max: '1',
        doc: 'The first day of the care that is asked for, by the clinical date of each type. What has no such date is always in.',
      },
      { name: 'end', type: 'date', min: 0, max: '1', doc: 'The last day of it.' },
      {
        name: '_since',
        type: 'instant',
        min: 0,
        max: '1',
        doc: 'Only what was updated at its source after this. Entries of which the source does not say when are passed over, and counted in the ledger.',
      },
      {
        name: '_type',
        type: 'code',
        min: 0,
        max: '*',
        doc: 'The resource types that are wanted, separated by commas or repeated; all where left out.',
      },
      { name: '_count', type: 'integer', min: 0, max: '1', doc: 'How many matches a page holds; all where left out.' },
    ],
    returns: 'searchset',
  },
  {
    name: 'summary',
    title: 'The patient summary',
    doc: 'An International Patient Summary as a document of UK Core resources: each section says what it holds, or why it holds nothing, and the account of each source stands last.',
    definition: 'http://hl7.org/fhir/uv/ips/OperationDefinition/summary',
    level: 'instance',
    types: ['Patient'],
    methods: ['GET', 'POST'],
    parameters: [],
    returns: 'document',
  },
  {
    name: 'explain',
    title: 'What a search would do',
    doc: 'The plan of a search with the same parameters, of which nothing is carried out: per source what is pushed to it and what is left to the facade, why it is not asked, the requests that it would get, its time and its circuit. Tokens and lookups of the patient are really asked for where they are not remembered.',
    definition: `${BASE}/OperationDefinition/explain`,
    level: 'type',
    types: 'searched',
    methods: ['GET', 'POST'],
    parameters: 'search',
    returns: 'Parameters',
  },
];
