import { createHash } from 'node:crypto';
import {
  type BundleEntry,
  type Coding,
  type Extension,
  type FhirResource,
  type Meta,
  ourExtension,
  SYSTEM,
} from '../fhir/index.ts';
import type { Sealer } from '../fhir/sealed-id.ts';
import type { Conflict, Link, Linked } from './links.ts';
import { POLICY_VERSION } from './policy.ts';
import { ranked } from './rank.ts';
import { type LinkRecord, recordKey } from './record.ts';

export interface Rendering {
  readonly sealer: Pick<Sealer, 'fingerprint'>;
  /** The organisation that states the links. */
  readonly author: { readonly ods: string; readonly name: string };
  /** The terminology that they rest on. */
  readonly snapshot: string;
  /** The reference of a record as it leaves: `Condition/<logical id>`. */
  readonly referenceOf: (record: LinkRecord) => string;
}

/** The links of an answer, ready to be shown. */
export interface Shown {
  /** A released resource with its labels: its group as tags, its links as extensions. Nothing else changes. */
  readonly label: (record: LinkRecord, resource: FhirResource) => FhirResource;
  /** The Linkages that hold any of some records. */
  readonly linkagesOf: (records: readonly LinkRecord[]) => readonly BundleEntry[];
}

/** Shows links beside the records they join. No record is changed, moved or left out by it. */
export const show = ({ groups, pairs }: Linked, how: Rendering): Shown => {
  const all = [...groups, ...pairs];
  const byRecord = new Map<string, Link[]>();
  for (const it of all)
    for (const { key } of it.members) {
      const known = byRecord.get(key);
      if (known) known.push(it);
      else byRecord.set(key, [it]);
    }
  const groupIds = new Map<Link, string>();
  const isGroup = new Set(groups);
  const groupOf = (it: Link): string | undefined => {
    if (!isGroup.has(it)) return undefined;
    let id = groupIds.get(it);
    if (id === undefined) groupIds.set(it, (id = how.sealer.fingerprint('link group', it.key)));
    return id;
  };
  const ranks = new Map<Link, ReadonlyMap<string, number>>();
  const rankIn = (it: Link, key: string): number => {
    let order = ranks.get(it);
    if (!order) ranks.set(it, (order = new Map(ranked(it).map((member, at) => [member.key, at + 1]))));
    return order.get(key) ?? 0;
  };
  return {
    label: (record, resource) => {
      const key = recordKey(record);
      const own = byRecord.get(key);
      if (!own) return resource;
      const labels = own.map((it): Label => {
        const group = groupOf(it);
        return { of: it, group, key, rank: group === undefined ? 0 : rankIn(it, key), how };
      });
      return labelled(resource, labels);
    },
    linkagesOf: (records) => {
      const wanted = new Set(records.flatMap((it) => byRecord.get(recordKey(it)) ?? []));
      return all.filter((it) => wanted.has(it)).map((it) => linkage(it, groupOf(it), how));
    },
  };
};

/** A resource that stands for exact copies in other sources, which it names. */
export const withCopies = (resource: FhirResource, sources: readonly string[] | undefined): FhirResource => {
  if (sources === undefined) return resource;
  const { extension = [], ...rest } = resource as FhirResource & { readonly extension?: Extension[] };
  const at = extension.findIndex((it) => it.url === ourExtension('merge-link'));
  const copies = sources.map((it) => ({ url: 'copy', valueCode: it }));
  return {
    ...rest,
    extension: extension.map((it, index) =>
      index === at ? { ...it, extension: [...(it.extension ?? []), ...copies] } : it,
    ),
  } as FhirResource;
};

interface Label {
  readonly of: Link;
  readonly group: string | undefined;
  readonly key: string;
  /** 0 where the link has no order. */
  readonly rank: number;
  readonly how: Rendering;
}

const labelled = (resource: FhirResource, labels: readonly Label[]): FhirResource => {
  const { meta, extension, ...rest } = resource as FhirResource & { readonly extension?: Extension[] };
  const tag = labels.flatMap(({ group }): Coding[] =>
    group === undefined ? [] : [{ system: SYSTEM.linkGroup, code: group }],
  );
  return {
    ...rest,
    meta: tag.length > 0 ? { ...meta, tag: [...(meta?.tag ?? []), ...tag] } : meta,
    extension: [...(extension ?? []), ...labels.map(mergeLink)],
  } as FhirResource;
};

/** A pair names the other record; the members of a group are found by its tag, and in its Linkage. */
const mergeLink = ({ of, group, key, rank, how }: Label): Extension => {
  const others = group === undefined ? of.members.filter((it) => it.key !== key) : [];
  return {
    url: ourExtension('merge-link'),
    extension: [
      ...(group === undefined ? [] : [{ url: 'group', valueCode: group }]),
      { url: 'tier', valueCode: of.tier },
      { url: 'relation', valueCode: of.relation },
      { url: 'rule', valueString: of.rule },
      ...of.reasons.map((it) => ({ url: 'reason', valueString: it })),
      ...others.map((it) => ({ url: 'other', valueReference: { reference: how.referenceOf(it.record) } })),
      ...(rank > 0 ? [{ url: 'rank', valuePositiveInt: rank }] : []),
    ],
  };
};

/** Every item is an alternate: none of them is the truth. */
const linkage = (of: Link, group: string | undefined, { author, snapshot, referenceOf }: Rendering): BundleEntry => {
  const security = securityOf(of);
  const resource = {
    resourceType: 'Linkage' as const,
    meta: {
      ...(security.length > 0 && { security }),
      ...(group !== undefined && { tag: [{ system: SYSTEM.linkGroup, code: group }] }),
    },
    extension: [
      {
        url: ourExtension('merge-evidence'),
        extension: [
          ...(group === undefined ? [] : [{ url: 'group', valueCode: group }]),
          { url: 'tier', valueCode: of.tier },
          { url: 'relation', valueCode: of.relation },
          { url: 'rule', valueString: of.rule },
          { url: 'policy', valueString: POLICY_VERSION },
          { url: 'terminology', valueString: snapshot },
          ...of.reasons.map((it) => ({ url: 'reason', valueString: it })),
          ...of.conflicts.map(conflictOf),
        ],
      },
    ],
    active: true,
    author: {
      type: 'Organization',
      identifier: { system: SYSTEM.odsOrganisation, value: author.ods },
      display: author.name,
    },
    item: of.members.map((it) => ({
      type: 'alternate' as const,
      resource: { reference: referenceOf(it.record) },
    })),
  };
  const { meta, ...rest } = resource;
  return {
    fullUrl: `urn:uuid:${uuidOf([of.rule, ...resource.item.map((it) => it.resource.reference)].join(' '))}`,
    resource: Object.keys(meta).length > 0 ? resource : rest,
    search: { mode: 'include' },
  };
};

const conflictOf = ({ path, values }: Conflict): Extension => ({
  url: 'conflict',
  extension: [
    { url: 'path', valueString: path },
    ...values.map((it) => ({ url: 'value', valueString: `${it.source}=${it.value}` })),
  ],
});

/** What any member is marked with, the link between them is too. */
const securityOf = ({ members }: Link): readonly Coding[] => {
  const all = members.flatMap(({ record }) => (record.resource['meta'] as Meta | undefined)?.security ?? []);
  return [...new Map(all.map((it) => [`${it.system ?? ''}|${it.code ?? ''}`, it])).values()];
};

const uuidOf = (name: string): string => {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
