import fc from 'fast-check';
import type { Json } from '../../src/fhir/index.ts';
import type { LinkRecord } from '../../src/link/record.ts';
import { coded, ICD10, LOINC, record, status, UCUM } from './support.ts';

/** Ways in which one fact is written: what links must see through, and what they must not. */
const DAYS = ['2020-03-01', '2020-03-02', '2020-03-20', '2020-03', '2020', '2022-11-30', undefined] as const;
const TIMES = [
  '2020-03-01T09:30:00Z',
  '2020-03-01T09:30:59+00:00',
  '2020-03-01T11:00:00Z',
  '2020-03-01',
  undefined,
] as const;
const one = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const dated = (name: string) => one(...DAYS).map((it): Json => (it === undefined ? {} : { [name]: it }));
const identified = one<Json>(
  {},
  {},
  { identifier: [{ system: 'https://shared.example/id', value: 'S-101' }] },
  { identifier: [{ system: 'https://shared.example/id', value: 'S-102' }] },
  {
    identifier: [
      { system: 'https://shared.example/id', value: 'UNKNOWN' },
      { system: 'urn:oid:1.2.3', value: 'T-7' },
    ],
  },
  {
    identifier: [
      { system: '1.2.3', value: 'T-7' },
      { system: 'https://shared.example/id', value: 'S-102' },
    ],
  },
);
const verification = one<Json>(
  ...[undefined, 'confirmed', 'unconfirmed', 'refuted', 'entered-in-error', 'provisional'].map((it) =>
    it === undefined ? {} : { verificationStatus: status(it) },
  ),
);
const clinical = one<Json>(...['active', 'resolved', 'inactive'].map((it) => ({ clinicalStatus: status(it) })));
const sites = one<Json>(
  {},
  { bodySite: [coded('82169009', 'Structure of left knee region')] },
  { bodySite: [{ text: 'Right knee' }] },
);

const allergies = fc
  .tuple(
    one<Json>(
      coded('91936005', 'Allergy to penicillin'),
      coded('764146007', 'Penicillin'),
      { text: ' PENICILLIN  allergy' },
      { ...coded('196461000000101'), text: 'Penicillins' },
      { text: 'FH: penicillin allergy' },
      { text: 'Penicillamine' },
      coded('716186003', 'No known allergy'),
      coded('409137002'),
      { text: 'No known allergies' },
    ),
    clinical,
    verification,
    one<Json>({}, { criticality: 'low' }, { criticality: 'high' }),
    dated('onsetDateTime'),
    identified,
  )
  .map(([code, ...parts]): Json => Object.assign({ resourceType: 'AllergyIntolerance', code }, ...parts) as Json);

const conditions = fc
  .tuple(
    one<Json>(
      coded('239873007', 'Osteoarthritis of knee'),
      {
        coding: [
          ...(coded('M17.9', 'Gonarthrosis, unspecified', ICD10)['coding'] as Json[]),
          { system: 'http://snomed.info/sct', code: '239873007' },
        ],
      },
      coded('M17.9', 'Gonarthrosis, unspecified', ICD10),
      { text: 'Knee osteoarthritis' },
      { text: 'OA knee (left)' },
      { text: '?OA knee' },
      { text: 'No osteoarthritis of knee' },
      coded('396275006', 'Osteoarthritis'),
    ),
    sites,
    clinical,
    verification,
    dated('onsetDateTime'),
    dated('recordedDate'),
    identified,
  )
  .map(([code, ...parts]): Json => Object.assign({ resourceType: 'Condition', code }, ...parts) as Json);

const results = fc
  .tuple(
    one<Json>(
      coded('1000731000000107', 'Serum creatinine level'),
      coded('14682-9', 'Creatinine [Moles/volume] in Serum or Plasma', LOINC),
      { text: 'creatinine' },
      { text: 'Sodium' },
    ),
    one<Json>(
      { valueQuantity: { value: 101, unit: 'umol/L', system: UCUM, code: 'umol/L' } },
      { valueQuantity: { value: 0.101, unit: 'mmol/L' } },
      { valueQuantity: { value: 102, unit: 'µmol/L' } },
      { valueString: 'Ap 101.000' },
      { valueInteger: 0 },
      { valueBoolean: false },
      {},
    ),
    one<Json>(
      {},
      { specimen: { identifier: { system: 'https://lab.example/accession', value: 'A-5001' } } },
      { specimen: { identifier: { system: 'https://lab.example/accession', value: 'A-5002' } } },
    ),
    one(...TIMES).map((it): Json => (it === undefined ? {} : { effectiveDateTime: it })),
    one<Json>({ status: 'final' }, { status: 'preliminary' }, { status: 'entered-in-error' }, { status: 'unknown' }),
    identified,
  )
  .map(([code, ...parts]): Json => Object.assign({ resourceType: 'Observation', code }, ...parts) as Json);

const vaccinations = fc
  .tuple(
    one<Json>(
      { text: 'Flu jab' },
      coded('86198006', 'Influenza vaccination'),
      { text: 'MMR' },
      { text: 'Rubella vaccination' },
      coded('UNK', 'unknown', 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor'),
    ),
    one<Json>({ status: 'completed' }, { status: 'not-done' }, { status: 'entered-in-error' }),
    one<Json>({}, { lotNumber: 'AB 123' }, { lotNumber: 'ab123' }, { lotNumber: 'XY999' }),
    dated('occurrenceDateTime'),
    identified,
  )
  .map(
    ([vaccineCode, ...parts]): Json => Object.assign({ resourceType: 'Immunization', vaccineCode }, ...parts) as Json,
  );

const medicines = fc
  .tuple(
    one<Json>(
      { text: 'Ramipril 5mg capsules' },
      { text: 'RAMIPRIL' },
      { text: 'Ramipril 2.5 mg tablets (Maker Ltd)' },
      { text: 'Rosuvastatin 5mg tablets' },
      {},
    ),
    one('MedicationRequest', 'MedicationStatement'),
    one<Json>({ status: 'active' }, { status: 'stopped' }, { status: 'entered-in-error' }),
    one<Json>({}, { dosage: [{ text: 'One daily' }] }, { dosage: [{ text: '1 BD' }] }),
    identified,
  )
  .map(
    ([medicationCodeableConcept, resourceType, ...parts]): Json =>
      Object.assign({ resourceType, medicationCodeableConcept }, ...parts) as Json,
  );

const others = fc
  .tuple(
    one('Procedure', 'Flag', 'Encounter', 'CarePlan', 'DiagnosticReport', 'DocumentReference', 'ServiceRequest'),
    dated('performedDateTime'),
    identified,
  )
  .map(
    ([resourceType, ...parts]): Json =>
      Object.assign({ resourceType, code: { text: 'Colonoscopy' } }, ...parts) as Json,
  );

/** Records of one patient from up to four sources; ids collide across sources, and never within one. */
export const someRecords = (maxLength = 12): fc.Arbitrary<readonly LinkRecord[]> =>
  fc
    .array(
      fc.tuple(
        one('gp', 'acute', 'community', 'mh'),
        fc.oneof(allergies, conditions, results, vaccinations, medicines, others),
      ),
      { maxLength },
    )
    .map((all) =>
      all.map(([source, resource], at) =>
        record(source, { ...resource, id: `r${Math.floor(at / 2)}-${at % 2 === 0 ? 'a' : source}` }),
      ),
    )
    .map((all) => [...new Map(all.map((it) => [`${it.source} ${it.type}/${it.id}`, it])).values()]);
