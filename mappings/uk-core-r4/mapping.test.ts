import { join } from 'node:path';
import { expect } from 'chai';
import { SourceError } from '../../src/adapter/index.ts';
import { type Json, objects, RESOURCE_TYPES, sourceText } from '../../src/fhir/index.ts';
import { mapAnswer } from '../../src/mapping/map-answer.ts';
import { goldenPairs } from '../../test/support/index.ts';
import { canonicalSystem, map, split } from './index.ts';
import { isMapped } from './types.ts';

/** What an answer becomes: warnings, issues and resources. */
const mapWhole = (answer: unknown) => {
  const cut = split(answer);
  const { issues, resources } = mapAnswer({ map: map as never }, cut, { source: 'acute' });
  return {
    warnings: cut.warnings,
    issues: issues.map((it) => ({
      code: it.details?.coding?.[0]?.code,
      about: it.diagnostics,
      path: it.expression?.[0],
    })),
    resources: resources.map(({ localId, resource }) => ({ localId, resource: resource as unknown as Json })),
  };
};

type Entry = {
  readonly fullUrl?: string;
  readonly resource?: unknown;
  readonly search?: Json;
  readonly response?: Json;
};
const bundle = (type: string | undefined, ...entry: readonly Entry[]): Json => ({
  resourceType: 'Bundle',
  type,
  entry,
});
const only = (resource: Json, ...others: readonly Entry[]) => {
  const mapped = mapWhole(bundle('searchset', { resource }, ...others));
  return { ...mapped, resource: mapped.resources[0]!.resource };
};
const codesOf = ({ issues }: { issues: readonly { code: string | undefined }[] }) => issues.map((it) => it.code);
const observation = (more: Json = {}): Json => ({
  resourceType: 'Observation',
  id: 'o1',
  status: 'final',
  code: { text: 'Weight' },
  ...more,
});

describe('the mapping of FHIR R4 to UK Core', () => {
  goldenPairs({ split, map }, join(import.meta.dirname, 'golden'));

  describe('cutting an answer', () => {
    for (const type of ['searchset', 'message', 'batch', 'transaction', 'document', 'collection', undefined]) {
      it(`accepts a Bundle of ${type === undefined ? 'no type' : `type ${type}`}`, () => {
        expect(split(bundle(type, { resource: observation() })).records.map((it) => it.id)).to.deep.equal(['o1']);
      });
    }

    it('accepts Bundles inside a Bundle, and a resource alone', () => {
      expect(
        split(bundle('searchset', { resource: bundle('collection', { resource: observation() }) })).records,
      ).to.have.length(1);
      expect(split(observation()).records).to.have.length(1);
    });

    it('refuses what is no resource at all', () => {
      for (const junk of [null, 'Patient', 4, [], {}, { entry: [] }]) expect(() => split(junk)).to.throw(SourceError);
    });

    it('gives a resource without id the UUID or id of its address, else one made of its content', () => {
      const { records } = split(
        bundle(
          'batch',
          { fullUrl: 'urn:uuid:aaaa', resource: { resourceType: 'Flag' } },
          { fullUrl: 'https://fhir.trust.test/R4/Flag/f7', resource: { resourceType: 'Flag' } },
          { fullUrl: 'https://fhir.trust.test/R4/List/f8', resource: { resourceType: 'Flag', period: {} } },
          { resource: { resourceType: 'Flag', period: {} } },
          { resource: { resourceType: 'Flag', id: 12 } },
          { resource: { resourceType: 'Flag', id: 'Trust A|12' } },
        ),
      );
      const [uuid, address, third, fourth, number, odd] = records.map((it) => it.id);
      expect([uuid, address, number, odd]).to.deep.equal(['aaaa', 'f7', '12', 'Trust A|12']);
      expect(third)
        .to.match(/^[\w.-]{24}$/)
        .and.equal(fourth);
    });

    it('tolerates the same address twice, and names the place of an entry without a resource', () => {
      const { records, issues } = split(
        bundle(
          'batch',
          { fullUrl: 'urn:uuid:a', resource: observation() },
          { fullUrl: 'urn:uuid:a', resource: observation({ id: 'o2' }) },
          {},
          { response: { status: '200' } },
          { resource: { resourceType: 'Bundle', entry: [{ fullUrl: 'urn:uuid:b' }] } },
        ),
      );
      expect(records.map((it) => it.id)).to.deep.equal(['o1', 'o2']);
      expect(issues?.map((it) => [it.details?.coding?.[0]?.code, it.diagnostics])).to.deep.equal([
        ['unknown-type', 'entry/2'],
        ['unknown-type', 'entry/3'],
        ['unknown-type', 'entry/4.0'],
      ]);
    });

    it('decides about every type of R4, and names each resource that it leaves out', () => {
      const left = RESOURCE_TYPES.filter((it) => !isMapped(it));
      expect(left).to.include.members([
        'Claim',
        'ExplanationOfBenefit',
        'ClaimResponse',
        'Account',
        'Coverage',
        'MessageHeader',
        'Binary',
      ]);
      expect(RESOURCE_TYPES.length - left.length).to.be.greaterThan(60);
      for (const type of [...left, 'ProcedureRequest', 'ValueSet']) {
        if (type === 'Bundle' || type === 'OperationOutcome') continue;
        const { resources, issues } = mapWhole(bundle('batch', { resource: { resourceType: type, id: 'x' } }));
        expect(resources).to.deep.equal([]);
        expect(issues).to.deep.equal([{ code: 'unknown-type', about: `acute: ${type}/x`, path: undefined }]);
      }
      expect(mapWhole(bundle('batch', { resource: { resourceType: '<b>', id: 'x' } })).issues[0]?.about).to.equal(
        'acute: unknown/x',
      );
    });

    it('makes warnings of an OperationOutcome wherever it stands, never of its diagnostics', () => {
      const outcome = {
        resourceType: 'OperationOutcome',
        issue: [
          {
            severity: 'warning',
            code: 'incomplete',
            details: { text: 'One list is missing.' },
            diagnostics: 'https://db01',
          },
        ],
      };
      const warning = {
        system: 'http://hl7.org/fhir/issue-type',
        code: 'incomplete',
        text: 'One list is missing.',
        effect: 'incomplete',
      };
      for (const answer of [
        outcome,
        bundle('searchset', { resource: outcome, search: { mode: 'outcome' } }),
        bundle('batch-response', { response: { outcome } }),
      ]) {
        expect(split(answer)).to.deep.equal({ records: [], warnings: [warning], issues: [] });
      }
    });
  });

  describe('references', () => {
    const referring = (reference: string, more: Json = {}): Json => observation({ encounter: { reference, ...more } });
    const encounter = { resourceType: 'Encounter', id: 'e1', status: 'finished', class: { code: 'AMB' } };

    it('resolves a urn:uuid by the address of an entry, in either case', () => {
      const { resource, issues } = only(referring('urn:uuid:00AB'), { fullUrl: 'urn:uuid:00ab', resource: encounter });
      expect(resource['encounter']).to.deep.equal({ reference: 'Encounter/e1' });
      expect(issues).to.deep.equal([]);
    });

    it('keeps display and identifier of one that leads nowhere, and says unknown where there is neither', () => {
      for (const reference of ['urn:uuid:00ab', 'urn:oid:1.2.3', 'https://elsewhere.test/R4/Encounter/e1']) {
        const named = only(referring(reference, { display: 'Ward round' }));
        expect(named.resource['encounter']).to.deep.equal({ display: 'Ward round' });
        expect(codesOf(named)).to.deep.equal(['unresolved-reference']);
        const identified = only(referring(reference, { identifier: { value: '7' } }));
        expect(identified.resource['encounter']).to.deep.equal({ identifier: { value: '7' } });
        expect(JSON.stringify(only(referring(reference)).resource['encounter'])).to.contain('"valueCode":"unknown"');
      }
    });

    it('leaves relative references alone, whether the answer holds their target or not', () => {
      for (const reference of ['Encounter/e9', 'Encounter/e9/_history/2', 'Patient/p1']) {
        const { resource, issues } = only(observation({ subject: { reference } }));
        if (reference.startsWith('Patient')) expect(resource['subject']).to.deep.equal({ reference });
        expect(issues.length).to.equal(reference.startsWith('Patient') ? 0 : 1);
      }
      expect(only(referring('Encounter/e9/_history/2')).resource['encounter']).to.deep.equal({
        reference: 'Encounter/e9/_history/2',
      });
    });

    it('makes an absolute reference relative only to the server of the resource that holds it', () => {
      const at = (fullUrl: string, reference: string): unknown =>
        mapWhole(bundle('searchset', { fullUrl, resource: referring(reference, { display: 'D' }) })).resources[0]!
          .resource['encounter'];
      const own = 'https://fhir.trust.test/R4/Observation/o1';
      expect(at(own, 'https://fhir.trust.test/R4/Encounter/e1')).to.deep.equal({
        reference: 'Encounter/e1',
        display: 'D',
      });
      for (const foreign of [
        'https://fhir.trust.test/R4x/Encounter/e1',
        'https://fhir.trust.test.evil.test/R4/Encounter/e1',
        'https://fhir.trust.test/R4/admin/Encounter/e1',
        'http://fhir.trust.test/R4/Encounter/e1',
      ]) {
        expect(at(own, foreign), foreign).to.deep.equal({ display: 'D' });
      }
      expect(at('urn:uuid:1', 'https://fhir.trust.test/R4/Encounter/e1')).to.deep.equal({ display: 'D' });
    });

    it('never takes one patient for another by an address that contradicts its resource', () => {
      const other = { resourceType: 'Patient', id: 'p2' };
      for (const fullUrl of ['Patient/p1', 'https://fhir.trust.test/R4/Patient/p1']) {
        const mapped = mapWhole(
          bundle(
            'searchset',
            {
              fullUrl: 'https://fhir.trust.test/R4/Observation/o1',
              resource: observation({ subject: { reference: fullUrl } }),
            },
            { fullUrl, resource: other },
          ),
        );
        expect(mapped.resources[0]!.resource['subject']).to.deep.equal({ reference: 'Patient/p1' });
      }
    });

    it('keeps identifier-only and contained references, and reads a conditional one as an identifier', () => {
      const performer = [
        { identifier: { value: '7' } },
        { reference: '#d' },
        { reference: 'Practitioner?identifier=https://ids.test|9' },
      ];
      const { resource, issues } = only(
        observation({ contained: [{ resourceType: 'Practitioner', id: 'd' }], performer }),
      );
      expect(resource['performer']).to.deep.equal([
        { identifier: { value: '7' } },
        { reference: '#d' },
        { type: 'Practitioner', identifier: { system: 'https://ids.test', value: '9' } },
      ]);
      expect(issues.map((it) => it.code)).to.deep.equal(['repaired-form']);
    });
  });

  describe('codes', () => {
    const aliases: Readonly<Record<string, string>> = {
      'http://dm+d.org': 'https://dmd.nhs.uk',
      'http://hl7.org/fhir/ValueSet/condition-clinical': 'http://terminology.hl7.org/CodeSystem/condition-clinical',
      'http://hl7.org/fhir/condition-category': 'http://terminology.hl7.org/CodeSystem/condition-category',
      'http://terminology.hl7.or/CodeSystem/medicationrequest-category':
        'http://terminology.hl7.org/CodeSystem/medicationrequest-category',
      'https://terminology.hl7.org/CodeSystem/v3-ActCode': 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
      'https://unitsofmeasure.org': 'http://unitsofmeasure.org',
      'https://snomed.info/ict': 'http://snomed.info/sct',
      'http://example.com/v2-to-fhir-converter/CodeSystem/HL70230': 'http://terminology.hl7.org/CodeSystem/v2-0230',
      'http://hl7.org/fhir/v3/RoleCode': 'http://terminology.hl7.org/CodeSystem/v3-RoleCode',
      'http://hl7.org/fhir/v2/0078': 'http://terminology.hl7.org/CodeSystem/v2-0078',
      'https://fhir.nhs.uk/Id/opcs-4': 'https://fhir.hl7.org.uk/Id/opcs-4',
      'https://fhir.hl7.org.uk/CodeSystem/OPCS-4': 'https://fhir.hl7.org.uk/Id/opcs-4',
      'https://fhir.nhs.uk/id/ods-organization-code': 'https://fhir.nhs.uk/Id/ods-organization-code',
      'http://fhir.nhs.net/Id/sds-role-profile-id': 'https://fhir.nhs.uk/Id/sds-role-profile-id',
    };
    for (const [alias, canonical] of Object.entries(aliases)) {
      it(`reads ${alias} as ${canonical}`, () => {
        expect(canonicalSystem(alias)).to.equal(canonical);
        expect(canonicalSystem(canonical)).to.equal(canonical);
      });
    }

    it('leaves a system of which it knows nothing alone', () => {
      for (const system of [
        'http://hl7.org/fhir/administrative-gender',
        'http://loinc.org',
        'http://hl7.org/fhir/sid/icd-10-uk',
        'http://example.com/v2-to-fhir-converter/CodeSystem/L',
        'https://fhir.hl7.org.uk/Id/egton-codes',
        'urn:oid:2.16.840.1.113883.6.238',
        'constructor',
        '',
      ]) {
        expect(canonicalSystem(system)).to.equal(system);
      }
    });

    it('reports an alias once for a record, however often it stands there', () => {
      const coding = [
        { system: 'http://dm+d.org', code: '1' },
        { system: 'http://dm+d.org', code: '2' },
      ];
      const { issues, resource } = only(
        observation({
          code: { coding },
          valueQuantity: { value: 1, system: 'https://unitsofmeasure.org', code: 'kg' },
        }),
      );
      expect(issues.map((it) => [it.code, it.path])).to.deep.equal([
        ['aliased-system', 'Observation.code.coding[0].system'],
        ['aliased-system', 'Observation.valueQuantity.system'],
      ]);
      expect(JSON.stringify(resource)).to.not.contain('dm+d.org').and.not.contain('https://unitsofmeasure');
    });

    it('keeps what the source wrote beside a system that has taken over the codes of another, and only there', () => {
      const engine = 'http://example.com/v2-to-fhir-converter/CodeSystem/HL70230';
      const coding = [
        { system: engine, code: '1' },
        { system: 'http://dm+d.org', code: '2' },
      ];
      const code = only(observation({ code: { coding } })).resource['code'];
      expect(code).to.deep.equal({
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/v2-0230',
            _system: { extension: [sourceText(engine)] },
            code: '1',
          },
          { system: 'https://dmd.nhs.uk', code: '2' },
        ],
      });
    });

    it('keeps a dm+d code that came under SNOMED CT as it came, and guesses no code', () => {
      const coding = [
        { system: 'http://snomed.info/sct', code: '39732311000001104', display: 'Amoxicillin 250mg capsules' },
      ];
      const { resource, issues } = only({ resourceType: 'Medication', id: 'm', code: { coding } });
      expect(resource['code']).to.deep.equal({ coding });
      expect(issues).to.deep.equal([]);
      const units = only(observation({ valueQuantity: { value: 80, unit: 'mmHg' } })).resource['valueQuantity'];
      expect(units).to.deep.equal({ value: 80, unit: 'mmHg' });
    });
  });

  describe('what UK Core asks for beyond R4', () => {
    const needed: readonly (readonly [resource: Json, path: string])[] = [
      [
        {
          resourceType: 'AllergyIntolerance',
          patient: { reference: 'Patient/p' },
          clinicalStatus: {
            coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
          },
        },
        'AllergyIntolerance.code',
      ],
      [{ resourceType: 'Medication' }, 'Medication.code'],
      [
        {
          resourceType: 'MedicationRequest',
          status: 'active',
          intent: 'order',
          medicationCodeableConcept: { text: 'X' },
          subject: { reference: 'Patient/p' },
        },
        'MedicationRequest.substitution',
      ],
      [
        { resourceType: 'Organization', identifier: [{ system: 'https://fhir.nhs.uk/Id/ods-organization-code' }] },
        'Organization.identifier[0].value',
      ],
    ];
    for (const [resource, path] of needed) {
      it(`says that ${path} is unknown where it was not sent`, () => {
        const mapped = only(resource);
        expect(mapped.issues.map((it) => [it.code, it.path])).to.deep.equal([['missing-required', path]]);
        expect(JSON.stringify(mapped.resource)).to.contain('data-absent-reason');
      });
    }

    it('keeps extensions of UK Core and HL7, and the values of any other', () => {
      const extension = [
        {
          url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-BirthSex',
          valueCodeableConcept: { text: 'F' },
        },
        { url: 'http://hl7.org/fhir/StructureDefinition/patient-birthPlace', valueAddress: { city: 'Leeds' } },
        { url: 'https://trust.test/x', valueString: 'kept' },
        { url: 'https://trust.test/x', valueString: 'kept too' },
      ];
      const { resource, issues } = only({ resourceType: 'Patient', extension });
      const urls = objects(resource['extension']).map((it) => String(it['url']).replace(/^.*\//, ''));
      expect(urls).to.deep.equal(['Extension-UKCore-BirthSex', 'patient-birthPlace', 'source-value', 'source-value']);
      expect(JSON.stringify(resource)).to.contain('"https://trust.test/x"').and.contain('kept too');
      expect(codesOf({ issues })).to.deep.equal(['unknown-element']);
    });

    it('leaves a modifier extension where it is, known or not: what it modifies must not be read without it', () => {
      const modifierExtension = [{ url: 'https://trust.test/negated', valueBoolean: true }];
      expect(only(observation({ modifierExtension })).resource['modifierExtension']).to.deep.equal(modifierExtension);
    });
  });

  describe('what real servers get wrong', () => {
    const patient = { reference: 'Patient/p1' };
    const defects: readonly (readonly [what: string, resource: Json, path: string, expected: unknown, code: string])[] =
      [
        [
          'a flag in words',
          {
            resourceType: 'Immunization',
            status: 'completed',
            vaccineCode: { text: 'V' },
            patient,
            occurrenceDateTime: '2020',
            primarySource: 'true',
          },
          'primarySource',
          true,
          'repaired-form',
        ],
        [
          'a selection in words',
          observation({ code: { coding: [{ code: 'x', userSelected: 'true' }] } }),
          'code.coding[0].userSelected',
          true,
          'repaired-form',
        ],
        ['an id that is a number', observation({ id: 12 }), 'id', '12', 'repaired-form'],
        [
          'several identifiers where there is one',
          {
            resourceType: 'Appointment',
            status: 'proposed',
            participant: [{ actor: patient, status: 'accepted' }],
            basedOn: [{ identifier: [{ value: 'A' }, { value: 'B' }] }],
          },
          'basedOn[0].identifier.value',
          'A',
          'single-expected',
        ],
        [
          'an encounter without a class',
          { resourceType: 'Encounter', status: 'finished' },
          'class.extension[0].valueCode',
          'unknown',
          'missing-required',
        ],
        [
          'a reaction without a manifestation',
          {
            resourceType: 'AllergyIntolerance',
            patient,
            code: { text: 'x' },
            clinicalStatus: {
              coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
            },
            reaction: [{ description: 'Rash' }],
          },
          'reaction[0].manifestation[0].extension[0].valueCode',
          'unknown',
          'missing-required',
        ],
        [
          'a resource without a status',
          { resourceType: 'Observation', code: { text: 'x' } },
          '_status.extension[0].valueCode',
          'unknown',
          'missing-required',
        ],
      ];
    for (const [what, resource, path, expected, code] of defects) {
      it(`repairs ${what}, and says so`, () => {
        const mapped = only(resource);
        expect(mapped.resource).to.have.nested.property(path, expected);
        expect(codesOf(mapped)).to.deep.equal([code]);
      });
    }

    it('takes the same place or person for one as often as it is sent, and two that differ for two', () => {
      const place = { resourceType: 'Location', id: 'l', name: 'Ward 4' };
      expect(mapWhole(bundle('message', { resource: place }, { resource: place })).resources).to.have.length(1);
      const two = mapWhole(bundle('message', { resource: place }, { resource: { ...place, name: 'Ward 5' } }));
      expect(two.resources.map((it) => it.localId)).to.deep.equal(['l', 'l~2']);
      expect(codesOf(two)).to.deep.equal(['conflict']);
    });

    it('keeps a result that is only words', () => {
      const { resource, issues } = only(observation({ code: { text: 'Culture' }, valueString: 'No growth' }));
      expect(resource).to.deep.include({ code: { text: 'Culture' }, valueString: 'No growth' });
      expect(issues).to.deep.equal([]);
    });

    it('guesses no UK code for one of another country, and keeps tags', () => {
      const coding = [
        { system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '314076' },
        { system: 'http://loinc.org', code: '8302-2' },
        { system: 'http://hl7.org/fhir/sid/cvx', code: '140' },
      ];
      const tag = [{ system: 'https://smarthealthit.org/tags', code: 'synthea-5-2019' }];
      const { resource } = only(observation({ code: { coding }, meta: { tag } }));
      expect(resource).to.deep.include({ code: { coding }, meta: { tag } });
    });

    it('maps a restricted patient, who has no address, and invents none', () => {
      const meta = { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }] };
      const restricted = { resourceType: 'Patient', id: 'p1', meta, name: [{ family: 'Moss' }] };
      expect(only(restricted).resource).to.deep.equal(restricted);
    });
  });

  it('never passes on where an attachment lies, and says that there is one', () => {
    for (const url of ['https://files.trust.test/1.pdf', 'Binary/1', 'file://localhost/x', 'urn:uuid:1']) {
      const mapped = only({
        resourceType: 'DocumentReference',
        status: 'current',
        content: [{ attachment: { title: 'Letter', url } }],
      });
      expect(codesOf(mapped)).to.deep.equal(['foreign-link']);
      expect(JSON.stringify(mapped.resource)).to.contain('Letter').and.contain('masked').and.not.contain(url);
    }
  });

  it('keeps version, time, security labels and tags of the source, and leaves its profiles', () => {
    const security = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'NOPAT' }];
    const meta = {
      versionId: '3',
      lastUpdated: '2025-02-03T08:00:00Z',
      profile: ['https://x.test/p'],
      source: 'https://x.test',
      security,
    };
    expect(only(observation({ meta })).resource['meta']).to.deep.equal({
      versionId: '3',
      lastUpdated: '2025-02-03T08:00:00Z',
      security,
    });
  });
});
