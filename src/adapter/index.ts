/**
 * The adapter contract: everything an integrator may know, and nothing else.
 * An adapter is a kind of system (code); a source is one configured endpoint of that kind (config).
 */
import type { FhirResource, NhsNumber, OperationOutcomeIssue, ResourceType } from '../fhir/index.ts';
import type { Fields, Settings } from './fields.ts';
import type { Call, Tools } from './tools.ts';

export * from './fields.ts';
export * from './errors.ts';
export { MAX_AHEAD } from './ahead.ts';
export { atOnce, inSlices } from './in-slices.ts';
export { turn } from './turn.ts';
export { readJson } from './json.ts';
export { lazyRecord } from './lazy-record.ts';
export { createSingleFlight } from './single-flight.ts';
export { basicProof, type ClientProof, createTokens, type TokenRequest, type Tokens, underToken } from './tokens.ts';
export type * from './tools.ts';
export type { Simulator, SimulatorData } from './simulator.ts';

/** What an adapter folder exports as `default`; {@link defineAdapter} makes one. */
export interface AdapterDefinition<F extends Fields = Fields, Body = unknown> {
  /** Equals the name of its folder. */
  readonly name: string;
  /** What a source of this kind is configured with. */
  readonly settings: F;
  /** Pure: the planner and /metadata never call a source. */
  readonly capabilities: (settings: Settings<F>) => Capabilities;
  /** Pure: cuts one raw answer, parsed from JSON, into records. Used on live answers and by `pcr map` on files. */
  readonly split: (answer: unknown) => Answer<Body>;
  /** Pure: one source record to UK Core resources. */
  readonly map: Mapping<Body>;
  /** The published list of values that the mapping leaves out on purpose; whatever else is lost is a fault. */
  readonly notCarried?: readonly ValueRule[];
  /** The published list of values that the mapping adds, by their R4 paths; whatever else has no source is a fault. */
  readonly added?: readonly ValueRule[];
  readonly connect: (settings: Settings<F>, tools: Tools) => Source<Body>;
}

/** One configured endpoint. A method exists exactly where a capability says so. */
export interface Source<Body = unknown> {
  readonly search?: (query: SourceQuery, call: Call) => Promise<Page<Body>>;
  /** One record by the source's own id, with what its mapping and the gate need beside it; undefined where there is none. */
  readonly read?: (query: ReadQuery, call: Call) => Promise<Page<Body> | undefined>;
  /**
   * Whose an NHS number is, as an identity source has it.
   * @throws SourceError `not-known-here` where it knows no such number.
   */
  readonly trace?: (nhsNumber: NhsNumber, call: Call) => Promise<Trace<Body>>;
  /** Resolves when the source can serve; throws a SourceError otherwise. */
  readonly health: (call: Call) => Promise<void>;
  readonly close?: () => Promise<void>;
}

export interface Capabilities {
  /** `record`: one call answers for the whole patient. `type`: one search per resource type. */
  readonly scope: 'record' | 'type';
  readonly types: { readonly [T in ResourceType]?: Capability };
  /** How the facade's answers relate to the source's own: handed on as they were, or mapped from another dialect. */
  readonly lineage: 'quotation' | 'derivation';
  /** It traces NHS numbers: a config may name it as its identity source. */
  readonly traces?: true;
  /**
   * It must not be asked about a patient whose whereabouts are restricted, or while that is not known: it waits for the
   * trace, where there is an identity source.
   */
  readonly waitsForTrace?: true;
}

export interface Capability {
  /** Search parameters by code; one left out is filtered by the facade. */
  readonly search?: Readonly<Record<string, Pushdown>>;
  readonly read?: true;
}

/** `superset`: the source narrows and the facade checks again. */
export type Pushdown = 'exact' | 'superset';

/** What an identity source says of an NHS number. */
export type Trace<Body = unknown> =
  | { readonly outcome: 'invalidated' }
  | {
      readonly outcome: 'found';
      /** The number that the person has now: another than the one asked about where that was superseded. */
      readonly nhsNumber: NhsNumber;
      /** Of anything but `unrestricted` nobody may learn from us where the person is to be found. */
      readonly restriction: Restriction;
      /** The person's demographics: mapped and judged like any answer; a death is part of them. */
      readonly demographics: Answer<Body>;
    };

export type Restriction = 'unrestricted' | 'restricted' | 'very-restricted';

/** What a source is asked: never without bounds, always about one patient. */
export interface SourceQuery {
  readonly patient: NhsNumber;
  readonly types: readonly ResourceType[];
  /** The filters of the request that this source's capability lets through. */
  readonly filters: readonly Filter[];
  /** How many records a page should hold. */
  readonly count: number;
  /** What the last page gave as `next`. */
  readonly cursor?: string;
}

/** What a source is asked for one record: an id alone could be anybody's, so the patient is always named. */
export interface ReadQuery {
  readonly type: ResourceType;
  readonly id: string;
  readonly patient: NhsNumber;
}

/** One search parameter as it was given: `code=a,b` has two values, any of which may match. */
export interface Filter {
  readonly code: string;
  readonly modifier?: string;
  readonly values: readonly string[];
}

export interface SourceRecord<Body = unknown> {
  /** The R4 types that mapping this record can yield; records that cannot yield a wanted type are not mapped. */
  readonly types: readonly ResourceType[];
  /** The source's own name for this kind of record: `ReferralRequest`, `contacts`. */
  readonly kind: string;
  /** The source's own id, any string. One without gets `contentId` of its content. */
  readonly id: string;
  /** The NHS number that the record itself names as its patient's, if it does: judged even where the record is not mapped. */
  readonly nhsNumber?: string;
  /** It may be parsed only when it is looked at: {@link lazyRecord}. */
  readonly body: Body;
}

/** What one raw answer holds. */
export interface Answer<Body = unknown> {
  readonly records: readonly SourceRecord<Body>[];
  /** What the source itself said is missing or to be told to the user. */
  readonly warnings?: readonly SourceWarning[];
  /** Parts of the answer that are no records: named in issues, never dropped silently. */
  readonly issues?: readonly OperationOutcomeIssue[];
}

/** One page of a source's answer. */
export interface Page<Body = unknown> extends Answer<Body> {
  readonly next?: string;
  /**
   * The cursors that it expects after `next`, in their order, where links can be foretold; the first {@link MAX_AHEAD} are
   * enough. They are asked for beside `next`, and used only where a page's own `next` leads to them: a wrong guess is let go.
   */
  readonly ahead?: readonly string[];
  /** No record comes on two pages of one answer: where one does, they are not the pages that were asked for. */
  readonly distinct?: true;
  /** The local ids by which this source names the patient who was asked for, where the page holds no Patient. */
  readonly patientIds?: readonly string[];
}

/** A warning that came with an answer, carried to the caller word for word. */
export interface SourceWarning {
  readonly system?: string;
  readonly code: string;
  readonly display?: string;
  readonly text?: string;
  /** Entries are missing: held back on purpose, or for another reason. Left out where the warning says no such thing. */
  readonly effect?: 'withheld' | 'incomplete';
  /** The types whose entries may be missing because of it; none given means all. */
  readonly types?: readonly ResourceType[];
}

/** Pure: no I/O, clock, chance or packages. It may throw; the record then becomes an issue and the rest is mapped. */
export type Mapping<Body = unknown> = (record: SourceRecord<Body>, context: MappingContext<Body>) => Mapped;

/** The other records of the same answer: problem headers, plans and Lists are understood through them. */
export interface MappingContext<Body = unknown> {
  readonly find: (kind: string, id: string) => SourceRecord<Body> | undefined;
  readonly all: (kind: string) => readonly SourceRecord<Body>[];
  /** An index over the answer that a mapping builds once and shares between its records. */
  readonly memo: <T>(name: string, build: () => T) => T;
}

/** Values that are left out or added on purpose, and why. */
export interface ValueRule {
  /** Their paths without indexes, from the record's kind: `MedicationStatement.taken`; `*` is one segment, `**` any number. */
  readonly path: string | readonly string[];
  /** The values it concerns; all where left out. */
  readonly value?: RegExp;
  readonly why: string;
}

export interface Mapped {
  readonly resources: readonly MappedResource[];
  readonly issues?: readonly OperationOutcomeIssue[];
}

/**
 * One resource with the source's own id. Its references name others of the same source as `Type/localId`, in R4 type
 * names; the facade rewrites them. A reference that the answer does not resolve is left out by the mapping of a `record`
 * source (its display or identifier stays); of a `type` source the facade decides, by what it can read there.
 */
export interface MappedResource {
  readonly localId: string;
  readonly resource: FhirResource;
}

/** Makes an adapter: types its parts against each other. */
export const defineAdapter = <F extends Fields, Body>(
  definition: AdapterDefinition<F, Body>,
): AdapterDefinition<F, Body> => definition;
