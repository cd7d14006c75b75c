import { expect } from 'chai';
import { SourceError } from '../../src/adapter/index.ts';
import { split } from './index.ts';

const kindsOf = (answer: unknown) => split(answer).records.map(({ kind, id }) => `${kind}/${id}`);
const issuesOf = (answer: unknown) =>
  (split(answer).issues ?? []).map((it) => `${it.details?.coding?.[0]?.code} ${it.diagnostics}`);

describe('cutting an answer of the community record', () => {
  it('cuts the whole-record document, collection by collection', () => {
    const document = {
      patient: { patientId: 1, nhsNumber: '9990000018' },
      contacts: [{ contactId: 2, patientId: 1 }],
      alerts: [],
      medicinesAdministered: [{ administrationId: 3, patientId: 1 }],
    };
    expect(kindsOf(document)).to.deep.equal(['patient/1', 'contacts/2', 'medicinesAdministered/3']);
    expect(issuesOf(document)).to.deep.equal([]);
  });

  it('tells the entries of a page by their own ids, whatever other ids they name', () => {
    const records = [
      { allergyId: 5, patientId: 1, relatedContactId: 2 },
      { carePlanId: 6, patientId: 1, relatedReferralId: 3 },
    ];
    expect(kindsOf({ page: 1, pageSize: 50, totalRecords: 2, records })).to.deep.equal(['allergies/5', 'carePlans/6']);
  });

  it('reads the answer of a lookup, and a bare record', () => {
    expect(kindsOf({ patients: [{ patientId: 1 }] })).to.deep.equal(['patient/1']);
    expect(kindsOf({ patientId: 1, surname: 'Hallam' })).to.deep.equal(['patient/1']);
    expect(kindsOf({ problemId: 8, patientId: 1 })).to.deep.equal(['problems/8']);
  });

  it('says which R4 types each record can yield', () => {
    const [record] = split({ administrationId: 3, patientId: 1 }).records;
    expect(record?.types).to.include.members(['MedicationAdministration', 'Immunization', 'Practitioner', 'Location']);
  });

  it('gives an entry without an id one of its content, and one with a strange id one that can be referred to', () => {
    const [first] = kindsOf({ contacts: [{ patientId: 1, notes: 'a' }] });
    const [second] = kindsOf({ contacts: [{ patientId: 1, notes: 'b' }] });
    expect(first)
      .to.match(/^contacts\/[A-Za-z0-9.-]{24}$/)
      .and.not.equal(second);
    expect(kindsOf({ contacts: [{ contactId: 'a/b c' }] })[0]).to.match(/^contacts\/[A-Za-z0-9.-]{24}$/);
  });

  it('names what is no record of its collection in an issue and goes on', () => {
    const answer = { patient: { patientId: 1 }, contacts: [null, 'x', { contactId: 2 }] };
    expect(kindsOf(answer)).to.deep.equal(['patient/1', 'contacts/2']);
    expect(issuesOf(answer)).to.deep.equal(['unmapped-record entry/contacts[0]', 'unmapped-record entry/contacts[1]']);
  });

  it('keeps what stands under a name that it does not know, and an entry of a page with ids that it does not know', () => {
    const letter = { letterId: 7, patientId: 1, title: 'Discharge' };
    const others = (answer: unknown) => split(answer).records.filter(({ kind }) => kind === 'other');
    const document = { patient: { patientId: 1 }, letters: [letter, {}], exportedBy: 'Ward 4', remarks: '' };
    expect(others(document).map((it) => it.body)).to.deep.equal([{ letters: letter }, { exportedBy: 'Ward 4' }]);
    expect(others({ page: 1, pageSize: 50, totalRecords: 1, records: [letter] }).map((it) => it.body)).to.deep.equal([
      { records: letter },
    ]);
    expect(issuesOf(document)).to.deep.equal([]);
  });

  for (const answer of [null, 7, 'text', [], {}, { errorCode: 'PAT-404' }, { resourceType: 'Bundle' }]) {
    it(`does not take ${JSON.stringify(answer)} for an answer`, () => {
      expect(() => split(answer))
        .to.throw(SourceError)
        .with.property('kind', 'invalid-response');
    });
  }
});
