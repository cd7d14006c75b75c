import { memorySource } from '../../adapters/memory/index.ts';
import { type Json, numberOf, type ResourceType, SYSTEM } from '../../src/fhir/index.ts';
import type { TestSource } from '../support/app.ts';

/** The patient whose record this is: one invented person, held by three sources. */
export const NHS = '9990000018';
/** Somebody who stands in the same sources and must never be found. */
const OTHER = '9990000026';

const V3 = 'http://terminology.hl7.org/CodeSystem';
const LAB = 'https://lab.example/id';
const FLAGS = 'https://labels.example';

const coding = (system: string, code: string, display?: string) => ({ system, code, ...(display && { display }) });
const snomed = (code: string, display?: string) => coding(SYSTEM.snomed, code, display);
const concept = (it: object, text?: string) => ({ coding: [it], ...(text && { text }) });
const ref = (reference: string) => ({ reference });
const ucum = (value: number | object, code: string) => ({ value, unit: code, system: SYSTEM.ucum, code });
const resource =
  (resourceType: ResourceType) =>
  (id: string, elements: object): Json => ({ resourceType, id, ...elements });

const patientOf = (id: string, nhs: string, more: object): Json =>
  resource('Patient')(id, {
    ...more,
    identifier: [{ system: SYSTEM.nhsNumber, value: nhs }, ...((more as { identifier?: object[] }).identifier ?? [])],
  });

const GP = ref('Patient/p-gp');
const gp: Json[] = [
  patientOf('p-gp', NHS, {
    meta: { lastUpdated: '2025-01-02T10:00:00Z', security: [coding(`${V3}/v3-Confidentiality`, 'R')] },
    identifier: [
      { system: 'https://riverbank.example/mrn', value: 'MRN-77', type: concept(coding(`${V3}/v2-0203`, 'MR')) },
    ],
    active: true,
    name: [
      { use: 'official', family: 'Ångström-Hale', given: ['Zoë', 'Mary'], prefix: ['Dr'] },
      { use: 'maiden', family: "O'Brien" },
    ],
    gender: 'female',
    birthDate: '1956-03-31',
    deceasedBoolean: false,
    address: [{ use: 'home', line: ['1 Mill Lane'], city: 'Leeds', postalCode: 'LS1 4AP', country: 'England' }],
    telecom: [
      { system: 'phone', value: '01134960000', use: 'home' },
      { system: 'email', value: 'Zoe@Mail.example' },
    ],
    communication: [{ language: concept(coding('urn:ietf:bcp:47', 'sv')) }],
    generalPractitioner: [ref('Practitioner/dr-okafor')],
    managingOrganization: ref('Organization/org-surgery'),
  }),
  resource('Practitioner')('dr-okafor', {
    active: true,
    name: [{ family: 'Okafor', given: ['Ada'], text: 'Dr Ada Okafor' }],
    gender: 'female',
    identifier: [{ system: SYSTEM.gmc, value: '1234567' }],
    telecom: [{ system: 'phone', value: '01134960001' }],
  }),
  resource('Practitioner')('nurse-lee', { active: false, name: [{ family: 'Lee', given: ['Björn'] }], gender: 'male' }),
  resource('PractitionerRole')('role-okafor', {
    practitioner: ref('Practitioner/dr-okafor'),
    organization: ref('Organization/org-surgery'),
    code: [concept(coding('https://roles.example', 'GP'))],
    period: { start: '2015-01-01' },
  }),
  resource('Organization')('org-surgery', {
    active: true,
    name: 'Riverbank Surgery',
    alias: ['The Old Mill'],
    identifier: [{ system: SYSTEM.odsOrganisation, value: 'A99001' }],
    partOf: ref('Organization/org-icb'),
    type: [concept(coding('https://types.example', 'prov'))],
    address: [{ city: 'Leeds' }],
  }),
  resource('Organization')('org-icb', { name: 'West Board', identifier: [{ value: 'NOSYSTEM' }] }),
  resource('Location')('loc-room', { status: 'active', name: 'Room 3', mode: 'instance', address: { city: 'Leeds' } }),
  resource('AllergyIntolerance')('a-penicillin', {
    meta: {
      lastUpdated: '2024-05-01T08:00:00Z',
      tag: [coding(FLAGS, 'reviewed')],
      security: [coding(`${V3}/v3-Confidentiality`, 'N')],
    },
    clinicalStatus: concept(coding(`${V3}/allergyintolerance-clinical`, 'active')),
    verificationStatus: concept(coding(`${V3}/allergyintolerance-verification`, 'confirmed')),
    type: 'allergy',
    category: ['medication'],
    criticality: 'high',
    code: concept(snomed('91936005', 'Allergy to penicillin'), 'Penicillin allergy'),
    patient: GP,
    recordedDate: '2012-05-04',
    recorder: ref('Practitioner/dr-okafor'),
    asserter: GP,
    lastOccurrence: '2011',
    reaction: [
      {
        substance: concept(snomed('373270004', 'Penicillin')),
        manifestation: [concept(snomed('39579001', 'Anaphylaxis')), concept(snomed('126485001', 'Urticaria'))],
        onset: '2011-02-03',
        severity: 'severe',
      },
    ],
  }),
  resource('AllergyIntolerance')('a-peanut', {
    meta: { lastUpdated: '2024-06-15T23:30:00Z' },
    clinicalStatus: concept(coding(`${V3}/allergyintolerance-clinical`, 'resolved')),
    verificationStatus: concept(coding(`${V3}/allergyintolerance-verification`, 'confirmed')),
    type: 'allergy',
    category: ['food'],
    criticality: 'low',
    code: concept(snomed('91935009', 'Allergy to peanut')),
    patient: GP,
    // Half past midnight of the 16th in England.
    recordedDate: '2024-06-15T23:30:00Z',
    recorder: ref('Practitioner/nurse-lee'),
    reaction: [{ manifestation: [concept(snomed('126485001', 'Urticaria'))], severity: 'mild' }],
  }),
  resource('AllergyIntolerance')('a-text', {
    clinicalStatus: concept(coding(`${V3}/allergyintolerance-clinical`, 'active')),
    code: { text: 'Sticking plaster, Élastoplast' },
    patient: GP,
    category: ['environment', 'biologic'],
  }),
  resource('Condition')('c-asthma', {
    clinicalStatus: concept(coding(`${V3}/condition-clinical`, 'active')),
    verificationStatus: concept(coding(`${V3}/condition-ver-status`, 'confirmed')),
    category: [concept(coding(`${V3}/condition-category`, 'problem-list-item'))],
    severity: concept(snomed('6736007', 'Moderate')),
    code: { coding: [snomed('195967001', 'Asthma'), coding(SYSTEM.ctv3, 'H33..', 'Asthma')], text: 'Asthma' },
    subject: GP,
    onsetDateTime: '2010',
    recordedDate: '2010-03',
    asserter: ref('Practitioner/dr-okafor'),
    encounter: ref('Encounter/e-clinic'),
  }),
  resource('Condition')('c-fracture', {
    clinicalStatus: concept(coding(`${V3}/condition-clinical`, 'resolved')),
    category: [concept(coding(`${V3}/condition-category`, 'encounter-diagnosis'))],
    code: concept(coding(SYSTEM.ctv3, 'Xa01X', 'Fracture of radius')),
    bodySite: [concept(snomed('62413002', 'Radius'))],
    subject: GP,
    onsetPeriod: { start: '2019-12-28', end: '2020-01-04' },
    abatementDateTime: '2020-03-01',
    evidence: [{ code: [concept(snomed('22253000'))], detail: [ref('Observation/o-note')] }],
    stage: [{ summary: concept(snomed('786005')) }],
  }),
  resource('Condition')('c-pressure', {
    clinicalStatus: concept(coding(`${V3}/condition-clinical`, 'active')),
    code: concept(coding(SYSTEM.ctv3, 'xa01X', 'Hypertension')),
    subject: GP,
    onsetAge: ucum(45, 'a'),
  }),
  resource('Condition')('c-migraine', {
    clinicalStatus: concept(coding(`${V3}/condition-clinical`, 'inactive')),
    code: { text: 'Migraine' },
    subject: GP,
    onsetRange: { low: ucum(40, 'a'), high: ucum(50, 'a') },
    abatementAge: ucum(60, 'a'),
  }),
  resource('Condition')('c-measles', {
    clinicalStatus: concept(coding(`${V3}/condition-clinical`, 'resolved')),
    verificationStatus: concept(coding(`${V3}/condition-ver-status`, 'refuted')),
    code: { text: 'Measles' },
    subject: GP,
    onsetString: 'in early childhood',
    abatementString: 'Before school',
  }),
  resource('Encounter')('e-clinic', {
    status: 'finished',
    class: coding(`${V3}/v3-ActCode`, 'AMB'),
    type: [concept(snomed('11429006', 'Consultation'))],
    subject: GP,
    period: { start: '2024-01-10T09:00:00Z', end: '2024-01-10T09:20:00Z' },
    length: ucum(20, 'min'),
    participant: [
      { type: [concept(coding(`${V3}/v3-ParticipationType`, 'PPRF'))], individual: ref('Practitioner/dr-okafor') },
    ],
    location: [{ location: ref('Location/loc-room'), period: { start: '2024-01-10', end: '2024-01-10' } }],
    serviceProvider: ref('Organization/org-surgery'),
    reasonCode: [concept(snomed('49727002', 'Cough'))],
    diagnosis: [{ condition: ref('Condition/c-asthma') }],
  }),
  resource('Encounter')('e-follow-up', {
    status: 'planned',
    class: coding(`${V3}/v3-ActCode`, 'VR'),
    subject: GP,
    period: { start: '2024-02-01' },
    partOf: ref('Encounter/e-clinic'),
  }),
  resource('Encounter')('e-third', {
    status: 'cancelled',
    class: { code: 'AMB' },
    subject: GP,
    partOf: ref('Encounter/e-follow-up'),
  }),
  resource('MedicationRequest')('m-amoxicillin', {
    meta: { lastUpdated: '2024-03-31T00:30:00Z' },
    identifier: [{ system: 'https://riverbank.example/rx', value: 'RX,1|2$3' }],
    status: 'completed',
    intent: 'order',
    category: [concept(coding(`${V3}/medicationrequest-category`, 'community'))],
    priority: 'routine',
    medicationCodeableConcept: concept(coding(SYSTEM.dmd, '39732311000001104', 'Amoxicillin 250mg capsules')),
    subject: GP,
    encounter: ref('Encounter/e-clinic'),
    // The night the clocks go forward: still winter time.
    authoredOn: '2024-03-31T00:30:00Z',
    requester: ref('Practitioner/dr-okafor'),
    substitution: { allowedBoolean: false },
    dosageInstruction: [
      {
        timing: {
          event: ['2024-04-01', '2024-04-03'],
          repeat: { boundsPeriod: { start: '2024-03-31', end: '2024-04-07' } },
        },
      },
    ],
  }),
  resource('MedicationRequest')('m-insulin', {
    status: 'active',
    intent: 'order',
    medicationReference: ref('Medication/med-insulin'),
    subject: GP,
    // The first hour after the clocks went back.
    authoredOn: '2024-10-27T01:15:00Z',
    requester: ref('Organization/org-surgery'),
    performer: ref('Practitioner/nurse-lee'),
    substitution: { allowedBoolean: true },
  }),
  resource('MedicationRequest')('m-cream', {
    contained: [
      {
        resourceType: 'Medication',
        id: 'mixed',
        code: { text: 'Cream, made up' },
        ingredient: [{ itemCodeableConcept: concept(snomed('387584000', 'Menthol')) }],
        manufacturer: ref('Organization/org-surgery'),
      },
    ],
    status: 'active',
    intent: 'plan',
    medicationReference: ref('#mixed'),
    subject: GP,
    authoredOn: '2023-07',
    substitution: { allowedBoolean: true },
  }),
  resource('MedicationRequest')('m-never', {
    status: 'active',
    intent: 'order',
    priority: 'urgent',
    doNotPerform: true,
    medicationCodeableConcept: { text: 'Penicillins' },
    subject: GP,
    substitution: { allowedBoolean: true },
  }),
  resource('Medication')('med-insulin', {
    code: concept(coding(SYSTEM.dmd, '325072002', 'Insulin glargine')),
    status: 'active',
    form: concept(snomed('385219001', 'Injection')),
    manufacturer: ref('Organization/org-icb'),
    ingredient: [{ itemCodeableConcept: concept(snomed('411529005', 'Insulin glargine')) }],
    batch: { lotNumber: 'LOT-9', expirationDate: '2026-01' },
  }),
  resource('MedicationStatement')('s-aspirin', {
    status: 'active',
    category: concept(coding(`${V3}/medication-statement-category`, 'community')),
    medicationCodeableConcept: concept(snomed('387458008', 'Aspirin')),
    subject: GP,
    context: ref('Encounter/e-clinic'),
    effectivePeriod: { start: '2020-01-01' },
    informationSource: GP,
    partOf: [ref('Procedure/pr-dressing')],
  }),
  resource('MedicationStatement')('s-iron', {
    status: 'completed',
    medicationReference: ref('Medication/med-insulin'),
    subject: GP,
    effectivePeriod: { end: '2019-06-30' },
    informationSource: ref('Practitioner/dr-okafor'),
  }),
  resource('Observation')('o-weight', {
    status: 'final',
    category: [concept(coding(`${V3}/observation-category`, 'vital-signs'))],
    code: concept(snomed('27113001', 'Body weight'), 'Body weight'),
    subject: GP,
    encounter: ref('Encounter/e-clinic'),
    effectiveDateTime: '2024-01-10T09:05:00Z',
    performer: [ref('Practitioner/dr-okafor')],
    valueQuantity: ucum(80, 'kg'),
  }),
  resource('Observation')('o-weight-g', {
    status: 'amended',
    category: [concept(coding(`${V3}/observation-category`, 'vital-signs'))],
    code: concept(snomed('27113001', 'Body weight')),
    subject: GP,
    effectiveDateTime: '2024-02-01',
    valueQuantity: ucum(79_500, 'g'),
  }),
  resource('Observation')('o-pressure', {
    status: 'final',
    code: concept(snomed('75367002', 'Blood pressure')),
    subject: GP,
    effectivePeriod: { start: '2024-03-01' },
    performer: [ref('Practitioner/nurse-lee')],
    component: [
      { code: concept(snomed('271649006', 'Systolic')), valueQuantity: ucum(140, 'mm[Hg]') },
      { code: concept(snomed('271650006', 'Diastolic')), valueQuantity: ucum(90, 'mm[Hg]') },
      { code: concept(snomed('424724000', 'Posture')), valueCodeableConcept: concept(snomed('33586001', 'Sitting')) },
    ],
  }),
  resource('Observation')('o-note', {
    status: 'preliminary',
    identifier: [
      { system: LAB, value: 'A|1', type: { coding: [coding('https://t.example', 'ACC')], text: 'Accession number' } },
    ],
    code: { text: 'Éclair au café' },
    subject: GP,
    valueString: 'Looked  WELL; no complaint.',
  }),
  resource('Observation')('o-smoking', {
    status: 'final',
    code: concept(snomed('365981007', 'Smoking status')),
    subject: GP,
    effectiveDateTime: '2023',
    valueCodeableConcept: concept(snomed('8517006', 'Ex-smoker'), 'Gave up in 1999'),
    performer: [GP],
  }),
];

const AC = ref('Patient/p-acute');
const acute: Json[] = [
  patientOf('p-acute', NHS, {
    name: [{ family: 'Hale', given: ['Zoe'] }],
    gender: 'unknown',
    birthDate: '1956',
  }),
  resource('Practitioner')('dr-singh', { name: [{ family: 'Singh', given: ['Meera'] }] }),
  resource('Organization')('org-trust', { name: 'Northmoor General', active: true }),
  resource('Observation')('o-hb', {
    meta: { lastUpdated: '2024-09-09T09:09:09.123Z', tag: [coding(FLAGS, 'Reviewed')] },
    status: 'final',
    category: [concept(coding(`${V3}/observation-category`, 'laboratory'))],
    code: { coding: [coding('http://loinc.org', '718-7', 'Hemoglobin'), snomed('1022431000000105')] },
    subject: AC,
    effectiveInstant: '2024-09-08T22:59:59Z',
    performer: [ref('Practitioner/dr-singh')],
    specimen: ref('Specimen/sp-blood'),
    method: concept(snomed('702658000')),
    valueQuantity: ucum(numberOf('110.0'), 'g/L'),
  }),
  resource('Observation')('o-egfr', {
    meta: { lastUpdated: '2024-09-09T09:09:10Z' },
    status: 'final',
    category: [concept(coding(`${V3}/observation-category`, 'laboratory'))],
    code: concept(snomed('1020291000000106', 'eGFR')),
    subject: AC,
    // One minute to midnight in England, on the last day of summer time.
    effectiveDateTime: '2024-10-26T22:59:00Z',
    valueQuantity: { ...ucum(90, 'mL/min'), comparator: '>' },
  }),
  resource('Observation')('o-glucose', {
    status: 'final',
    code: concept(snomed('997671000000106', 'Glucose')),
    subject: AC,
    effectiveDateTime: '2024-10-26T23:00:00Z',
    valueQuantity: ucum(numberOf('5.40'), 'mmol/L'),
    derivedFrom: [ref('Observation/o-hb')],
  }),
  resource('Observation')('o-troponin', {
    status: 'final',
    code: concept(snomed('105000003', 'Troponin')),
    subject: AC,
    effectiveTiming: { event: ['2024-05-05T10:00:00+01:00', '2024-05-07'] },
    valueQuantity: { value: 5, unit: 'ng/L', comparator: '<' },
  }),
  resource('Observation')('o-panel', {
    status: 'final',
    code: concept(snomed('26604007', 'Full blood count')),
    subject: AC,
    issued: '2024-09-09T08:00:00Z',
    dataAbsentReason: concept(coding(`${V3}/data-absent-reason`, 'not-performed')),
    hasMember: [ref('Observation/o-hb'), ref('Observation/o-glucose')],
  }),
  resource('Observation')('o-stay', {
    status: 'registered',
    code: concept(snomed('183797002', 'Length of stay')),
    subject: AC,
    valuePeriod: { start: '2024-05-05', end: '2024-05-09' },
    device: ref('Device/dev-pump'),
    effectiveDateTime: '2024-05-31T23:30:00Z',
  }),
  resource('Specimen')('sp-blood', {
    status: 'available',
    accessionIdentifier: { system: LAB, value: 'SP-1' },
    identifier: [{ system: LAB, value: 'sp-id' }],
    type: concept(snomed('119297000', 'Blood specimen')),
    subject: AC,
    collection: {
      collector: ref('Practitioner/dr-singh'),
      collectedDateTime: '2024-09-08T21:00:00+01:00',
      bodySite: concept(snomed('368208006', 'Left arm')),
    },
    container: [{ type: concept(snomed('702281005')), identifier: [{ value: 'TUBE-5' }] }],
  }),
  resource('Specimen')('sp-serum', {
    status: 'unavailable',
    subject: AC,
    parent: [ref('Specimen/sp-blood')],
    collection: { collectedPeriod: { start: '2024-09-08', end: '2024-09-10' } },
  }),
  resource('DiagnosticReport')('dr-fbc', {
    meta: { lastUpdated: '2024-09-10T00:00:00+01:00' },
    status: 'final',
    category: [concept(coding(`${V3}/v2-0074`, 'HM'))],
    code: concept(snomed('26604007', 'Full blood count')),
    subject: AC,
    effectiveDateTime: '2024-09-09',
    issued: '2024-09-09T07:59:59.999Z',
    basedOn: [ref('ServiceRequest/sr-bloods')],
    performer: [ref('Organization/org-trust')],
    resultsInterpreter: [ref('Practitioner/dr-singh')],
    specimen: [ref('Specimen/sp-blood')],
    result: [ref('Observation/o-hb'), ref('Observation/o-glucose')],
    conclusionCode: [concept(snomed('271737000', 'Anaemia'))],
  }),
  resource('DiagnosticReport')('dr-ecg', {
    status: 'partial',
    category: [concept(coding(`${V3}/v2-0074`, 'EC'))],
    code: { text: 'ECG, twelve leads' },
    subject: AC,
    effectivePeriod: { start: '2024-05-05T10:00:00+01:00', end: '2024-05-05T10:10:00+01:00' },
  }),
  resource('ServiceRequest')('sr-bloods', {
    identifier: [{ system: LAB, value: 'REQ-1' }],
    instantiatesCanonical: ['http://plans.example/PlanDefinition/anaemia|2'],
    instantiatesUri: ['http://plans.example/protocols/anaemia'],
    requisition: { system: LAB, value: 'GROUP-1' },
    status: 'completed',
    intent: 'order',
    priority: 'urgent',
    category: [concept(snomed('108252007', 'Laboratory procedure'))],
    code: concept(snomed('26604007', 'Full blood count')),
    subject: AC,
    authoredOn: '2024-09-07',
    occurrencePeriod: { start: '2024-09-08', end: '2024-09-09' },
    requester: ref('Practitioner/dr-singh'),
    performer: [ref('Organization/org-trust')],
    performerType: concept(coding('https://roles.example', 'LAB')),
    specimen: [ref('Specimen/sp-blood')],
    bodySite: [concept(snomed('368208006'))],
  }),
  resource('ServiceRequest')('sr-scan', {
    status: 'draft',
    intent: 'proposal',
    subject: AC,
    replaces: [ref('ServiceRequest/sr-bloods')],
    basedOn: [ref('ServiceRequest/sr-bloods')],
  }),
  resource('Encounter')('e-ward', {
    status: 'finished',
    class: coding(`${V3}/v3-ActCode`, 'IMP'),
    subject: AC,
    period: { start: '2024-05-05T09:00:00+01:00', end: '2024-05-09T12:00:00+01:00' },
    length: ucum(4, 'd'),
    hospitalization: { dischargeDisposition: { text: 'Home' } },
  }),
  resource('Procedure')('pr-appendix', {
    identifier: [{ system: 'https://trust.example/theatre', value: 'T1' }],
    status: 'completed',
    category: concept(snomed('387713003', 'Surgical procedure')),
    code: concept(coding(SYSTEM.opcs4, 'H01.1', 'Emergency excision of appendix')),
    subject: AC,
    encounter: ref('Encounter/e-ward'),
    performedPeriod: { start: '2024-05-06T23:30:00+01:00', end: '2024-05-07T01:00:00+01:00' },
    performer: [{ actor: ref('Practitioner/dr-singh') }],
    reasonCode: [concept(snomed('74400008', 'Appendicitis'))],
    instantiatesUri: ['http://plans.example/protocols/theatre/checklist'],
  }),
  resource('Appointment')('ap-clinic', {
    status: 'booked',
    serviceType: [concept(coding('https://services.example', 'haem'))],
    specialty: [concept(snomed('394803006', 'Haematology'))],
    reasonCode: [concept(snomed('271737000', 'Anaemia'))],
    start: '2026-12-01T09:00:00Z',
    end: '2026-12-01T09:15:00Z',
    participant: [
      { actor: AC, status: 'accepted' },
      { actor: ref('Practitioner/dr-singh'), status: 'tentative' },
    ],
  }),
  resource('Device')('dev-pump', {
    patient: AC,
    status: 'active',
    manufacturer: 'Pumps & Sons',
    modelNumber: 'PS-100',
    deviceName: [{ name: 'Feeding pump', type: 'user-friendly-name' }],
    udiCarrier: [{ deviceIdentifier: '09506000117843', carrierHRF: '(01)09506000117843' }],
    url: 'https://pumps.example/ps/100',
  }),
  resource('RiskAssessment')('risk-fall', {
    status: 'final',
    subject: AC,
    occurrenceDateTime: '2024-05-08',
    method: concept(coding('https://scores.example', 'FALL')),
    prediction: [{ outcome: { text: 'Fall' }, probabilityDecimal: numberOf('0.30') }],
  }),
  resource('RiskAssessment')('risk-clot', {
    status: 'preliminary',
    subject: AC,
    occurrencePeriod: { start: '2024-05-05', end: '2024-05-09' },
    prediction: [{ probabilityDecimal: 0.05 }, { probabilityDecimal: 0.349 }],
  }),
];

const CO = ref('Patient/p-community');
const community: Json[] = [
  patientOf('p-community', NHS, { name: [{ family: 'Hale' }], gender: 'female' }),
  resource('Practitioner')('dn-moss', { name: [{ family: 'Moss', given: ['Ada'] }], gender: 'female' }),
  resource('AllergyIntolerance')('a-latex', {
    clinicalStatus: concept(coding(`${V3}/allergyintolerance-clinical`, 'active')),
    verificationStatus: concept(coding(`${V3}/allergyintolerance-verification`, 'unconfirmed')),
    code: concept(snomed('1003755004', 'Allergy to latex')),
    patient: CO,
    category: ['environment'],
    criticality: 'unable-to-assess',
    recordedDate: '2024-06-15',
    recorder: ref('Practitioner/dn-moss'),
  }),
  resource('Observation')('o-weight-home', {
    status: 'final',
    code: concept(snomed('27113001', 'Body weight')),
    subject: CO,
    effectiveDateTime: '2023-12-31',
    valueQuantity: ucum(82, 'kg'),
    performer: [ref('Practitioner/dn-moss')],
  }),
  resource('Observation')('o-pain', {
    status: 'entered-in-error',
    code: concept(coding('https://scores.example', 'Pain', 'Pain score')),
    subject: CO,
    effectiveDateTime: '2024-12-31T23:59:59Z',
    valueInteger: 7,
  }),
  resource('Procedure')('pr-dressing', {
    status: 'in-progress',
    code: concept(snomed('182531007', 'Dressing of wound')),
    subject: CO,
    performedDateTime: '2024-11',
    performer: [{ actor: ref('Practitioner/dn-moss') }],
    partOf: [ref('Procedure/pr-visit')],
  }),
  resource('Procedure')('pr-visit', {
    status: 'not-done',
    code: concept(snomed('439708006', 'Home visit')),
    subject: CO,
    statusReason: { text: 'Nobody in' },
  }),
  resource('Immunization')('i-flu', {
    identifier: [{ value: 'vac-1' }],
    status: 'completed',
    vaccineCode: concept(snomed('1129371000000105', 'Influenza vaccination')),
    patient: CO,
    occurrenceDateTime: '2024-10-01T10:00:00+01:00',
    lotNumber: 'AB-123 x',
    performer: [{ actor: ref('Practitioner/dn-moss') }],
    reasonCode: [concept(snomed('195967001', 'Asthma'))],
    reaction: [{ date: '2024-10-02' }],
    protocolApplied: [
      { series: 'Winter 2024', targetDisease: [concept(snomed('6142004', 'Influenza'))], doseNumberPositiveInt: 1 },
    ],
  }),
  resource('Immunization')('i-shingles', {
    status: 'not-done',
    statusReason: concept(coding(`${V3}/v3-ActReason`, 'PATOBJ')),
    vaccineCode: { text: 'Shingles' },
    patient: CO,
    occurrenceString: 'last autumn',
  }),
  resource('DocumentReference')('doc-letter', {
    meta: { security: [coding(`${V3}/v3-Confidentiality`, 'R'), coding(`${V3}/v3-ActCode`, 'PSY')] },
    masterIdentifier: { system: 'urn:ietf:rfc:3986', value: 'urn:oid:1.2.3' },
    identifier: [{ system: 'https://docs.example', value: 'D1' }],
    status: 'current',
    docStatus: 'final',
    type: concept(snomed('823701000000103', 'Letter')),
    category: [concept(snomed('734163000', 'Care plan'))],
    subject: CO,
    date: '2024-11-05T10:00:00Z',
    author: [ref('Practitioner/dn-moss')],
    description: 'Summary of visits',
    securityLabel: [concept(coding(`${V3}/v3-Confidentiality`, 'V'))],
    relatesTo: [{ code: 'replaces', target: ref('DocumentReference/doc-draft') }],
    content: [
      {
        attachment: {
          contentType: 'application/pdf',
          language: 'en-GB',
          url: 'https://docs.example/files/d1.pdf',
          creation: '2024-11-05',
        },
        format: coding('https://formats.example', 'plain'),
      },
    ],
    context: { period: { start: '2024-10-01', end: '2024-11-01' }, event: [concept(snomed('439708006'))] },
  }),
  resource('DocumentReference')('doc-draft', {
    status: 'superseded',
    subject: CO,
    date: '2024-11-04T10:00:00Z',
    content: [{ attachment: { contentType: 'text/plain' } }],
    relatesTo: [{ code: 'appends', target: ref('DocumentReference/doc-letter') }],
  }),
  resource('List')('l-problems', {
    status: 'current',
    mode: 'working',
    title: 'Problems, for the visit',
    code: concept(coding('http://loinc.org', '11450-4')),
    subject: CO,
    date: '2024-11-05T23:59:59Z',
    source: ref('Practitioner/dn-moss'),
    note: [{ text: 'Ask about pain' }],
    entry: [{ item: ref('Observation/o-pain') }, { item: ref('Procedure/pr-dressing') }],
  }),
  resource('List')('l-empty', {
    status: 'retired',
    mode: 'snapshot',
    subject: CO,
    emptyReason: concept(coding(`${V3}/list-empty-reason`, 'notasked')),
  }),
  resource('Goal')('g-walk', {
    lifecycleStatus: 'active',
    achievementStatus: concept(coding(`${V3}/goal-achievement`, 'in-progress')),
    category: [concept(coding(`${V3}/goal-category`, 'physiotherapy'))],
    description: { text: 'Walk to the shop' },
    subject: CO,
    startDate: '2024-11-01',
    target: [{ dueDate: '2025-01-31' }, { dueDate: '2025-03-31' }],
  }),
  resource('Flag')('f-dog', {
    status: 'active',
    code: { text: 'Dog at the premises' },
    subject: CO,
    period: { start: '2024-01-01', end: '2024-12-31' },
    author: ref('Practitioner/dn-moss'),
  }),
  resource('Flag')('f-key', { status: 'inactive', code: { text: 'Key safe' }, subject: CO, period: {} }),
];

const typesOf = (record: readonly Json[]): ResourceType[] => [
  ...new Set(record.map((it) => it['resourceType'] as ResourceType)),
];

const stranger = (id: string): Json[] => [
  patientOf(id, OTHER, { name: [{ family: 'Stranger' }] }),
  resource('Observation')(`o-${id}`, { status: 'final', code: { text: 'x' }, subject: ref(`Patient/${id}`) }),
];

/** What each source holds of the patient. */
export const RECORD: Readonly<Record<string, readonly Json[]>> = { gp, acute, community };

/** Every type that some source holds. */
export const TYPES: readonly ResourceType[] = [...new Set(Object.values(RECORD).flatMap(typesOf))].sort();

/** The sources: two that answer for the whole record, one that is searched type by type. */
export const SOURCES: readonly TestSource[] = (['gp', 'acute', 'community'] as const).map((id) => ({
  id,
  adapter: memorySource({
    scope: id === 'acute' ? 'type' : 'record',
    types: typesOf(RECORD[id] ?? []),
    records: { [NHS]: RECORD[id] ?? [], [OTHER]: stranger(`s-${id}`) },
  }),
}));
