import { expect } from 'chai';
import fc from 'fast-check';
import { FaultError, type ResourceType } from '../../src/fhir/index.ts';
import { parseSearch } from '../../src/search/request/request.ts';

const system = 'https://fhir.nhs.uk/Id/nhs-number';
const pairs = (query: string) => [...new URLSearchParams(query)];
const options = { handling: 'strict' as const, now: Date.UTC(2026, 0), unseal: () => undefined };
const parse = (query: string, type: ResourceType = 'AllergyIntolerance') => parseSearch(type, pairs(query), options);

const fails = (query: string, type: ResourceType = 'AllergyIntolerance') => {
  try {
    parse(query, type);
  } catch (error) {
    expect(error).to.be.instanceOf(FaultError);
    return error as FaultError;
  }
  throw new Error(`${query} was accepted`);
};

describe('a search request', () => {
  for (const form of [
    'patient=9990000018',
    'patient=Patient/9990000018',
    'patient:Patient=9990000018',
    `patient:identifier=${system}|9990000018`,
    `patient.identifier=${system}|9990000018`,
    'patient.identifier=9990000018',
  ]) {
    it(`finds the patient in ${form}`, () => {
      expect(parse(form).patient).to.equal('9990000018');
    });
  }

  it('takes subject wherever the type has one, and not elsewhere', () => {
    expect(parse('subject=Patient/9990000018', 'Condition').patient).to.equal('9990000018');
    expect(parse(`subject:identifier=${system}|9990000018`, 'Observation').patient).to.equal('9990000018');
    expect(fails('patient=9990000018&subject=9990000018').fault).to.equal('notSupported');
  });

  it('names the patient of a Patient search by id or identifier', () => {
    expect(parse('_id=9990000018', 'Patient').patient).to.equal('9990000018');
    expect(parse(`identifier=${system}|9990000018`, 'Patient').patient).to.equal('9990000018');
  });

  it('accepts the same patient twice and refuses two', () => {
    expect(parse('patient=9990000018&patient.identifier=9990000018').patient).to.equal('9990000018');
    expect(fails('patient=9990000018&patient=9990000026')).to.include({ fault: 'invalid', expression: 'patient' });
    expect(fails('patient=9990000018,9990000026').fault).to.equal('value');
  });

  for (const wrong of [
    '9990000019',
    '999000001',
    'Patient/9990000018/_history/1',
    'Group/9990000018',
    '999 000 0018',
    '',
    'null',
  ]) {
    it(`refuses the patient ${JSON.stringify(wrong)}`, () => {
      const error = fails(`patient=${encodeURIComponent(wrong)}`);
      expect(error).to.include({ fault: 'value', expression: 'patient' });
      if (wrong !== '') expect(error.message).to.not.contain(wrong);
    });
  }

  it('refuses an identifier of another system, and a search about nobody', () => {
    expect(fails('patient:identifier=https://other.example|9990000018').fault).to.equal('value');
    expect(fails('')).to.include({ fault: 'required', expression: 'patient' });
    expect(fails('code=1', 'Condition').fault).to.equal('required');
  });

  it('reads token and date filters, commas as alternatives, escapes kept', () => {
    expect(parse('patient=9990000018&clinical-status=active,resolved&date=ge2024-01&code=a\\,b').filters).to.deep.equal(
      [
        { code: 'clinical-status', values: ['active', 'resolved'] },
        { code: 'date', values: ['ge2024-01'] },
        { code: 'code', values: ['a\\,b'] },
      ],
    );
  });

  for (const wrong of ['2024-13', 'yesterday', 'xx2024', 'ge', '2023-02-29', '', '2024-01-01,']) {
    it(`refuses the date ${JSON.stringify(wrong)}`, () => {
      expect(fails(`patient=9990000018&date=${wrong}`)).to.include({ fault: 'value', expression: 'date' });
    });
  }

  it('refuses what it does not support when strict, and passes over it when lenient', () => {
    for (const query of [
      'colour=red',
      '_text=x',
      '_content=x',
      'recorder.colour=red',
      '_has:Observation:colour:code=x',
      '_query=x',
      '_filter=x',
    ]) {
      expect(fails(`patient=9990000018&${query}`), query).to.include({ fault: 'notSupported' });
      const lenient = parseSearch('AllergyIntolerance', pairs(`patient=9990000018&${query}`), {
        ...options,
        handling: 'lenient',
      });
      expect(lenient.ignored).to.deep.equal([query.split('=')[0]]);
      expect(lenient.applied).to.deep.equal([['patient', '9990000018']]);
    }
  });

  for (const [name, expected] of [
    ['code', 'Expected a code, system|code, |code or system|.'],
    ['code:in', 'Expected a value set of FHIR itself'],
    ['code:text', 'Expected words.'],
    ['identifier:of-type', 'Expected system|code|value.'],
  ] as const) {
    it(`says what a value of ${name} looks like`, () => {
      expect(fails(`patient=9990000018&${name}=`).message).to.include(expected);
    });
  }

  it('reads an include once, however often it is given', () => {
    const query = `patient=9990000018${'&_include=AllergyIntolerance:recorder&_include=*&_include:iterate=*'.repeat(20)}`;
    const { shape, applied } = parse(query);
    expect(shape.includes.map((it) => [it.code, it.iterate])).to.deep.equal([
      ['recorder', false],
      ['*', false],
      ['*', true],
    ]);
    expect(applied).to.have.length(61);
  });

  it('refuses what would take long to read: values, in one parameter or in all, and keys of order, without end', () => {
    const values = (count: number): string => Array<string>(count).fill('a').join(',');
    expect(parse(`patient=9990000018&code=${values(500)}&category=${values(400)}`).criteria).to.have.length(2);
    expect(fails(`patient=9990000018&code=${values(501)}`)).to.include({ fault: 'invalid', expression: 'code' });
    expect(fails(`patient=9990000018${`&code=${values(250)}`.repeat(4)}`).fault).to.equal('invalid');
    expect(parse(`patient=9990000018&_sort=${'date,'.repeat(9)}date`).shape.sort).to.have.length(10);
    expect(fails(`patient=9990000018&_sort=${'date,'.repeat(10)}date`)).to.include({
      fault: 'value',
      expression: '_sort',
    });
  });

  it('leaves the format to the door and asks for provenance', () => {
    const request = parse('patient=9990000018&_format=json&_revinclude=Provenance:target');
    expect(request.shape.withProvenance).to.equal(true);
    expect(request.filters).to.deep.equal([]);
    expect(request.applied.map(([name]) => name)).to.deep.equal(['patient', '_revinclude']);
  });

  it('answers any query with a request or a fault, whatever it holds', () => {
    const names = fc.oneof(
      fc.constantFrom(
        'patient',
        'code',
        'date',
        '_id',
        '_lastUpdated',
        '__proto__',
        'constructor',
        'patient:identifier',
        'toString',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(names, fc.string())),
        fc.constantFrom<ResourceType>('Condition', 'Patient', 'List'),
        (query, type) => {
          try {
            parseSearch(type, query, options);
          } catch (error) {
            expect(error).to.be.instanceOf(FaultError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
