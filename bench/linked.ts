import type { Json } from '../src/fhir/index.ts';
import type { LinkRecord } from '../src/link/record.ts';

const SNOMED = 'http://snomed.info/sct';
const NAMES = [
  'Creatinine',
  'Potassium',
  'Sodium',
  'Haemoglobin',
  'Platelets',
  'Ferritin',
  'Albumin',
  'Calcium',
] as const;
const PROBLEMS = ['Asthma', 'Gout', 'Pneumonia', 'Cellulitis', 'Migraine', 'Eczema', 'Sciatica', 'Anaemia'] as const;
const DRUGS = [
  'Ramipril 5mg capsules',
  'Aspirin 75mg tablets',
  'Metformin 500mg tablets',
  'Sertraline 50mg tablets',
] as const;

/** A seeded stream of numbers below a limit: the same record every time. */
const seeded = (seed: number) => {
  let state = seed;
  return (limit: number): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) % limit;
  };
};

/** Entries of one patient over three sources and as many years as there are entries for: a third of them in two sources. */
export const madeUp = (count: number): readonly (readonly [source: string, resource: Json])[] => {
  const below = seeded(count);
  const made: (readonly [string, Json])[] = [];
  while (made.length < count) {
    const at = made.length;
    const resource = entryOf(at, Math.floor(count / 40), below);
    made.push([['gp', 'acute', 'community'][at % 3] as string, { ...resource, id: `e${at}` }]);
    if (below(3) === 0) made.push([['acute', 'community', 'gp'][at % 3] as string, { ...resource, id: `d${at}` }]);
  }
  return made.slice(0, count);
};

const entryOf = (at: number, days: number, below: (limit: number) => number): Json => {
  const instant = new Date(
    Date.UTC(2000, 0, 1) + below(200 + days * 20) * 86_400_000 + below(1440) * 60_000,
  ).toISOString();
  const pick = below(NAMES.length);
  const concept = (names: readonly string[], base: number): Json => ({
    coding: [{ system: SNOMED, code: String(base + pick), display: names[pick % names.length] }],
  });
  switch (at % 10) {
    case 0:
    case 1:
      return {
        resourceType: 'Condition',
        code: concept(PROBLEMS, 200_000),
        clinicalStatus: { coding: [{ code: below(2) === 0 ? 'active' : 'resolved' }] },
        onsetDateTime: instant.slice(0, 10),
      };
    case 2:
      return {
        resourceType: 'MedicationRequest',
        status: 'completed',
        intent: 'order',
        medicationCodeableConcept: { text: DRUGS[pick % DRUGS.length] },
        authoredOn: instant.slice(0, 10),
        dosageInstruction: [{ text: 'One to be taken daily' }],
      };
    case 3:
      return {
        resourceType: 'Immunization',
        status: 'completed',
        vaccineCode: { text: pick % 2 === 0 ? 'Influenza vaccine' : 'Pneumococcal vaccine' },
        occurrenceDateTime: instant.slice(0, 10),
      };
    default:
      return {
        resourceType: 'Observation',
        status: 'final',
        code: concept(NAMES, 100_000),
        effectiveDateTime: instant.replace(/\.000Z$/, 'Z'),
        valueQuantity: { value: below(900) / 10, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
        note: [{ text: `Taken in clinic ${below(40)}; no action needed, repeat in ${below(12)} months.` }],
      };
  }
};

/** The same entries as linking sees them. */
export const madeUpRecords = (count: number): readonly LinkRecord[] =>
  madeUp(count).map(([source, resource]) => ({
    source,
    rank: 0,
    person: '9990000018',
    type: String(resource['resourceType']),
    id: String(resource['id']),
    resource,
    follow: () => undefined,
  }));
