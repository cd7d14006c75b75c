import { createHash } from 'node:crypto';
import {
  type BundleEntry,
  DATA_ABSENT_REASON,
  extensionOf,
  type FhirResource,
  ourExtension,
  type Provenance,
  SYSTEM,
  ukCoreProfile,
} from '../fhir/index.ts';
import { isHidden, type Person } from '../identity/person.ts';
import { sourceUri } from '../mapping/release.ts';
import type { Contribution } from './contribution.ts';

export interface Assembler {
  readonly ods: string;
  readonly name: string;
}

/** One Provenance per source that has entries among those given. */
export const provenancesOf = (
  contributions: readonly Contribution[],
  entries: readonly FhirResource[],
  how: { readonly facade: Assembler; readonly person: Person },
): readonly BundleEntry[] =>
  contributions.flatMap((it) => {
    const own = entries.filter(
      (entry) =>
        entry.meta?.tag?.some(({ system, code }) => system === SYSTEM.source && code === it.source.id) === true ||
        isCopyIn(entry, it.source.id),
    );
    return own.length > 0 ? [provenanceOf(it, own, how)] : [];
  });

/** True where an entry stands for an exact copy that another source sent. */
const isCopyIn = (entry: FhirResource, source: string): boolean =>
  extensionOf(entry, ourExtension('merge-link'))?.extension?.some(
    (it) => it.url === 'copy' && it.valueCode === source,
  ) === true;

/**
 * How one source's entries got here: one Provenance per fetch, the facade as assembler and the source's organisation as
 * custodian. A source that already speaks R4 is quoted, another is derived from.
 */
const provenanceOf = (
  { source, fetchedAt = 0 }: Contribution,
  targets: readonly FhirResource[],
  { facade, person }: { readonly facade: Assembler; readonly person: Person },
): BundleEntry => {
  const when = new Date(fetchedAt).toISOString();
  const resource: Provenance = {
    resourceType: 'Provenance',
    meta: {
      profile: [ukCoreProfile('Provenance')],
      source: sourceUri(source.id),
      tag: [{ system: SYSTEM.source, code: source.id }],
    },
    target: targets.map((it) => ({ reference: `${it.resourceType}/${it.id ?? ''}` })),
    recorded: when,
    agent: [
      { type: agentType('assembler'), who: organisation(facade) },
      { type: agentType('custodian'), who: isHidden(person) ? HIDDEN : organisation(source.organisation) },
    ],
    entity: [
      {
        role: source.capabilities.lineage,
        what: { identifier: { system: 'urn:ietf:rfc:3986', value: sourceUri(source.id) }, display: source.title },
      },
    ],
  };
  return {
    fullUrl: `urn:uuid:${uuidOf(`${source.id} ${person.nhsNumber} ${when}`)}`,
    resource,
    search: { mode: 'include' },
  };
};

const agentType = (code: string): NonNullable<Provenance['agent'][number]['type']> => ({
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code }],
});

const organisation = ({ ods, name }: Assembler): Provenance['agent'][number]['who'] => ({
  type: 'Organization',
  identifier: { system: SYSTEM.odsOrganisation, value: ods },
  display: name,
});

/** Which hospital holds a record tells where its patient goes. */
const HIDDEN: Provenance['agent'][number]['who'] = {
  type: 'Organization',
  extension: [{ url: DATA_ABSENT_REASON, valueCode: 'masked' }],
};

/** The UUID of what has no id of its own, made from what it is: the same thing has the same one. */
export const uuidOf = (name: string): string => {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
