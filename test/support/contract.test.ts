import { expect } from 'chai';
import Mocha from 'mocha';
import { memorySource } from '../../adapters/memory/index.ts';
import { type AdapterDefinition, defineAdapter } from '../../src/adapter/index.ts';
import { BASE, type FhirResource, type Json } from '../../src/fhir/index.ts';
import { mappingContract } from './contract-mapping.ts';

const sound = memorySource({ types: ['Patient', 'Flag'], records: {} });
const flag = {
  resourceType: 'Flag',
  id: 'f',
  status: 'active',
  code: { text: 'Dog' },
  subject: { display: 'Somebody' },
};
const raw = { resourceType: 'Bundle', entry: [{ resource: flag }] };
/** The envelope says nothing of a person. */
const notCarried = [{ path: 'Bundle.resourceType', why: 'An envelope.' }];

/** A mapping that changes what a sound one makes. */
const mapping = (change: (resource: Json) => Json): AdapterDefinition => ({
  ...defineAdapter(sound),
  notCarried,
  map: (record, context) => {
    const { resources, ...rest } = sound.map(record, context);
    const changed = (it: FhirResource) => change(it as unknown as Json) as unknown as FhirResource;
    return { ...rest, resources: resources.map((it) => ({ ...it, resource: changed(it.resource) })) };
  },
});

describe('the contract suite', () => {
  it('passes a sound mapping', async () => {
    expect(await failuresOf(mapping((it) => it))).to.deep.equal([]);
  });

  const left = { ...raw, entry: [...raw.entry, { comment: 'left behind' }] };
  const faults: readonly (readonly [what: string, title: RegExp, adapter: AdapterDefinition, answer?: unknown])[] = [
    ['a type that its record does not name', /^yields no type/, mapping((it) => ({ ...it, resourceType: 'Basic' }))],
    [
      'a reference with an id that cannot stand in one',
      /^writes no reference/,
      mapping((it) => ({ ...it, author: { display: 'Practitioner/a b' } })),
    ],
    [
      'an extension of ours that is not declared',
      /^uses no extension/,
      mapping((it) => ({ ...it, extension: [{ url: `${BASE}/StructureDefinition/colour`, valueString: 'red' }] })),
    ],
    ['a value lost', /^loses no value/, mapping(({ code: _, ...rest }) => ({ ...rest, code: flag.subject }))],
    ['a value invented', /^loses no value/, mapping((it) => ({ ...it, language: 'en' }))],
    ['a value left behind when the answer is cut', /^loses no value/, mapping((it) => it), left],
  ];
  for (const [what, title, adapter, answer] of faults) {
    it(`finds ${what}`, async () => {
      const failed = await failuresOf(adapter, answer);
      expect(
        failed.some((it) => title.test(it)),
        failed.join('; '),
      ).to.equal(true);
    });
  }
});

/** Runs the suite in a Mocha of its own. @returns the titles of the tests that fail. */
const failuresOf = (adapter: AdapterDefinition, answer: unknown = raw): Promise<readonly string[]> => {
  const inner = new Mocha({ reporter: Mocha.reporters.Base });
  const outer = { describe, it, before, beforeEach, after, afterEach };
  inner.suite.emit('pre-require', globalThis, 'inner', inner);
  try {
    mappingContract(adapter, () => Promise.resolve([{ person: 'somebody', raw: answer }]));
  } finally {
    Object.assign(globalThis, outer);
  }
  const failed: string[] = [];
  return new Promise((resolve) => {
    inner.run(() => resolve(failed)).on('fail', (test) => failed.push(test.title));
  });
};
