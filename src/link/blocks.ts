import { objects, text } from '../fhir/index.ts';
import type { Concept } from './concept.ts';
import type { Facets } from './facets.ts';
import type { When } from './when.ts';

/**
 * Where a record waits to be compared, and where it looks: two records are compared where one looks in a place in which the
 * other waits, under a mark that both have. A record that tells less looks in more places, so that those that tell all are
 * compared with few.
 */
export interface Places {
  /** Whose, and of which family: others never meet. */
  readonly scope: string;
  readonly marks: readonly string[];
  readonly waits: readonly string[];
  readonly looks: readonly string[];
}

type Own = Omit<Places, 'scope'>;

const ANYWHERE = ['any'] as const;

/** The places of a record. Who shares an identifier meets wherever. */
export const placesOf = (facets: Facets): readonly Places[] => {
  const scope = `${facets.record.person} ${facets.family} `;
  const own = { scope, ...(BLOCKS[facets.family] ?? nowhere)(facets) };
  if (facets.identifiers.length === 0) return [own];
  return [own, { scope, ...meeting(facets.identifiers.map((it) => `id ${it.system}|${it.value}`)) }];
};

/** One place under each mark. */
const meeting = (marks: readonly string[]): Own => ({ marks, waits: ANYWHERE, looks: ANYWHERE });
const nowhere = (): Own => ({ marks: [], waits: [], looks: [] });

const marksByConcept = new WeakMap<Concept, readonly string[]>();

/** Everything a concept may meet another by. */
const marksOf = (concept: Concept): readonly string[] => {
  let marks = marksByConcept.get(concept);
  if (!marks) {
    const { codes, mapped, wider, names, nil } = concept;
    const words = names.flatMap((it) => (it.includes(' ') ? it.split(' ') : []));
    marks = nil === undefined ? [...new Set([...codes, ...mapped, ...wider, ...names, ...words])] : [];
    marksByConcept.set(concept, marks);
  }
  return marks;
};

/** Dates within a number of days meet in a stretch of that length or in the next; coarse ones look into whole months or years. */
const dated = (marks: readonly string[], when: When | undefined, days: number): Own => {
  if (when === undefined) return { marks, waits: ANYWHERE, looks: ANYWHERE };
  const { year, month, dayNumber } = when;
  const coarse = [year, ...(month === undefined ? [] : [month]), 'any'];
  if (dayNumber === undefined) return { marks, waits: coarse, looks: [month ?? year] };
  const stretch = Math.floor(dayNumber / days);
  const near = [`d${stretch}`, `d${stretch + 1}`];
  return { marks, waits: [...coarse, ...near], looks: near };
};

const BLOCKS: Readonly<Record<string, (facets: Facets) => Own>> = {
  AllergyIntolerance: ({ concept }) => {
    if (concept.nil !== undefined) return { marks: ['allergy'], waits: ['nil'], looks: ['nil', 'known'] };
    // What is known waits for those who say that nothing is.
    return { marks: [...marksOf(concept), 'allergy'], waits: ['known', 'agent'], looks: ['agent'] };
  },
  Condition: ({ concept, when }) => dated(marksOf(concept), when, 30),
  Procedure: ({ concept, when }) => dated(marksOf(concept), when, 7),
  Immunization: ({ when, noted }) => dated(['given'], when ?? noted, 14),
  Observation: ({ concept, when, accession }) => {
    const specimen = accession === undefined ? [] : [`s${accession}`];
    if (when?.day === undefined) return { marks: marksOf(concept), waits: specimen, looks: specimen };
    const minute = when.minute === undefined ? [] : [`t${when.minute}`];
    return {
      marks: marksOf(concept),
      waits: [`d${when.day}`, ...minute, ...specimen],
      looks: [...(when.minute === undefined ? [`d${when.day}`] : minute), ...specimen],
    };
  },
  DiagnosticReport: ({ issued, when, accession }) => {
    const told = issued ?? when;
    const specimen = accession === undefined ? [] : [`s${accession}`];
    if (told?.day === undefined) return { marks: ['report'], waits: specimen, looks: specimen };
    const day = `d${told.day}`;
    const minute = told.minute === undefined ? [] : [`t${told.minute}`];
    return {
      marks: ['report'],
      waits: [day, ...minute, ...specimen],
      looks: [...(told.minute === undefined ? [day] : minute), ...specimen],
    };
  },
  Medicine: ({ product, stance }) =>
    product?.ingredient
      ? {
          marks: [product.ingredient],
          waits: ANYWHERE,
          // Medicines that are taken are one therapy already.
          looks: stance === 'asserted' || stance === 'planned' ? [] : ANYWHERE,
        }
      : nowhere(),
  Encounter: ({ when }) => (when?.minute === undefined ? nowhere() : meeting([`t${when.minute}`])),
  ServiceRequest: ({ concept, when }) =>
    when?.day === undefined ? nowhere() : { marks: marksOf(concept), waits: [when.day], looks: [when.day] },
  DocumentReference: ({ when, record }) => {
    const named = objects(record.resource['relatesTo'])
      .flatMap((it) => objects(it['target']))
      .flatMap((it) => text(it['reference'])?.replace(/^.*\//, '') ?? []);
    const idOf = (id: string): string => `${record.source} ${id}`;
    const day = when?.day === undefined ? [] : [`d${when.day}`];
    return {
      marks: ['document'],
      waits: [...day, idOf(record.id)],
      looks: [...day, ...named.map(idOf)],
    };
  },
};
