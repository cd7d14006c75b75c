import { expect } from 'chai';
import fc from 'fast-check';
import { parseJson, type Json } from '../../src/fhir/index.ts';
import { readNarrative } from '../../src/fhir/narrative.ts';
import { choose } from '../../src/operations/summary/choose.ts';
import { describe as say } from '../../src/operations/summary/describe.ts';
import { tableNarrative } from '../../src/operations/summary/narrative.ts';
import type { Held } from '../../src/search/held.ts';

const nothing = (): undefined => undefined;
const held = (resource: Json, source = 'gp'): Held => ({
  source,
  patientIds: new Set(['p']),
  local: {
    type: resource['resourceType'] as 'Observation',
    localId: String(resource['id']),
    resource: resource as never,
  },
});
const sectionOf = (records: readonly Held[], title: string): string[] =>
  choose(records)
    .find((it) => it.row.title === title)!
    .entries.map((it) => it.local.localId);

describe('the narrative of a summary', () => {
  it('is XHTML that FHIR allows, whatever a source wrote', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (words) => {
        const lines = words.map((what) => ({ what: `a${what}`, detail: what, status: '', date: '', source: what }));
        expect(
          readNarrative(
            tableNarrative(
              lines,
              words.map((it) => `a${it}`),
            ) as unknown as Json,
          ),
        ).to.not.equal(undefined);
      }),
    );
    const { div } = tableNarrative(
      [{ what: '<script>alert(1)</script>', detail: 'a & b', status: '', date: '', source: '"gp"' }],
      [],
    );
    expect(div).to.contain('&lt;script&gt;').and.contain('a &amp; b').and.not.contain('<th>Status</th>');
  });

  it('says values with their digits, reactions, doses and the names of what is referred to', () => {
    const value = parseJson('{"valueQuantity":{"comparator":"<","value":3.10,"unit":"mmol/L"}}') as Json;
    expect(say({ resourceType: 'Observation', code: { text: 'Urate' }, ...value }, nothing)).to.include({
      what: 'Urate',
      detail: '<3.10 mmol/L',
    });
    const order = { medicationReference: { reference: 'Medication/1', display: 'as written' } };
    expect(say(order, () => ({ code: { text: 'Aspirin 75mg tablets' } })).what).to.equal('Aspirin 75mg tablets');
    expect(say(order, nothing).what).to.equal('as written');
    expect(say({ code: { coding: [{ code: '1', display: 'Latex' }] } }, nothing).what).to.equal('Latex');
    expect(say({}, nothing).what).to.equal('not named');
    const allergy = { reaction: [{ manifestation: [{ text: 'Rash' }], severity: 'severe' }], criticality: 'high' };
    expect(say(allergy, nothing).detail).to.equal('Rash, severe; criticality: high');
    const pressure = { component: [{ code: { text: 'Systolic' }, valueQuantity: { value: 120, unit: 'mmHg' } }] };
    expect(say(pressure, nothing).detail).to.equal('Systolic: 120 mmHg');
    expect(say({ onsetPeriod: { start: '2019' } }, nothing).date).to.equal('from 2019');
  });
});

describe('the sections of a summary', () => {
  const observation = (id: string, more: Json) => held({ resourceType: 'Observation', id, status: 'final', ...more });

  it('show the latest of each test of each source, and what has no date or code in any case', () => {
    const code = { text: 'Sodium' };
    const records = [
      observation('old', { code, effectiveDateTime: '2020', valueInteger: 1 }),
      observation('new', { code, effectiveDateTime: '2024-02', valueInteger: 2 }),
      observation('undated', { code, valueInteger: 3 }),
      observation('uncoded', { effectiveDateTime: '2001', valueInteger: 4 }),
      held({ resourceType: 'Observation', id: 'theirs', code, effectiveDateTime: '2019', valueInteger: 5 }, 'acute'),
    ];
    expect(sectionOf(records, 'Results')).to.deep.equal(['new', 'theirs', 'uncoded', 'undated']);
    expect(choose(records).find((it) => it.row.title === 'Results')!.earlier).to.equal(1);
  });

  it('show what is current where it is current, and nothing that was entered in error', () => {
    const condition = (id: string, code: string, verified = 'confirmed') =>
      held({
        resourceType: 'Condition',
        id,
        clinicalStatus: { coding: [{ code }] },
        verificationStatus: { coding: [{ code: verified }] },
      });
    const records = [
      condition('a', 'active'),
      condition('b', 'resolved'),
      condition('c', 'active', 'entered-in-error'),
    ];
    expect(sectionOf(records, 'Problems')).to.deep.equal(['a']);
    expect(sectionOf(records, 'Past illness')).to.deep.equal(['b']);
    const drug = (id: string, status?: string) => held({ resourceType: 'MedicationStatement', id, status });
    const drugs = ['active', 'unknown', undefined, 'completed', 'stopped', 'entered-in-error'].map((it, at) =>
      drug(`${at}`, it),
    );
    expect(sectionOf(drugs, 'Medication')).to.deep.equal(['0', '1', '2']);
  });

  it('show an order where no statement of its own source stands for it', () => {
    const records = [
      held({
        resourceType: 'MedicationStatement',
        id: 's',
        status: 'active',
        basedOn: [{ reference: 'MedicationRequest/plan' }],
      }),
      held({
        resourceType: 'MedicationRequest',
        id: 'issue',
        status: 'active',
        basedOn: [{ reference: 'MedicationRequest/plan' }],
      }),
      held({ resourceType: 'MedicationRequest', id: 'plan', status: 'active' }),
      held({ resourceType: 'MedicationRequest', id: 'plan', status: 'active' }, 'acute'),
    ];
    expect(sectionOf(records, 'Medication')).to.deep.equal(['s', 'plan']);
  });

  it('take every resource of their types once at most', () => {
    const category = (code: string) => ({ category: [{ coding: [{ code }] }] });
    const records = ['laboratory', 'vital-signs', 'social-history', 'survey', 'other'].map((it) =>
      observation(it, category(it)),
    );
    const all = choose(records).flatMap((it) => it.entries.map(({ local }) => `${it.row.title}: ${local.localId}`));
    expect(all).to.deep.equal([
      'Vital signs: vital-signs',
      'Social history: social-history',
      'Functional status and assessments: survey',
      'Results: laboratory',
      'Other observations: other',
    ]);
  });
});
