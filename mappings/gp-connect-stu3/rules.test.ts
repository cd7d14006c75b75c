import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Json, parseJson } from '../../src/fhir/index.ts';
import { mapAnswer } from '../../src/mapping/map-answer.ts';
import { map, split } from './index.ts';
import { TYPES } from './types.ts';

/** What real answers taught, and mapping.test.ts does not name yet: one test for each rule. */

const GOLDEN = join(import.meta.dirname, 'golden');
const CARECONNECT = 'https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-';
const GPC = 'https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-';
const UK_CORE = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-';
const OURS = 'https://patient-core-records.example/fhir/StructureDefinition/';
const SNOMED = 'http://snomed.info/sct';
const NHS_NUMBER = 'https://fhir.nhs.uk/Id/nhs-number';

const bundle = (...resources: readonly unknown[]): Json => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource) => ({ resource })),
});

const mapAll = (answer: unknown) => {
  const { resources, issues } = mapAnswer({ map: map as never }, split(answer), { source: 'gp' });
  return {
    resources: resources.map((it) => parseJson(JSON.stringify(it.resource)) as Json),
    found: issues.map((it) => `${it.details?.coding?.[0]?.code ?? ''} ${it.expression?.[0] ?? ''}`.trim()),
  };
};

/** The first resource of an answer, mapped beside its siblings. */
const mapOne = (resource: object, ...siblings: readonly object[]): Json =>
  mapAll(bundle(resource, ...siblings)).resources[0]!;

const subject = { reference: 'Patient/p' };
const patient = { resourceType: 'Patient', id: 'p' };
const observation = { resourceType: 'Observation', id: 'o', status: 'final', code: { text: 'x' }, subject };
const allergy = { resourceType: 'AllergyIntolerance', id: 'a', clinicalStatus: 'active', patient: subject };
const condition = { resourceType: 'Condition', id: 'c', clinicalStatus: 'active', code: { text: 'x' }, subject };
const request = {
  resourceType: 'MedicationRequest',
  id: 'm',
  status: 'active',
  intent: 'plan',
  subject,
  medicationCodeableConcept: { text: 'x' },
};
const statement = { ...request, resourceType: 'MedicationStatement', id: 's', intent: undefined };

describe('the rules of real GP Connect answers', () => {
  it('show every element and extension that has a rule in a golden answer', () => {
    const sent = new Set<string>();
    for (const file of readdirSync(GOLDEN).filter((it) => it.endsWith('.in.json')))
      for (const { kind, body } of split(parseJson(readFileSync(join(GOLDEN, file)))).records)
        for (const [key, value] of Object.entries(body)) {
          sent.add(`${kind}.${key}`);
          if (key === 'extension') for (const { url } of value as Json[]) sent.add(`${kind} ${String(url)}`);
        }
    for (const [kind, { elements = {}, extensions = {} } = {}] of Object.entries(TYPES)) {
      expect([...sent]).to.include.members(Object.keys(elements).map((it) => `${kind}.${it}`));
      for (const name of Object.keys(extensions))
        expect(
          [...sent].some((it) => it.startsWith(`${kind} `) && it.includes(name)),
          `${kind} ${name}`,
        ).to.equal(true);
    }
  });

  describe('of Bundle, ids and references', () => {
    it('do not rely on the order of entries', () => {
      for (const file of readdirSync(GOLDEN).filter((it) => it.endsWith('.in.json') && !it.startsWith('odd'))) {
        const answer = parseJson(readFileSync(join(GOLDEN, file))) as { readonly entry: readonly unknown[] };
        const sorted = (it: unknown): string[] =>
          mapAll(it)
            .resources.map((one) => JSON.stringify(one))
            .sort();
        expect(sorted({ ...answer, entry: answer.entry.toReversed() }), file).to.deep.equal(sorted(answer));
      }
    });

    it('take ids of 64 characters with suffixes as they are, and follow references to them', () => {
      const id = `${'A'.repeat(59)}-PROB`;
      const [list, problem] = mapAll(
        bundle(
          {
            resourceType: 'List',
            id: 'l',
            status: 'current',
            mode: 'snapshot',
            entry: [{ item: { reference: `Condition/${id}` } }],
          },
          { ...condition, id },
        ),
      ).resources;
      expect(problem).to.have.property('id', id);
      expect(list).to.have.nested.property('entry[0].item.reference', `Condition/${id}`);
    });

    it('know a resource again that the answer holds twice, and map the rest where one is broken', () => {
      const dr = { resourceType: 'Practitioner', id: 'd', name: [{ family: 'Marsden' }] };
      const broken = { resourceType: 'Condition', id: 'c', code: [null, 'x'], extension: 'y', note: { text: ['z'] } };
      expect(mapAll(bundle(dr, broken, dr)).resources.map((it) => it['resourceType'])).to.deep.equal([
        'Practitioner',
        'Condition',
      ]);
    });
  });

  describe('of the patient', () => {
    it('map one whose NHS number is missing, fails its check or is a word: the gate decides, not the mapping', () => {
      expect(mapOne(patient)).to.deep.equal(patient);
      for (const value of ['1234567890', 'Test Harness']) {
        const identifier = [{ system: NHS_NUMBER, value }];
        expect(mapOne({ ...patient, identifier })).to.have.deep.property('identifier', identifier);
      }
    });

    it('invent neither name nor birth date nor whether the patient is active', () => {
      expect(mapOne({ ...patient, gender: 'female' })).to.have.all.keys('resourceType', 'id', 'gender');
    });

    it('keep a birth date that no calendar has as text', () => {
      expect(mapOne({ ...patient, birthDate: '1961-04-93' })).to.have.nested.property(
        '_birthDate.extension[0].valueString',
        '1961-04-93',
      );
    });

    it('find the verification status inside the identifier, under both publishers', () => {
      for (const base of [CARECONNECT, GPC]) {
        const extension = [
          {
            url: `${base}NHSNumberVerificationStatus-1`,
            valueCodeableConcept: {
              coding: [{ system: `${CARECONNECT}CareConnect-NHSNumberVerificationStatus-1`, code: '01' }],
            },
          },
        ];
        const mapped = mapOne({ ...patient, identifier: [{ extension, system: NHS_NUMBER, value: '9990000018' }] });
        expect(mapped).to.have.nested.property(
          'identifier[0].extension[0].url',
          `${UK_CORE}NHSNumberVerificationStatus`,
        );
      }
    });

    it('map each part of the registration details by its own name', () => {
      const parts = [
        { url: 'registrationPeriod', valuePeriod: { start: '2001-01' } },
        { url: 'registrationType', valueCodeableConcept: { text: 'Regular' } },
        { url: 'preferredBranchSurgery', valueReference: { display: 'Moor branch' } },
      ];
      const extension = [{ url: `${GPC}RegistrationDetails-1`, extension: parts }];
      expect(mapOne({ ...patient, extension })['extension']).to.deep.equal([
        { url: `${OURS}registration-details`, extension: parts },
      ]);
    });
  });

  describe('of codes and text', () => {
    const coded = (code: object): Json => mapOne({ ...condition, code })['code'] as Json;

    it('keep Read, CTV3, EMIS, Egton, Multilex and supplier codes beside SNOMED CT, in their order', () => {
      const coding = [
        { system: 'http://read.info/readv2', code: 'XE0Uc', userSelected: true },
        { system: 'http://read.info/ctv3', code: 'X101x' },
        { system: 'https://fhir.hl7.org.uk/Id/emis-drug-codes', code: 'PATA12' },
        { system: 'https://fhir.hl7.org.uk/Id/egton-codes', code: 'EMISATT_1' },
        { system: 'https://fhir.hl7.org.uk/Id/multilex-drug-codes', code: '02908007' },
        { system: SNOMED, code: '831271000006106' },
      ];
      expect(coded({ coding, text: 'x' })).to.deep.equal({ coding, text: 'x' });
    });

    it('tolerate a coding without code, without system, with a display alone, and none at all', () => {
      const coding = [{ system: SNOMED }, { code: '0078|None' }, { display: 'Words' }];
      expect(coded({ coding, text: 'x' })['coding']).to.deep.equal(coding);
      expect(coded({ coding: [], text: 'x' })).to.deep.equal({ text: 'x' });
    });

    it('flag each of the five placeholders of a record transfer', () => {
      for (const code of [
        '196411000000103',
        '196421000000109',
        '196451000000104',
        '196461000000101',
        '196471000000108',
      ]) {
        const sent = {
          ...condition,
          code: { coding: [{ system: SNOMED, code, display: 'Degraded' }], text: 'Own words' },
        };
        const { resources, found } = mapAll(bundle(sent));
        expect(found).to.deep.equal(['degraded-code Condition.code']);
        expect(resources[0]).to.have.nested.property('code.text', 'Own words');
      }
    });

    it('leave out an empty text, which FHIR forbids, without a word', () => {
      const { resources, found } = mapAll(bundle({ resourceType: 'Location', id: 'l', name: 'Room', description: '' }));
      expect(resources).to.deep.equal([{ resourceType: 'Location', id: 'l', name: 'Room' }]);
      expect(found).to.deep.equal([]);
    });
  });

  describe('of dates and numbers', () => {
    it('keep precision and offset as they were recorded', () => {
      for (const date of [
        '2019',
        '2019-03',
        '2019-03-31',
        '2019-03-31T01:30:00+01:00',
        '2019-03-31T01:30:00+00:00',
        '2019-03-31T01:30:00Z',
        '2019-03-31T01:30:00.120+01:00',
      ])
        expect(mapOne({ ...observation, effectiveDateTime: date })).to.have.property('effectiveDateTime', date);
    });

    it('keep apart when a thing was recorded and when it was so', () => {
      const dates = { assertedDate: '2020-02-02', onsetDateTime: '1999' };
      for (const it of [allergy, condition])
        expect(mapOne({ ...it, ...dates })).to.include({ recordedDate: '2020-02-02', onsetDateTime: '1999' });
      const recorded = [{ url: `${CARECONNECT}DateRecorded-1`, valueDateTime: '2020-02-02' }];
      expect(
        mapOne({
          resourceType: 'Immunization',
          id: 'i',
          status: 'completed',
          patient: subject,
          date: '1999',
          extension: recorded,
        }),
      ).to.include({ recorded: '2020-02-02', occurrenceDateTime: '1999' });
    });

    it('never fill a missing event date from the recorded one', () => {
      const issued = '2020-02-02T10:00:00+00:00';
      const mapped = mapOne({ ...observation, issued });
      expect(mapped).to.include({ issued }).and.not.have.any.keys('effectiveDateTime', '_effectiveDateTime');
      expect(mapOne({ ...condition, assertedDate: '2020-02-02' })).to.not.have.property('onsetDateTime');
    });
  });

  describe('of Lists', () => {
    const list = { resourceType: 'List', id: 'l', status: 'current', mode: 'snapshot', subject };

    it('carry both warnings of one List, as extensions of UK Core and to the caller', () => {
      const extension = ['confidential-items', 'data-in-transit'].map((valueCode) => ({
        url: `${GPC}ListWarningCode-1`,
        valueCode,
      }));
      const note = [{ text: 'Items excluded due to confidentiality' }, { text: 'Patient record transfer is going on' }];
      const sent = { ...list, code: { coding: [{ system: SNOMED, code: '717711000000103' }] }, extension, note };
      const mapped = mapOne(sent);
      expect((mapped['extension'] as Json[]).map((it) => it['url'])).to.deep.equal([
        `${UK_CORE}ListWarningCode`,
        `${UK_CORE}ListWarningCode`,
      ]);
      expect(mapped['note']).to.deep.equal(note);
      expect(split(sent).warnings?.map((it) => [it.code, it.text])).to.deep.equal([
        ['confidential-items', note[0]!.text],
        ['data-in-transit', note[1]!.text],
      ]);
    });

    it('say of an empty area that nothing is recorded, and never that nothing is the matter', () => {
      const emptyReason = {
        coding: [
          {
            system: 'https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-ListEmptyReasonCode-1',
            code: 'no-content-recorded',
            display: 'No Content Recorded',
          },
        ],
      };
      const { resources } = mapAll(
        bundle({
          ...list,
          emptyReason,
          note: [{ text: 'Information not available' }],
          code: { coding: [{ system: SNOMED, code: '886921000000105' }] },
        }),
      );
      expect(resources).to.have.length(1);
      expect(resources[0]).to.have.nested.property('emptyReason.coding[0].code', 'no-content-recorded');
      expect(resources[0]).to.have.nested.property(
        'emptyReason.coding[0].system',
        'https://fhir.hl7.org.uk/CodeSystem/UKCore-ListEmptyReasonCode',
      );
      expect(resources[0]).to.have.nested.property('note[0].text', 'Information not available');
    });

    it('keep topics and categories of a consultation as Lists, with their headings', () => {
      const { resources } = mapAll(
        bundle(
          { ...list, id: 'topic', title: 'Asthma', entry: [{ item: { reference: 'List/category' } }] },
          { ...list, id: 'category', title: 'Plan', entry: [] },
        ),
      );
      expect(resources.map((it) => [it['resourceType'], it['title']])).to.deep.equal([
        ['List', 'Asthma'],
        ['List', 'Plan'],
      ]);
      expect(resources[0]).to.have.nested.property('entry[0].item.reference', 'List/category');
    });
  });

  describe('of allergies', () => {
    it('keep category, criticality, verification, notes and a reaction without a substance as they came', () => {
      const mapped = mapOne({
        ...allergy,
        verificationStatus: 'unconfirmed',
        category: ['medication'],
        criticality: 'high',
        code: { coding: [{ system: SNOMED, code: '294499007' }], text: 'H/O: penicillin allergy' },
        note: [{ text: 'Severe, throat swelling' }],
        reaction: [{ manifestation: [{ text: 'Rash' }] }],
      });
      expect(mapped).to.have.nested.property('verificationStatus.coding[0].code', 'unconfirmed');
      expect(mapped).to.deep.include({
        category: ['medication'],
        criticality: 'high',
        note: [{ text: 'Severe, throat swelling' }],
        reaction: [{ manifestation: [{ text: 'Rash' }] }],
      });
      expect(mapped).to.have.nested.property('code.text', 'H/O: penicillin allergy');
    });

    it('need no reaction, and keep a code that is a finding, a product or of a supplier', () => {
      for (const [system, code] of [
        [SNOMED, '91936005'],
        [SNOMED, '323389000'],
        ['https://fhir.hl7.org.uk/Id/gemscript', '58976020'],
        ['https://fhir.hl7.org.uk/Id/egton-codes', 'PENI1'],
      ]) {
        const mapped = mapOne({ ...allergy, code: { coding: [{ system, code }], text: 'x' } });
        expect(mapped).to.have.deep.nested.property('code.coding[0]', { system, code });
        expect(mapped).to.not.have.property('reaction');
      }
    });

    it('find the encounter in its extension', () => {
      const extension = [
        {
          url: 'http://hl7.org/fhir/StructureDefinition/encounter-associatedEncounter',
          valueReference: { reference: 'Encounter/e' },
        },
      ];
      const mapped = mapOne({ ...allergy, extension }, { resourceType: 'Encounter', id: 'e', status: 'finished' });
      expect(mapped['encounter']).to.deep.equal({ reference: 'Encounter/e' });
      expect(mapped).to.not.have.property('extension');
    });

    it('say "no known allergies" only where the source codes it', () => {
      const code = { coding: [{ system: SNOMED, code: '716186003', display: 'No known allergy' }] };
      expect(mapOne({ ...allergy, code })).to.have.nested.property('code.coding[0].code', '716186003');
      expect(
        mapAll(bundle({ resourceType: 'List', id: 'l', status: 'current', mode: 'snapshot' })).resources,
      ).to.have.length(1);
    });
  });

  describe('of problems', () => {
    it('keep an item that is no reference at all as its words', () => {
      const extension = [{ url: `${GPC}ActualProblem-1`, valueReference: { reference: 'NAMED_STATEMENT_REF_ID' } }];
      expect(mapOne({ ...condition, extension })['extension']).to.deep.equal([
        { url: `${OURS}actual-problem`, valueReference: { display: 'NAMED_STATEMENT_REF_ID' } },
      ]);
    });

    it('link related content, and related problems whichever case their type is in', () => {
      const extension = [
        { url: `${CARECONNECT}RelatedClinicalContent-1`, valueReference: { reference: 'Observation/o' } },
        {
          url: `${CARECONNECT}RelatedProblemHeader-1`,
          extension: [
            { url: 'type', valueCode: 'Parent' },
            { url: 'target', valueReference: { reference: 'Condition/d' } },
          ],
        },
      ];
      expect(mapOne({ ...condition, extension }, observation, { ...condition, id: 'd' })['extension']).to.deep.equal([
        { url: `${OURS}related-clinical-content`, valueReference: { reference: 'Observation/o' } },
        {
          url: `${OURS}related-problem-header`,
          extension: [
            { url: 'type', valueCode: 'parent' },
            { url: 'target', valueReference: { reference: 'Condition/d' } },
          ],
        },
      ]);
    });

    it('keep their significance', () => {
      const extension = [{ url: `${CARECONNECT}ProblemSignificance-1`, valueCode: 'major' }];
      expect(mapOne({ ...condition, extension })['extension']).to.deep.equal([
        { url: `${OURS}problem-significance`, valueCode: 'major' },
      ]);
    });

    it('do not repair an inactive one without an end, and know the category under both its systems', () => {
      for (const system of [
        'http://hl7.org/fhir/condition-category',
        'https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-ConditionCategory-1',
      ]) {
        const category = [{ coding: [{ system, code: 'problem-list-item' }] }];
        const { resources, found } = mapAll(bundle({ ...condition, clinicalStatus: 'inactive', category }));
        expect(resources[0]).to.not.have.any.keys('abatementDateTime', 'verificationStatus', 'onsetDateTime');
        expect(resources[0]).to.have.nested.property(
          'category[0].coding[0].system',
          'http://terminology.hl7.org/CodeSystem/condition-category',
        );
        expect(found).to.deep.equal([]);
      }
    });

    it('have no clinical status beside "entered in error"', () => {
      const mapped = mapOne({ ...condition, verificationStatus: 'entered-in-error' });
      expect(mapped).to.not.have.property('clinicalStatus');
      expect(JSON.stringify(mapped['extension'])).to.contain('active');
    });
  });

  describe('of medications', () => {
    it('make of one authorisation a statement, a plan and its issues, linked so that a reader can show one line', () => {
      const based = { basedOn: [{ reference: 'MedicationRequest/m' }] };
      const order = (id: string): object => ({ ...request, ...based, id, intent: 'order', status: 'completed' });
      const other = { ...request, id: 'other' };
      const { resources } = mapAll(
        bundle({ ...statement, ...based }, request, order('i1'), order('i2'), other, {
          ...order('i3'),
          basedOn: [{ reference: 'MedicationRequest/other' }],
        }),
      );
      expect(resources.map((it) => it['resourceType'])).to.deep.equal([
        'MedicationStatement',
        ...Array<string>(5).fill('MedicationRequest'),
      ]);
      const [line, plan, ...issues] = resources;
      expect(line).to.deep.include(based);
      expect(line!['derivedFrom']).to.deep.equal([
        { reference: 'MedicationRequest/i1' },
        { reference: 'MedicationRequest/i2' },
      ]);
      expect(plan).to.not.have.property('basedOn');
      for (const issue of issues.slice(0, 2)) expect(issue).to.deep.include(based);
    });

    it('keep the status as given, and a definition aside, which R4 does not have', () => {
      for (const status of ['completed', 'active', 'stopped'])
        expect(mapOne({ ...request, status })).to.include({ status });
      const { resources, found } = mapAll(bundle({ ...request, definition: [{ reference: 'ActivityDefinition/x' }] }));
      expect(JSON.stringify(resources[0]!['extension'])).to.contain('ActivityDefinition/x');
      expect(found).to.deep.equal(['unknown-element MedicationRequest.definition']);
    });

    it('put nobody in the place of a missing requester, and no end to an open plan', () => {
      const mapped = mapOne({ ...request, dispenseRequest: { validityPeriod: { start: '2020-01-01' } } });
      expect(mapped).to.not.have.property('requester');
      expect(mapped['dispenseRequest']).to.deep.equal({ validityPeriod: { start: '2020-01-01' } });
    });

    it('keep a unit in words beside a quantity, and the text beside both', () => {
      const extension = [{ url: `${GPC}MedicationQuantityText-1`, valueString: '1 bottle' }];
      expect(mapOne({ ...request, dispenseRequest: { quantity: { extension, value: 200, unit: 'ml' } } }))
        .to.have.nested.property('dispenseRequest.quantity')
        .deep.equal({
          value: 200,
          unit: 'ml',
          _unit: { extension: [{ url: `${OURS}source-text`, valueString: '1 bottle' }] },
        });
    });

    it('keep UCUM where it was given', () => {
      const expectedSupplyDuration = { value: 28, unit: 'day', system: 'http://unitsofmeasure.org', code: 'd' };
      expect(mapOne({ ...request, dispenseRequest: { expectedSupplyDuration } })).to.have.deep.nested.property(
        'dispenseRequest.expectedSupplyDuration',
        expectedSupplyDuration,
      );
    });

    it('keep the words of dosage and instruction exactly', () => {
      const dosage = [{ text: '1-2 up to QDS  prn', patientInstruction: 'WITH food\r\nnot milk' }];
      expect(mapOne({ ...request, dosageInstruction: dosage })['dosageInstruction']).to.deep.equal(dosage);
      expect(mapOne({ ...statement, dosage })['dosage']).to.deep.equal(dosage);
    });

    it('take a prescription type that is only words', () => {
      const extension = [{ url: `${GPC}PrescriptionType-1`, valueCodeableConcept: { coding: [], text: 'Automatic' } }];
      expect(mapOne({ ...request, extension })['courseOfTherapyType']).to.deep.equal({ text: 'Automatic' });
    });

    it('mark what another organisation prescribed, and when it was last issued', () => {
      const agency = {
        coding: [
          {
            system: 'https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-PrescribingAgency-1',
            code: 'prescribed-by-another-organisation',
            display: 'Prescribed by another organisation',
          },
        ],
      };
      const { extension } = mapOne({
        ...statement,
        extension: [
          { url: `${CARECONNECT}PrescribingAgency-1`, valueCodeableConcept: agency },
          { url: `${GPC}MedicationStatementLastIssueDate-1`, valueDateTime: '2020-01-01' },
        ],
      }) as { extension: Json[] };
      expect(extension[0]).to.have.property('url', `${UK_CORE}MedicationPrescribingOrganizationType`);
      expect(extension[0]).to.have.nested.property(
        'valueCodeableConcept.coding[0].code',
        'prescribed-by-another-organisation',
      );
      expect(extension[1]).to.deep.equal({
        url: `${UK_CORE}MedicationStatementLastIssueDate`,
        valueDateTime: '2020-01-01',
      });
    });

    it('take the id of a Medication as a name, be it a code', () => {
      const medication = { resourceType: 'Medication', id: '319283006', code: { text: 'Amlodipine' } };
      const mapped = mapOne(
        {
          ...request,
          medicationCodeableConcept: undefined,
          medicationReference: { reference: 'Medication/319283006' },
        },
        medication,
      );
      expect(mapped['medicationReference']).to.deep.equal({ reference: 'Medication/319283006' });
    });

    it('keep the reason for a status as it is, and when the status changed', () => {
      const reason = { coding: [{ system: 'https://fhir.hl7.org.uk/Id/egton-codes', code: 'ALLERGY1' }], text: 'zz' };
      const extension = [
        {
          url: `${GPC}MedicationStatusReason-1`,
          extension: [
            { url: 'statusReason', valueCodeableConcept: reason },
            { url: 'statusChangeDate', valueDateTime: '2020-01-01' },
          ],
        },
      ];
      const mapped = mapOne({ ...request, extension });
      expect(mapped['statusReason']).to.deep.equal(reason);
      expect(mapped['extension']).to.deep.equal([{ url: `${OURS}status-change-date`, valueDateTime: '2020-01-01' }]);
    });
  });

  describe('of observations and reports', () => {
    it('show the free text of a consultation as a note, never as a result', () => {
      const mapped = mapOne({
        ...observation,
        code: { coding: [{ system: SNOMED, code: '37331000000100', display: 'Comment note' }] },
        comment: 'Feels 3.5 times better',
      });
      expect(mapped['note']).to.deep.equal([{ text: 'Feels 3.5 times better' }]);
      expect(Object.keys(mapped).some((it) => it.startsWith('value'))).to.equal(false);
    });

    it('leave one without a value, or of unknown status, as it is', () => {
      expect(mapOne({ ...observation, status: 'unknown' })).to.deep.equal({ ...observation, status: 'unknown' });
    });

    it('keep a reference range in words, and a result that is words', () => {
      const referenceRange = [{ text: '3.5 - 5.3' }];
      const mapped = mapOne({ ...observation, valueString: 'Ap 2.400', referenceRange });
      expect(mapped).to.deep.include({ valueString: 'Ap 2.400', referenceRange });
    });

    it('keep an interpretation of CareConnect that R4 does not have under its own system', () => {
      const coding = [
        { system: 'https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-ObservationInterpretation-1', code: 'PA' },
      ];
      expect(mapOne({ ...observation, interpretation: { coding } })['interpretation']).to.deep.equal([{ coding }]);
    });

    it('keep blood pressure as two components, coded as they came, their units in words', () => {
      const component = ['163020007', '163031004'].map((code, at) => ({
        code: {
          coding: [
            { system: SNOMED, code },
            { system: 'http://read.info/readv2', code: `246${at}` },
          ],
          text: 'BP',
        },
        valueQuantity: { value: 120, unit: 'mm[Hg]' },
      }));
      expect(mapOne({ ...observation, component })['component']).to.deep.equal(component);
    });

    it('write an OID in an identifier as a URI, so that both spellings are one', () => {
      for (const system of ['2.16.840.1.113883.2.1.4.5.5', 'urn:oid:2.16.840.1.113883.2.1.4.5.5'])
        expect(mapOne({ ...observation, identifier: [{ system, value: '1' }] })).to.have.nested.property(
          'identifier[0].system',
          'urn:oid:2.16.840.1.113883.2.1.4.5.5',
        );
    });
  });

  it('of encounters: keep the words of the type, an open period, the status, and author and recorder', () => {
    const participant = ['PPRF', 'REC'].map((code) => ({
      type: [{ coding: [{ code }] }],
      individual: { display: 'Dr' },
    }));
    const encounter = { status: 'finished', type: [{ text: 'Externally Entered' }], period: { start: '2020-01-01' } };
    expect(mapOne({ resourceType: 'Encounter', id: 'e', ...encounter, participant })).to.deep.include({
      ...encounter,
      participant,
    });
  });

  it('of immunisations: move practitioner and protocol, and leave primarySource a boolean', () => {
    const mapped = mapOne({
      resourceType: 'Immunization',
      id: 'i',
      status: 'completed',
      notGiven: false,
      primarySource: false,
      vaccineCode: { text: 'MMR' },
      patient: subject,
      practitioner: [{ actor: { display: 'Nurse' }, role: { text: 'AP' } }],
      vaccinationProtocol: [{ doseSequence: 1, targetDisease: [{ text: 'Measles' }] }],
    });
    expect(mapped).to.deep.include({
      primarySource: false,
      performer: [{ actor: { display: 'Nurse' }, function: { text: 'AP' } }],
      protocolApplied: [{ doseNumberPositiveInt: 1, targetDisease: [{ text: 'Measles' }] }],
    });
  });

  describe('of referrals, diary, questionnaires and documents', () => {
    it('keep status, priority, notes, all recipients and for whom a referral was made', () => {
      const mapped = mapOne(
        {
          resourceType: 'ReferralRequest',
          id: 'r',
          status: 'unknown',
          intent: 'order',
          priority: 'asap',
          subject,
          note: [{ text: 'Mode: letter' }, { text: 'Purpose: assessment' }],
          recipient: [{ reference: 'HealthcareService/h' }, { display: 'Dr Hill' }],
          requester: { agent: { display: 'Dr Marsden' }, onBehalfOf: { display: 'Riverbank' } },
        },
        { resourceType: 'HealthcareService', id: 'h', name: 'Physio' },
      );
      expect(mapped).to.deep.include({
        status: 'unknown',
        priority: 'asap',
        note: [{ text: 'Mode: letter' }, { text: 'Purpose: assessment' }],
        performer: [{ reference: 'HealthcareService/h' }, { display: 'Dr Hill' }],
        requester: { display: 'Dr Marsden' },
        extension: [{ url: `${OURS}on-behalf-of`, valueReference: { display: 'Riverbank' } }],
      });
    });

    it('keep when a recall is due, and who wants it', () => {
      const occurrencePeriod = { start: '2021-01-01', end: '2021-02-01' };
      const diary = { resourceType: 'ProcedureRequest', id: 'q', status: 'active', intent: 'plan', subject };
      expect(
        mapOne({ ...diary, code: { text: 'Smear' }, occurrencePeriod, requester: { agent: { display: 'Dr' } } }),
      ).to.deep.include({ intent: 'plan', occurrencePeriod, requester: { display: 'Dr' } });
    });

    it('keep a questionnaire that is none: its identifier, its parent and the findings that are its answers', () => {
      const identifier = { system: 'https://gp.example/id', value: '1' };
      const item = [{ linkId: '1', answer: [{ valueReference: { reference: 'Observation/o' } }] }];
      const mapped = mapOne(
        {
          resourceType: 'QuestionnaireResponse',
          id: 'v',
          status: 'completed',
          identifier,
          item,
          parent: [{ reference: 'Observation/o' }],
        },
        observation,
      );
      expect(mapped).to.deep.include({ identifier, item, partOf: [{ reference: 'Observation/o' }] });
      expect(mapped).to.not.have.property('questionnaire');
    });

    it('make a list of the one encounter of a document, and claim no class and no status of its text', () => {
      const mapped = mapOne(
        {
          resourceType: 'DocumentReference',
          id: 'd',
          status: 'current',
          type: { text: 'Letter' },
          content: [{ attachment: { title: 't' } }],
          context: { encounter: { reference: 'Encounter/e' } },
        },
        { resourceType: 'Encounter', id: 'e', status: 'finished' },
      );
      expect(mapped).to.have.deep.nested.property('context.encounter', [{ reference: 'Encounter/e' }]);
      expect(mapped).to.not.have.any.keys('category', 'docStatus');
    });
  });
});
