import type { Concept } from './concept.ts';
import type { Facets } from './facets.ts';
import type { When } from './when.ts';

/**
 * Where a record waits to be compared, and where it looks: two records are compared where one looks in a place in which the
 * other waits. A record that tells less looks in more places, so that those that tell all are compared with few.
 */
export interface Places {
  readonly waits: readonly string[];
  readonly looks: readonly string[];
}

/** The places of a record. */
export const placesOf = (facets: Facets): Places => {
  const { waits, looks } = (BLOCKS[facets.family] ?? nowhere)(facets);
  const shared = facets.identifiers.map((it) => `id ${it.system}|${it.value}`);
  const scope = `${facets.record.person} ${facets.family} `;
  return {
    waits: [...waits, ...shared].map((it) => scope + it),
    looks: [...looks, ...shared].map((it) => scope + it),
  };
};

/** Places where all wait and look. */
const meeting = (places: readonly string[]): Places => ({ waits: places, looks: places });
const nowhere = (): Places => meeting([]);

/** Everything a concept may meet another by. */
const marksOf = ({ codes, mapped, wider, names, nil }: Concept): readonly string[] =>
  nil === undefined
    ? [
        ...codes,
        ...mapped,
        ...wider,
        ...names,
        ...new Set(names.flatMap((it) => (it.includes(' ') ? it.split(' ') : []))),
      ]
    : [];

const cross = (marks: readonly string[], places: readonly string[]): readonly string[] =>
  marks.flatMap((mark) => places.map((place) => `${mark} @${place}`));

/** Dates within a number of days meet in a stretch of that length or in the next; coarse ones look into whole months or years. */
const dated = (marks: readonly string[], when: When | undefined, days: number): Places => {
  if (when === undefined) return { waits: cross(marks, ['any', 'none']), looks: cross(marks, ['any']) };
  const { year, month, dayNumber } = when;
  const coarse = [`y${year}`, ...(month === undefined ? [] : [`m${month}`]), 'any'];
  if (dayNumber === undefined)
    return { waits: cross(marks, coarse), looks: cross(marks, [month === undefined ? `y${year}` : `m${month}`]) };
  const stretch = Math.floor(dayNumber / Math.max(1, days));
  return {
    waits: cross(marks, [...coarse, `d${stretch}`, `d${stretch + 1}`]),
    looks: cross(marks, [`d${stretch}`, `d${stretch + 1}`]),
  };
};

const BLOCKS: Readonly<Record<string, (facets: Facets) => Places>> = {
  AllergyIntolerance: ({ concept }) => {
    const marks = marksOf(concept);
    return concept.nil === undefined
      ? { waits: [...marks, 'allergy'], looks: marks }
      : { waits: ['allergy'], looks: ['allergy'] };
  },
  Condition: ({ concept, when }) => dated(marksOf(concept), when, 30),
  Procedure: ({ concept, when }) => dated(marksOf(concept), when, 7),
  Immunization: ({ when, noted }) => dated(['given'], when ?? noted, 14),
  Observation: ({ concept, when, accession }) => {
    const marks = marksOf(concept);
    if (when?.day === undefined) return meeting(accession === undefined ? [] : cross(marks, [`s${accession}`]));
    const minute = when.minute === undefined ? [] : [`t${when.minute}`];
    const specimen = accession === undefined ? [] : [`s${accession}`];
    const looks = when.minute === undefined ? [`d${when.day}`] : minute;
    return {
      waits: cross(marks, [`d${when.day}`, ...minute, ...specimen]),
      looks: cross(marks, [...looks, ...specimen]),
    };
  },
  DiagnosticReport: ({ issued, when, accession }) => {
    const told = issued ?? when;
    const specimen = accession === undefined ? [] : [`s${accession}`];
    if (told?.day === undefined) return meeting(specimen);
    const day = `d${told.day}`;
    const minute = told.minute === undefined ? [] : [`t${told.minute}`];
    return {
      waits: [day, ...minute, ...specimen],
      looks: [...(told.minute === undefined ? [day] : minute), ...specimen],
    };
  },
  Medicine: ({ product, stance }) => {
    const place = product?.ingredient ? [`i${product.ingredient}`] : [];
    return { waits: place, looks: stance === 'asserted' || stance === 'planned' ? [] : place };
  },
  Encounter: ({ when }) => meeting(when?.minute === undefined ? [] : [`t${when.minute}`]),
  ServiceRequest: ({ concept, when }) => meeting(when?.day === undefined ? [] : cross(marksOf(concept), [when.day])),
  DocumentReference: ({ when, record }) => {
    const ids = [`doc ${record.source} ${record.id}`];
    const named = ((record.resource['relatesTo'] ?? []) as readonly { target?: { reference?: string } }[]).flatMap(
      (it) => it.target?.reference?.replace(/^.*\//, '') ?? [],
    );
    const day = when?.day === undefined ? [] : [`d${when.day}`];
    return { waits: [...day, ...ids], looks: [...day, ...named.map((it) => `doc ${record.source} ${it}`)] };
  },
};
