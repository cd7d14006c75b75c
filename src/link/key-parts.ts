import type { Facets } from './facets.ts';

/** The parts of exact keys: each is a text that two records share or do not; undefined where the record does not tell it. */
export const KEY_PARTS = {
  concept: ({ concept }: Facets) => (concept.nil === undefined ? concept.key : undefined),
  /** Only what states an allergy, or refutes one: that nothing is known is no agent. */
  positive: ({ concept }: Facets) => (concept.nil === undefined ? '' : undefined),
  /** Withdrawn records have no key. */
  stance: ({ stance }: Facets) => (stance === 'entered-in-error' ? undefined : stance),
  /** A side that is not told is told as such: it is not the same as any. */
  site: ({ site }: Facets) => `${site.side ?? '-'} ${site.place}`,
  day: ({ when }: Facets) => when?.day,
  'issued-minute': ({ issued }: Facets) => issued?.minute?.toString(),
  organisation: ({ ods }: Facets) => ods,
  dosage: ({ dosage }: Facets) => dosage,
  product: ({ concept, product }: Facets) =>
    concept.key ?? (product?.strength && product.form !== '' ? productText(product) : undefined),
  ingredient: ({ product }: Facets) => product?.ingredient || undefined,
  /** Of medicines that were taken, or meant to be. */
  taken: ({ stance }: Facets) => (stance === 'asserted' || stance === 'planned' ? '' : undefined),
  values: ({ value, parts }: Facets) =>
    parts ? [value?.key ?? '', ...parts.map((it) => it.key)].join('; ') : value?.key,
  accession: ({ accession }: Facets) => accession,
  specimen: ({ accession, when }: Facets) =>
    accession ?? (when?.minute === undefined ? undefined : `minute ${when.minute}`),
  content: ({ hash }: Facets) => hash,
} as const satisfies Readonly<Record<string, (facets: Facets) => string | undefined>>;

export type PartName = keyof typeof KEY_PARTS;

const productText = ({ ingredient, strength, form, release }: NonNullable<Facets['product']>): string =>
  `${ingredient} ${strength?.amount ?? ''} ${strength?.unit ?? ''} ${form} ${release}`;

/** The key of a record under a rule; undefined where a part of it is not told. */
export const keyBy = (parts: readonly PartName[], facets: Facets): string | undefined => {
  const told: string[] = [facets.record.person];
  for (const part of parts) {
    const value = KEY_PARTS[part](facets);
    if (value === undefined) return undefined;
    told.push(value);
  }
  return told.join('\u0001');
};
