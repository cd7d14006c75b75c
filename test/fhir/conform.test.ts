import { expect } from 'chai';
import fc from 'fast-check';
import { conform, type Dialect, type Json, ourExtension, parseJson } from '../../src/fhir/index.ts';

const DAR = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
};
const sourceText = (valueString: string) => ({ extension: [{ url: ourExtension('source-text'), valueString }] });
const sourceValue = (path: string, value: unknown) => ({
  url: ourExtension('source-value'),
  extension: [
    { url: 'path', valueString: path },
    typeof value === 'string' ? { url: 'value', valueString: value } : { url: 'value', valueReference: value },
  ],
});

const run = (given: unknown, dialect: Dialect = {}) => {
  const findings: string[] = [];
  const resource = conform(given as Json, dialect, ({ code, path }) => findings.push(`${code} ${path}`));
  return { out: JSON.parse(JSON.stringify(resource)) as Record<string, unknown>, findings };
};

const flag = (more: object) => ({
  resourceType: 'Flag',
  status: 'active',
  code: { text: 'x' },
  subject: { reference: 'Patient/1' },
  ...more,
});

describe('conform', () => {
  it('leaves a valid resource as it is and finds nothing', () => {
    const given = {
      resourceType: 'Observation',
      id: 'a',
      status: 'final',
      code: { coding: [{ system: 'http://snomed.info/sct', code: '1' }], text: 'Weight' },
      subject: { reference: 'Patient/1' },
      effectiveDateTime: '2024-03',
      valueQuantity: { value: 80, unit: 'kg' },
      component: [{ code: { text: 'a' }, valueString: 'b' }],
    };
    expect(run(given)).to.deep.equal({ out: given, findings: [] });
  });

  it('does not change what it was given', () => {
    const given = flag({ foo: 1, period: { start: '2024-02-30' } });
    const before = JSON.stringify(given);
    run(given);
    expect(JSON.stringify(given)).to.equal(before);
  });

  it('keeps an unknown element, leaf by leaf, beside where it stood', () => {
    const { out, findings } = run(flag({ identifier: [{ value: '1', colour: { shade: ['red', 7] } }] }));
    expect(findings).to.deep.equal(['unknown-element Flag.identifier[0].colour']);
    expect(out['identifier']).to.deep.equal([
      { value: '1', extension: [sourceValue('colour.shade[0]', 'red'), sourceValue('colour.shade[1]', '7')] },
    ]);
  });

  it('keeps an impossible date as text and never coerces it', () => {
    const { out, findings } = run({ resourceType: 'Patient', birthDate: '1961-04-93' });
    expect(findings).to.deep.equal(['invalid-value Patient.birthDate']);
    expect(out).to.deep.equal({ resourceType: 'Patient', _birthDate: sourceText('1961-04-93') });
  });

  it('reduces a time without a zone to its day and keeps the text', () => {
    const { out, findings } = run(flag({ period: { start: '2024-06-01T10:30:00' } }));
    expect(findings).to.deep.equal(['reduced-precision Flag.period.start']);
    expect(out['period']).to.deep.equal({ start: '2024-06-01', _start: sourceText('2024-06-01T10:30:00') });
  });

  it('keeps precision, offset and digits', () => {
    const given = parseJson(
      '{"resourceType":"Observation","status":"final","code":{"text":"x"},"effectiveDateTime":"2024-06-01T00:30:00.120+01:00","valueQuantity":{"value":4.00}}',
    );
    const { out, findings } = run(given);
    expect(findings).to.deep.equal([]);
    expect(out['effectiveDateTime']).to.equal('2024-06-01T00:30:00.120+01:00');
    expect(JSON.stringify(conform(given as Json, {}, () => undefined))).to.contain('"value":4.00');
  });

  it('repairs a value in the wrong JSON form and says so', () => {
    const { out, findings } = run({
      resourceType: 'Patient',
      active: 'true',
      name: { family: 'Ash' },
      identifier: [{ value: 12 }],
    });
    expect(out).to.deep.equal({
      resourceType: 'Patient',
      active: true,
      name: [{ family: 'Ash' }],
      identifier: [{ value: '12' }],
    });
    expect(findings).to.have.members(['repaired-form Patient.active', 'repaired-form Patient.identifier[0].value']);
  });

  it('emits the first of several values where R4 has one, and keeps the others', () => {
    const { out, findings } = run(flag({ encounter: [{ reference: 'Encounter/1' }, { reference: 'Encounter/2' }] }));
    expect(out['encounter']).to.deep.equal({ reference: 'Encounter/1' });
    expect(findings).to.deep.equal(['single-expected Flag.encounter']);
    expect(JSON.stringify(out)).to.contain('Encounter/2');
  });

  it('emits one of two choices and keeps the other', () => {
    const { out, findings } = run({
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'x' },
      valueString: 'a',
      valueBoolean: true,
    });
    expect(out).to.include({ valueString: 'a' }).and.not.have.property('valueBoolean');
    expect(out['extension']).to.deep.equal([sourceValue('valueBoolean', 'true')]);
    expect(findings).to.deep.equal(['single-expected Observation.valueBoolean']);
  });

  it('emits one of two choices with its extensions, and keeps those of the other', () => {
    const observation = { resourceType: 'Observation', status: 'final', code: { text: 'x' } };
    for (const other of [{ valueInteger: 1, _valueInteger: { id: 'i' } }, { _valueInteger: { id: 'i' } }]) {
      const { out, findings } = run({ ...observation, valueString: 'a', _valueString: { id: 's' }, ...other });
      expect(out).to.include({ valueString: 'a' }).and.not.have.any.keys('valueInteger', '_valueInteger');
      expect(out['extension']).to.deep.include(sourceValue('_valueInteger.id', 'i'));
      expect(findings).to.include('single-expected Observation._valueInteger');
      expect(run({ ...observation, ...other, valueString: 'a' }).out).to.not.have.property('valueString');
    }
  });

  it('keeps what says something of an id or a url, which have no extensions, as an unknown element', () => {
    const { out, findings } = run({ resourceType: 'Patient', name: [{ id: 'a', _id: { id: 'b' }, family: 'Ash' }] });
    expect(out['name']).to.deep.equal([{ id: 'a', family: 'Ash', extension: [sourceValue('_id.id', 'b')] }]);
    expect(findings).to.deep.equal(['unknown-element Patient.name[0]._id']);
  });

  it('takes the elements that one server adds to R4 for what they are', () => {
    const { out, findings } = run(flag({ meta: { author: { reference: 'Practitioner/1' }, versionId: '1' } }));
    expect(findings).to.deep.equal(['unknown-element Flag.meta.author']);
    expect(out['meta']).to.have.all.keys('versionId', 'extension');
  });

  it('keeps a code outside a required binding as text, and marks what is required as unknown', () => {
    const { out, findings } = run(flag({ status: 'Alive' }));
    expect(out).to.not.have.property('status');
    expect(out['_status']).to.deep.equal(sourceText('Alive'));
    expect(findings).to.deep.equal(['unknown-code Flag.status']);
    expect(run({ resourceType: 'Encounter', status: 'finished' }).out['class']).to.deep.equal(DAR);
  });

  it('gives a bound coding the one system its code can have', () => {
    const { out, findings } = run({
      resourceType: 'Condition',
      subject: { reference: 'Patient/1' },
      clinicalStatus: { coding: [{ code: 'active' }] },
    });
    expect(out['clinicalStatus']).to.deep.equal({
      coding: [{ code: 'active', system: 'http://terminology.hl7.org/CodeSystem/condition-clinical' }],
    });
    expect(findings).to.deep.equal(['repaired-form Condition.clinicalStatus.coding.system']);
  });

  it('drops empty texts, nulls and hollow objects, and nothing else', () => {
    const { out, findings } = run({
      resourceType: 'Location',
      name: 'Ward 3',
      description: '',
      alias: [],
      telecom: [{ value: null }],
      mode: ' ',
    });
    expect(out).to.deep.equal({ resourceType: 'Location', name: 'Ward 3' });
    expect(findings).to.deep.equal([]);
  });

  it('takes a reference that is free text for a display', () => {
    const { out } = run(flag({ author: { reference: 'Referral items are not supported' } }));
    expect(out['author']).to.deep.equal({ display: 'Referral items are not supported' });
  });

  it('keeps a reference to a type that R4 does not allow there, as a reference', () => {
    const { out, findings } = run(flag({ encounter: { reference: 'Patient/9' } }));
    expect(findings).to.deep.equal(['reference-target Flag.encounter']);
    expect(out['extension']).to.deep.equal([sourceValue('encounter', { reference: 'Patient/9' })]);
  });

  it('keeps ids and extensions of primitives, in arrays too', () => {
    const given = {
      resourceType: 'Patient',
      name: [
        { given: ['A', null, 'C'], _given: [null, { extension: [{ url: 'http://x.example', valueCode: 'q' }] }, null] },
      ],
      _birthDate: { id: 'b' },
    };
    expect(run(given)).to.deep.equal({ out: given, findings: [] });
  });

  it('takes an active problem that has ended for what it is, and keeps the end aside', () => {
    const { out, findings } = run({
      resourceType: 'Condition',
      subject: { reference: 'Patient/1' },
      clinicalStatus: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
      },
      abatementDateTime: '2020-01-01',
    });
    expect(out).to.not.have.property('abatementDateTime');
    expect(out['extension']).to.deep.equal([sourceValue('abatementDateTime', '2020-01-01')]);
    expect(findings).to.deep.equal(['invariant Condition.abatementDateTime']);
  });

  it('keeps a safe narrative, with its namespace, and refuses script', () => {
    const safe = run(flag({ text: { status: 'generated', div: '<div><p>Hello</p></div>' } }));
    expect(safe.out['text']).to.deep.equal({
      status: 'generated',
      div: '<div xmlns="http://www.w3.org/1999/xhtml"><p>Hello</p></div>',
    });
    for (const bad of [
      '<script>alert(1)</script>',
      '<a href="java&#10;script:x">y</a>',
      '<p onclick="x">y</p>',
      '<b>',
      '&nbsp;',
      '',
      // No browser minds these; XML does.
      'a ]]> b',
      '&#1;',
      '&#xD800;',
      '<p class="x" class="y">z</p>',
      '<p title="a & b">z</p>',
      '<p xmlns="http://x.example">z</p>',
      '<b>z</b title="a">',
      '<p\u00a0title="a">z</p>',
    ]) {
      const { out, findings } = run(
        flag({ text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${bad}</div>` } }),
      );
      expect(out, bad).to.not.have.property('text');
      expect(findings, bad).to.deep.equal(['unsafe-narrative Flag.text']);
    }
  });

  it('translates data types wherever they stand, by its dialect', () => {
    const dialect: Dialect = {
      Coding: (coding) => ({ ...coding, system: 'https://x.example' }),
      Extension: (extension, host) =>
        extension['url'] === 'drop' ? [] : [{ ...extension, url: `https://x.example/${host}` }],
      Reference: ({ reference, ...rest }) => ({ ...rest, display: reference }),
    };
    const { out } = run(
      flag({ code: { coding: [{ code: 'a', extension: [{ url: 'e', valueString: 'v' }, { url: 'drop' }] }] } }),
      dialect,
    );
    expect(out['code']).to.deep.equal({
      coding: [
        { code: 'a', system: 'https://x.example', extension: [{ url: 'https://x.example/Coding', valueString: 'v' }] },
      ],
    });
    expect(out['subject']).to.deep.equal({ display: 'Patient/1' });
  });

  it('is done after one time: what it made it leaves alone', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('status', 'code', 'subject', 'period', 'identifier', 'text', 'extension', 'author', 'weird'),
          fc.jsonValue(),
        ),
        (more) => {
          const once = run(flag(more)).out;
          const { out, findings } = run(once);
          expect(findings).to.deep.equal([]);
          expect(out).to.deep.equal(once);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('refuses what is no resource of R4', () => {
    expect(() => run({ resourceType: 'ReferralRequest' })).to.throw(TypeError);
    expect(() => run({})).to.throw(TypeError);
  });
});
