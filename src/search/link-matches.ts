import { type Call, inSlices } from '../adapter/index.ts';
import {
  type BundleEntry,
  type FhirResource,
  isObject,
  type Json,
  type NhsNumber,
  type OperationOutcomeIssue,
} from '../fhir/index.ts';
import type { Sealer } from '../fhir/sealed-id.ts';
import { allergyIssues } from '../link/allergies.ts';
import { bearingOn } from '../link/bearing.ts';
import { collapse } from '../link/collapse.ts';
import { linkInSteps } from '../link/link.ts';
import { type LinkRecord, recordKey } from '../link/record.ts';
import { show, withCopies } from '../link/render.ts';
import { codesIn, type Known, type Terminology } from '../link/terminology.ts';
import { type Contribution, isComplete } from './contribution.ts';
import type { Held } from './held.ts';
import type { MergeMode } from './request/merge-mode.ts';
import type { Assembler } from './provenance.ts';
import { sealedIn } from './sealed.ts';

/** Matches of which a page is taken, and then its links. */
export interface Matched {
  readonly matches: readonly Held[];
  readonly linksOf: (page: readonly Held[]) => Promise<ShownLinks>;
}

/** The links of a page. Every match that went in comes out: as a match, beside one, or as a recorded copy. */
export interface ShownLinks {
  readonly merge: MergeMode;
  /** What stands behind the matches of the page. */
  readonly beside: readonly Held[];
  readonly label: (held: Held, resource: FhirResource) => FhirResource;
  /** Made when they are shown: not every answer shows them. */
  readonly linkages: () => readonly BundleEntry[];
  readonly issues: readonly OperationOutcomeIssue[];
  /** False where linking went without something that may be there the next time. */
  readonly isWhole: boolean;
}

export interface LinkDeps {
  readonly sealer: Sealer;
  readonly facade: Assembler;
  readonly terminology: Terminology;
}

export interface LinkQuestion {
  readonly patient: NhsNumber;
  readonly merge: MergeMode;
  /** All that came, for what records refer to. */
  readonly contributions: readonly Contribution[];
}

/** Matches as they came, without links. */
const unlinked = (matches: readonly Held[], issues: readonly OperationOutcomeIssue[] = []): Matched => ({
  matches,
  linksOf: () =>
    Promise.resolve({
      merge: 'none',
      beside: [],
      label: (_, resource) => resource,
      linkages: () => [],
      issues,
      isWhole: issues.length === 0,
    }),
});

/**
 * Links the matches of a search: all that bear on a page, whether they are on it or not, so that pages agree. Linking adds;
 * where it fails, or would lose a record, the answer goes without it and says so.
 */
export const linkMatches = async (
  matches: readonly Held[],
  question: LinkQuestion,
  { deps, call }: { readonly deps: LinkDeps; readonly call: Call },
): Promise<Matched> => {
  const { merge } = question;
  if (merge === 'none') return unlinked(matches);
  const known = await deps.terminology(() => codesIn(matches.map(({ local }) => asJson(local.resource))), call);
  const linked = (some: readonly Held[]): Promise<Matched> => linkAll(some, question, { deps, known });
  // What stands behind what decides which matches there are; beside them links are for those that are shown.
  if (merge === 'collapse') return linked(matches);
  const types = matches.map(({ local }) => local.type);
  return {
    matches,
    linksOf: async (page) => {
      const bears = bearingOn(
        page.map(({ local }) => local.type),
        types,
      );
      const { linksOf } = await linked(matches.filter(({ local }) => bears(local.type)));
      return linksOf(page);
    },
  };
};

const linkAll = async (
  matches: readonly Held[],
  { patient, merge, contributions }: LinkQuestion,
  { deps, known: { terms, outage } }: { readonly deps: LinkDeps; readonly known: Known },
): Promise<Matched> => {
  try {
    const follow = createFollow(contributions);
    const rank = new Map(contributions.map((it, at) => [it.source.id, at]));
    const records = new Map(
      matches.map((it) => [it, toRecord(it, { patient, rank: rank.get(it.source) ?? 0, follow })]),
    );
    const linked = await inSlices(linkInSteps([...records.values()], terms));
    const sealed = sealedIn(contributions, patient, deps.sealer);
    const idOf = ({ source, type, id }: LinkRecord) => `${type}/${sealed({ source, type, localId: id })}`;
    const shown = show(linked, {
      sealer: deps.sealer,
      author: deps.facade,
      snapshot: terms.snapshot,
      referenceOf: idOf,
    });
    const recordOf = (held: Held): LinkRecord => records.get(held) as LinkRecord;
    const { behind, copies } = merge === 'collapse' ? collapse(linked) : NOTHING_BEHIND;
    const byKey = new Map(matches.map((it) => [recordKey(recordOf(it)), it]));
    const sourcesOfCopies = new Map<string, string[]>();
    for (const [key, first] of copies) {
      const source = byKey.get(key)?.source ?? '';
      sourcesOfCopies.set(first.key, [...(sourcesOfCopies.get(first.key) ?? []), source]);
    }
    const isFirst = (held: Held): boolean => !behind.has(recordKey(recordOf(held)));
    const followers = new Map<string, Held[]>();
    for (const held of matches) {
      const key = recordKey(recordOf(held));
      if (isFirst(held) || copies.has(key)) continue;
      const root = rootOf(behind, key);
      followers.set(root, [...(followers.get(root) ?? []), held]);
    }
    const firsts = matches.filter(isFirst);
    const homes = firsts.length + [...followers.values()].flat().length + copies.size;
    if (homes !== matches.length) return unlinked(matches, [NOT_CONSERVED]);
    return {
      matches: firsts,
      linksOf: (page) => {
        const beside = page.flatMap((it) => {
          const record = records.get(it);
          return (record && followers.get(recordKey(record))) ?? [];
        });
        return Promise.resolve({
          merge,
          beside,
          label: (held, resource) => {
            const record = records.get(held);
            if (!record) return resource;
            return withCopies(shown.label(record, resource), sourcesOfCopies.get(recordKey(record)));
          },
          linkages: () => shown.linkagesOf([...page, ...beside].flatMap((it) => records.get(it) ?? [])),
          issues: [...(outage === undefined ? [] : [OUTAGES[outage]]), ...(linked.crowded ? [CROWDED] : [])],
          isWhole: outage === undefined,
        });
      },
    };
  } catch {
    return unlinked(matches, [NOT_LINKED]);
  }
};

const NOTHING_BEHIND = { behind: new Map<string, string>(), copies: new Map<string, never>() } as const;

const rootOf = (behind: ReadonlyMap<string, string>, key: string): string => {
  let root = key;
  for (let next = behind.get(root); next !== undefined; next = behind.get(root)) root = next;
  return root;
};

/** What the account says of the patient's allergies as a whole; only where all of them were asked for. */
export const allergyNotes = (
  contributions: readonly Contribution[],
  patient: NhsNumber,
): readonly OperationOutcomeIssue[] => {
  const follow = createFollow(contributions);
  const records = contributions.flatMap(({ source, patientIds, resources }, rank) =>
    resources.map((local) => toRecord({ source: source.id, patientIds, local }, { patient, rank, follow })),
  );
  return allergyIssues(records, contributions.every(isComplete));
};

const asJson = (resource: FhirResource): Json => resource as unknown as Json;

interface Recording {
  readonly patient: NhsNumber;
  readonly rank: number;
  readonly follow: (source: string, reference: unknown) => Json | undefined;
}

/** The gate has let through only what is the patient's. */
const toRecord = ({ source, local }: Held, { patient, rank, follow }: Recording): LinkRecord => ({
  source,
  rank,
  person: patient,
  type: local.type,
  id: local.localId,
  resource: asJson(local.resource),
  follow: (reference) => follow(source, reference) ?? contained(asJson(local.resource), reference),
});

const contained = (host: Json, reference: unknown): Json | undefined => {
  const literal = isObject(reference) ? reference['reference'] : undefined;
  const inside = host['contained'];
  if (typeof literal !== 'string' || !literal.startsWith('#') || !Array.isArray(inside)) return undefined;
  return inside.filter(isObject).find((it) => it['id'] === literal.slice(1));
};

/** Looks among what came; what did not come is not read for the sake of a link. */
const createFollow = (contributions: readonly Contribution[]): Recording['follow'] => {
  let index: ReadonlyMap<string, Json> | undefined;
  return (source, reference) => {
    const literal = isObject(reference) ? reference['reference'] : undefined;
    if (typeof literal !== 'string') return undefined;
    index ??= new Map(
      contributions.flatMap((it) =>
        it.siblings.map(({ type, localId, resource }) => [`${it.source.id} ${type}/${localId}`, asJson(resource)]),
      ),
    );
    return index.get(`${source} ${literal.replace(/\/_history\/.*$/, '')}`);
  };
};

const note = (text: string): OperationOutcomeIssue => ({
  severity: 'warning',
  code: 'incomplete',
  details: { text },
  diagnostics: 'linking',
});

const OUTAGES = {
  partial: note(
    'The terminology service was asked about some codes only: records may be the same without being linked.',
  ),
  unavailable: note(
    'The terminology service did not answer: records may be the same without being linked. No entry is missing.',
  ),
} as const;
const CROWDED = note(
  'So many entries are alike that not all pairs of them were compared: some may be related without being linked.',
);
const NOT_LINKED = note('Linking failed; the entries are as their sources sent them, without links.');
const NOT_CONSERVED = note('Collapsing would have lost an entry; all are shown, without links.');
