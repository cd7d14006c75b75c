import { expect } from 'chai';
import { globSync, readFileSync } from 'node:fs';
import { searchParametersOf } from '../../src/fhir/definitions/index.ts';
import type { FhirResource, Json } from '../../src/fhir/index.ts';
import { extractor } from '../../src/search/parameter/extract.ts';
import { evaluate } from './plain.ts';

const resources = globSync('mappings/*/golden/*.out.json').flatMap((file) => {
  const mapped = JSON.parse(readFileSync(file, 'utf8')) as { resources: readonly { resource: FhirResource }[] };
  return mapped.resources.map((it) => it.resource);
});

describe('what is found under a search parameter', () => {
  it('is what the FHIRPath engine finds, for every parameter of every mapped resource', () => {
    let compared = 0;
    for (const resource of resources)
      for (const [code, { expression }] of Object.entries(searchParametersOf(resource.resourceType))) {
        const found = extractor(expression)(resource as unknown as Json);
        if (found.length > 0) compared += 1;
        expect(found, `${resource.resourceType}.${code}`).to.deep.equal(evaluate(resource as never, expression));
      }
    expect(compared).to.be.greaterThan(1000);
  });

  const person = (more: object): Json => ({ resourceType: 'Patient', ...more });
  const deceased = 'Patient.deceased.exists() and Patient.deceased != false';
  for (const [name, patient] of [
    ['nothing is known of a death', person({})],
    ['there was none', person({ deceasedBoolean: false })],
    ['there was one', person({ deceasedBoolean: true })],
    ['its day is known', person({ deceasedDateTime: '2024-02-01' })],
  ] as const)
    it(`is what the engine finds where ${name}`, () => {
      expect(extractor(deceased)(patient)).to.deep.equal(evaluate(patient, deceased));
    });

  it('is only the telecom of a system where the parameter says which', () => {
    const phone = { system: 'phone', value: '01632 960001' };
    const telecom = [phone, { system: 'email', value: 'a@example.org' }, { value: 'of no system' }];
    expect(extractor("Patient.telecom.where(system='phone')")(person({ telecom }))).to.deep.equal([phone]);
  });
});
