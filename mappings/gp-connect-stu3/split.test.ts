import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { atOnce } from '../../src/adapter/in-slices.ts';
import type { Answer } from '../../src/adapter/index.ts';
import { type Json, parseJson, scanBundle, SYSTEM } from '../../src/fhir/index.ts';
import { mapAnswer } from '../../src/mapping/map-answer.ts';
import { map, split, splitScanned, TOLD } from './index.ts';

const scanned = (text: string): Answer<Json> | undefined => {
  const bundle = atOnce(scanBundle(Buffer.from(text), TOLD));
  return bundle && splitScanned(bundle);
};
/** Records as those see them who read all of a record. */
const seen = ({ records, warnings, issues }: Answer<Json>): string =>
  JSON.stringify({
    records: records.map(({ types, kind, id, nhsNumber, body }) => ({ types, kind, id, nhsNumber, body })),
    warnings,
    issues,
  });
const isSame = (text: string): boolean => {
  const lazily = scanned(text);
  if (!lazily) return false;
  const whole = split(parseJson(text));
  // Mapped first: then nothing was looked at before a mapping does.
  expect(mapAnswer({ map: map as never }, lazily, { source: 'gp' })).to.deep.equal(
    mapAnswer({ map: map as never }, whole, { source: 'gp' }),
  );
  expect(seen(lazily)).to.equal(seen(whole));
  return true;
};

const bundleOf = (...resources: readonly unknown[]): string =>
  JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })) });
const patient = { resourceType: 'Patient', id: 'p' };
const numbered = { identifier: { system: SYSTEM.nhsNumber, value: '9990000018' } };
const allergy = {
  resourceType: 'AllergyIntolerance',
  id: 'a1',
  code: { text: 'Nuts' },
  patient: { reference: 'Patient/p' },
};
const ended = {
  resourceType: 'List',
  id: 'l1',
  code: { coding: [{ system: 'http://snomed.info/sct', code: '1103671000000101' }] },
  contained: [allergy],
  entry: [{ item: { reference: '#a1' } }],
};
const warning = {
  resourceType: 'List',
  extension: [
    {
      url: 'https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-ListWarningCode-1',
      valueCode: 'confidential-items',
    },
  ],
  note: [{ text: 'Items excluded due to confidentiality and/or patient preferences.' }],
};
const KINDS: readonly Json[] = [
  patient,
  { resourceType: 'Condition', id: 'c1', subject: { reference: 'Patient/p' }, onsetDateTime: '2020' },
  { resourceType: 'Condition', id: 'c1', subject: numbered },
  { resourceType: 'AllergyIntolerance', id: 'a2', patient: numbered, code: { text: 'Dust' } },
  { resourceType: 'Observation', subject: { reference: 'Patient/p' }, valueQuantity: { value: 3.5 } },
  {
    resourceType: 'Observation',
    id: 'o1',
    contained: [{ resourceType: 'Organization', id: 'x' }],
    performer: [{ reference: '#x' }],
  },
  { resourceType: 'List', entry: [{ item: { reference: 'Condition/c1' } }] },
  { resourceType: 'MedicationRequest', id: 'm1', intent: 'order', basedOn: [{ reference: 'MedicationRequest/m2' }] },
  { resourceType: 'MedicationRequest', id: 'm2', intent: 'plan' },
  { resourceType: 'MedicationStatement', id: 's1', basedOn: [{ reference: 'MedicationRequest/m2' }] },
  allergy,
  ended,
  warning,
  { resourceType: 'OperationOutcome', issue: [{ severity: 'warning', code: 'invalid', diagnostics: 'includeThings' }] },
  { resourceType: 'Bundle', type: 'collection', entry: [{ resource: allergy }, {}, { resource: warning }] },
  { resourceType: 'Strange', id: 'z' },
  { resourceType: 'no type at all', id: 'z' },
];

describe('cutting an answer of GP Connect that was scanned', () => {
  it('comes to what cutting it whole does, for every answer of the sandbox', () => {
    const folder = join(import.meta.dirname, '../../sandbox/people/gp-connect');
    const files = readdirSync(folder).filter((it) => it.endsWith('.json'));
    expect(files.map((it) => [it, isSame(readFileSync(join(folder, it), 'utf8'))])).to.deep.equal(
      files.map((it) => [it, true]),
    );
  });

  it('comes to the same for resources of every kind in any order, with an escape for any sign', () => {
    const texts = fc
      .tuple(fc.shuffledSubarray([...KINDS, ...KINDS]), fc.constantFrom('', '-', 'n', 'L', '/', '1'))
      .map(([resources, sign]) => {
        const text = bundleOf(...resources);
        const escape = `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
        // In values only: a scan leaves names with escapes to the parser, and ids and types as well.
        return sign === ''
          ? text
          : text.replace(/"(?:url|system|diagnostics|code)":"[^"]*"/g, (it) => {
              const colon = it.indexOf(':');
              return it.slice(0, colon) + it.slice(colon).replaceAll(sign, escape);
            });
      });
    fc.assert(
      fc.property(texts, (text) => isSame(text)),
      { numRuns: 300 },
    );
  });

  it('leaves a record unparsed while only other types are mapped', () => {
    const file = join(import.meta.dirname, '../../sandbox/people/gp-connect/9990000018.json');
    const answer = scanned(readFileSync(file, 'utf8'))!;
    mapAnswer({ map: map as never }, answer, { source: 'gp', wanted: new Set(['Condition', 'Patient']) });
    const parsed = answer.records.filter((it) => (it as unknown as { parsed: unknown }).parsed !== undefined);
    expect([...new Set(parsed.map((it) => it.kind))].sort()).to.deep.equal(['Condition', 'Patient']);
  });

  it('parses no record before it is looked at, and then once', () => {
    const { records } = scanned(bundleOf(patient, KINDS[1]))!;
    const parsed = (): readonly unknown[] => records.map((it) => (it as unknown as { parsed: unknown }).parsed);
    expect(parsed()).to.deep.equal([undefined, undefined]);
    const [, condition] = records;
    expect(condition!.body).to.equal(condition!.body);
    expect(parsed()).to.deep.equal([undefined, KINDS[1]]);
  });
});
