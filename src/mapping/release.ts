import {
  DATA_ABSENT_REASON,
  type FhirResource,
  isObject,
  isResourceType,
  type Json,
  type Meta,
  type NhsNumber,
  type ResourceType,
  SYSTEM,
  ukCoreProfileOf,
} from '../fhir/index.ts';
import type { PatientKey, Sealer } from '../fhir/sealed-id.ts';
import type { LocalResource } from './map-answer.ts';

/** What leaving a source's world needs. */
export interface Releasing {
  readonly sealer: Pick<Sealer, 'seal'>;
  readonly source: string;
  readonly patient: PatientKey;
  /** The patient's number of today, where the source knows them by an older one. */
  readonly current?: NhsNumber;
  /** How the source names the patient; such references become the federated Patient's. */
  readonly patientIds: ReadonlySet<string>;
  /** True where a local reference of this type can be followed through the facade. */
  readonly canRead: (type: ResourceType, localId: string) => boolean;
}

/** `meta.source` of everything that came from a source. */
export const sourceUri = (source: string): string => `urn:pcr:source:${source}`;

/**
 * Makes the step out of a source's world: a sealed id, references rewritten to logical ids, and the stamp of origin.
 * A reference that cannot be followed keeps its identifier or display and loses the local id. Nothing is copied but the
 * path to what changes.
 */
export const createRelease = (deps: Releasing): ((local: LocalResource) => FhirResource) => {
  const sealed = new Map<string, string>();
  const { sealer, source, patient } = deps;
  const idOf = (type: string, localId: string): string => {
    const key = `${type}/${localId}`;
    let id = sealed.get(key);
    if (id === undefined) sealed.set(key, (id = sealer.seal(type, { source, patient, localId })));
    return id;
  };
  return ({ type, localId, resource }) => {
    const { resourceType, id: _, meta, ...rest } = resource as unknown as Json;
    return {
      resourceType,
      id: idOf(type, localId),
      meta: stamp(type, source, meta as Meta | undefined),
      ...(rewrite(rest, (reference) => follow(reference, deps, idOf)) as Json),
    } as unknown as FhirResource;
  };
};

/** The meta of a released resource: what the source said of version, time and labels, and where it came from. */
export const stamp = (
  type: ResourceType,
  source: string,
  { lastUpdated, versionId, security, tag, extension }: Meta = {},
): Meta => {
  const profile = ukCoreProfileOf(type);
  return {
    ...(versionId !== undefined && { versionId }),
    ...(lastUpdated !== undefined && { lastUpdated }),
    source: sourceUri(source),
    ...(profile !== undefined && { profile: [profile] }),
    ...(security && { security }),
    tag: [...(tag ?? []), { system: SYSTEM.source, code: source }],
    ...(extension && { extension }),
  };
};

/** Rewrites every Reference in a tree; what holds none is handed back as it is. */
const rewrite = (node: unknown, change: (reference: Json) => Json): unknown => {
  if (Array.isArray(node)) {
    let copy: unknown[] | undefined;
    for (const [index, value] of node.entries()) {
      const next = rewrite(value, change);
      if (next !== value) (copy ??= [...(node as unknown[])])[index] = next;
    }
    return copy ?? node;
  }
  if (!isObject(node)) return node;
  if (typeof node['reference'] === 'string') return change(node);
  let copy: Record<string, unknown> | undefined;
  for (const key in node) {
    const value = node[key];
    if (typeof value !== 'object' || value === null) continue;
    const next = rewrite(value, change);
    if (next !== value) (copy ??= { ...node })[key] = next;
  }
  return copy ?? node;
};

const LOCAL = /^([A-Z][A-Za-z]+)\/([^/]+)(?:\/_history\/.*)?$/;

const follow = (
  given: Json,
  { patient, current, patientIds, canRead }: Releasing,
  idOf: (type: string, localId: string) => string,
): Json => {
  const reference = String(given['reference']);
  if (reference.startsWith('#')) return given;
  const [, type, localId = ''] = LOCAL.exec(reference) ?? [];
  if (type === 'Patient' && 'nhsNumber' in patient && patientIds.has(localId)) {
    return { ...given, reference: `Patient/${current ?? patient.nhsNumber}` };
  }
  if (isResourceType(type) && canRead(type, localId)) return { ...given, reference: `${type}/${idOf(type, localId)}` };
  const { reference: _, ...rest } = given;
  return 'identifier' in rest || 'display' in rest || 'extension' in rest
    ? rest
    : { ...rest, extension: [{ url: DATA_ABSENT_REASON, valueCode: 'unknown' }] };
};
