import type { AdapterDefinition, Answer, Mapping, MappingContext, SourceRecord } from '../adapter/index.ts';
import { type FhirResource, findingIssue, type OperationOutcomeIssue, type ResourceType } from '../fhir/index.ts';

/** A UK Core resource that still has its source's own id, and references to others as `Type/localId`. */
export interface LocalResource {
  readonly type: ResourceType;
  readonly localId: string;
  readonly resource: FhirResource;
}

export interface MappedAnswer {
  readonly resources: readonly LocalResource[];
  readonly issues: readonly OperationOutcomeIssue[];
  /** How many records could not be mapped: they are missing. */
  readonly unmapped: number;
}

/**
 * Maps the records of one answer, each on its own: a record that cannot be mapped becomes an issue and the rest goes on.
 * @param wanted the types to yield; records that can yield none of them are left unmapped. All where not given.
 */
export const mapAnswer = (
  { map }: Pick<AdapterDefinition, 'map'>,
  { records, issues = [] }: Answer,
  { source, wanted }: { readonly source: string; readonly wanted?: ReadonlySet<ResourceType> },
): MappedAnswer => {
  const context = createContext(records);
  const found: LocalResource[] = [];
  const byType = new Map<string, Map<string, LocalResource>>();
  const contents = new Map<LocalResource, string>();
  let unmapped = 0;
  // An answer is cut without knowing whose it is.
  const raised: OperationOutcomeIssue[] = issues.map((it) => ({
    ...it,
    diagnostics: `${source}: ${it.diagnostics ?? ''}`,
  }));

  for (const record of records) {
    if (wanted && !mayYield(record, wanted)) continue;
    const about = { source, kind: record.kind, id: record.id };
    try {
      const mapped = map(record, context);
      if (mapped.issues) raised.push(...mapped.issues.map((it) => named(it, about)));
      for (const { localId, resource } of mapped.resources) {
        const type = resource.resourceType;
        if (wanted && !wanted.has(type)) continue;
        keep({ type, localId, resource });
      }
    } catch {
      unmapped += 1;
      raised.push(findingIssue('unmapped-record', about));
    }
  }
  return { resources: found, issues: raised, unmapped };

  /** The same type and id twice: one record where the content is equal, both and an issue where it is not. */
  function keep(local: LocalResource): void {
    const { type, localId } = local;
    let known = byType.get(type);
    if (!known) byType.set(type, (known = new Map<string, LocalResource>()));
    if (!known.has(localId)) {
      known.set(localId, local);
      found.push(local);
      return;
    }
    let content: string | undefined;
    for (let copy = 1; ; copy++) {
      const taken = copy === 1 ? localId : `${localId}~${copy}`;
      const existing = known.get(taken);
      if (existing?.resource === local.resource) return;
      if (!existing) {
        const another = { ...local, localId: taken };
        known.set(taken, another);
        found.push(another);
        raised.push(findingIssue('conflict', { source, kind: type, id: localId }));
        return;
      }
      let before = contents.get(existing);
      if (before === undefined) contents.set(existing, (before = JSON.stringify(existing.resource)));
      if (before === (content ??= JSON.stringify(local.resource))) return;
    }
  }
};

/**
 * Maps the records of an answer a step each, for a mapping that remembers: whoever maps the answer then finds it done. What
 * cannot be mapped is left to them, who can say so.
 */
export function* mapAhead(
  { records, map }: Answer & { readonly map: Mapping },
  wanted: ReadonlySet<ResourceType>,
): Generator<undefined, undefined> {
  const context = createContext(records);
  for (const record of records) {
    if (!mayYield(record, wanted)) continue;
    try {
      map(record, context);
    } catch {
      // It will be told of when the answer is mapped.
    }
    yield;
  }
}

const mayYield = ({ types }: SourceRecord, wanted: ReadonlySet<ResourceType>): boolean =>
  types.some((it) => wanted.has(it));

/** What a mapping may look at besides its record. Kinds are indexed when they are first asked for: most never are. */
export const createContext = (records: readonly SourceRecord[]): MappingContext => {
  const memos = new Map<string, unknown>();
  const memo = <T>(name: string, build: () => T): T => {
    if (!memos.has(name)) memos.set(name, build());
    return memos.get(name) as T;
  };
  const kinds = Map.groupBy(records, (it) => it.kind);
  const all = (kind: string): readonly SourceRecord[] => kinds.get(kind) ?? [];
  const indexes = new Map<string, ReadonlyMap<string, SourceRecord>>();
  const indexOf = (kind: string): ReadonlyMap<string, SourceRecord> => {
    let index = indexes.get(kind);
    if (!index) indexes.set(kind, (index = firstById(all(kind))));
    return index;
  };
  return { find: (kind, id) => indexOf(kind).get(id), all, memo };
};

/** Records by their ids; of several with the same the first. */
const firstById = (records: readonly SourceRecord[]): ReadonlyMap<string, SourceRecord> => {
  const index = new Map<string, SourceRecord>();
  for (const record of records) if (!index.has(record.id)) index.set(record.id, record);
  return index;
};

/** An issue that a mapping raised, with the record it is about. */
const named = (
  issue: OperationOutcomeIssue,
  { source, kind, id }: { readonly source: string; readonly kind: string; readonly id: string },
): OperationOutcomeIssue => ({ ...issue, diagnostics: `${source}: ${kind}/${id}` });
