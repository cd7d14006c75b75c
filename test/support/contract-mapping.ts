import { expect } from 'chai';
import fc from 'fast-check';
import { type AdapterDefinition, type Answer, SourceError } from '../../src/adapter/index.ts';
import { BASE, conform, EXTENSIONS, isObject, isResourceType, type Json, parseJson } from '../../src/fhir/index.ts';
import { accountFor } from '../../src/mapping/account.ts';
import { createContext, mapAnswer } from '../../src/mapping/map-answer.ts';

/** A raw answer of a fixture, parsed. */
export interface Fixture {
  readonly person: string;
  readonly raw: unknown;
}

/** The part of the contract suite that needs no source: what `split` and `map` make of the fixtures, and of junk. */
export const mappingContract = (adapter: AdapterDefinition, fixtures: () => Promise<readonly Fixture[]>): void => {
  describe('its mapping', function () {
    this.timeout(60_000);
    let answers: readonly (Fixture & { readonly answer: Answer })[];
    before(async () => {
      answers = (await fixtures()).map((it) => ({ ...it, answer: adapter.split(it.raw) }));
    });

    /** Every resource of every fixture. */
    const resources = () =>
      answers.flatMap(({ answer }) =>
        mapAnswer(adapter, answer, { source: 'test' }).resources.map(({ type, localId, resource }) => ({
          name: `${type}/${localId}`,
          resource: resource as unknown as Json,
        })),
      );

    it('maps every record of every fixture to valid R4, without changing what it was given', () => {
      for (const { person, answer } of answers) {
        const before = JSON.stringify(answer.records);
        answer.records.forEach(freeze);
        const mapped = mapAnswer(adapter, answer, { source: 'test' });
        expect(JSON.stringify(answer.records), person).to.equal(before);
        expect(mapped.issues.filter((it) => it.details?.coding?.[0]?.code === 'unmapped-record')).to.deep.equal([]);
        expect(mapped.resources.length).to.be.greaterThan(0);
        for (const { resource, localId } of mapped.resources) {
          expect(localId).to.not.equal('');
          expect(faults(resource as unknown as Json), `${resource.resourceType}/${localId}`).to.deep.equal([]);
        }
        expect(mapAnswer(adapter, answer, { source: 'test' })).to.deep.equal(mapped);
      }
    });

    it('yields no type that its record does not name: a search for that type would not find it', () => {
      for (const { answer } of answers) {
        const context = createContext(answer.records);
        for (const record of answer.records) {
          const yielded = adapter.map(record, context).resources.map((it) => it.resource.resourceType);
          expect(record.types, `types of ${record.kind}/${record.id}`).to.include.members(yielded);
        }
      }
    });

    it('writes no reference that falls apart: an id in it is one that FHIR allows, else contentId of it', () => {
      for (const { name, resource } of resources())
        for (const { reference, display } of objectsIn(resource))
          if (reference === undefined && typeof display === 'string')
            expect(isResourceType(display.split('/')[0]) && display.includes('/'), `${name}: ${display}`).to.equal(
              false,
            );
    });

    it('uses no extension of ours that src/fhir/extensions.ts does not declare', () => {
      const ours = `${BASE}/StructureDefinition/`;
      for (const { name, resource } of resources())
        for (const { url } of objectsIn(resource))
          if (typeof url === 'string' && url.startsWith(ours))
            expect(Object.hasOwn(EXTENSIONS, url.slice(ours.length)), `${name}: ${url}`).to.equal(true);
    });

    it('loses no value of its fixtures and invents none: each is carried, told of, or in notCarried or added', () => {
      for (const { person, raw } of answers) {
        const { values, additions } = accountFor(adapter, raw);
        const lost = values.filter((it) => it.fate === 'unaccounted').map((it) => it.path);
        expect(lost, `lost of ${person}`).to.deep.equal([]);
        expect(
          additions.filter((it) => !it.rule).map((it) => it.path),
          `invented for ${person}`,
        ).to.deep.equal([]);
      }
    });

    it('meets junk without harm: a record becomes valid R4 or an issue, never a crash', () => {
      const records = answers.flatMap((it) => it.answer.records);
      fc.assert(
        fc.property(
          fc.nat(records.length - 1),
          fc.array(fc.tuple(fc.nat(1000), junk), { minLength: 1, maxLength: 3 }),
          (at, edits) => {
            const record = records[at]!;
            const body = edits.reduce((it, [where, what]) => spoil(it, where, what), record.body);
            const mapped = mapAnswer(adapter, { records: [{ ...record, body }] }, { source: 'test' });
            return mapped.resources.every(({ resource }) => faults(resource as unknown as Json).length === 0);
          },
        ),
        { numRuns: 300 },
      );
    });

    it('takes an answer that is no answer for an empty or a broken one, and says so', () => {
      for (const answer of [null, 0, '', [], {}, { resourceType: 'Bundle' }, { entry: [null] }, 'Patient']) {
        try {
          expect(adapter.split(answer).records).to.be.an('array');
        } catch (error) {
          expect(error).to.be.instanceOf(SourceError).with.property('kind', 'invalid-response');
        }
      }
    });
  });
};

/** What is wrong with a resource as R4; our own data-absent-reasons are no fault. */
const faults = (resource: Json): string[] => {
  const found: string[] = [];
  conform(resource, {}, ({ code, path }) => found.push(`${code} ${path}`));
  return found;
};

const objectsIn = (node: unknown): readonly Json[] => {
  if (Array.isArray(node)) return node.flatMap(objectsIn);
  return isObject(node) ? [node, ...Object.values(node).flatMap(objectsIn)] : [];
};

const freeze = (value: unknown): void => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  Object.values(value).forEach(freeze);
};

const junk = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    '',
    ' ',
    'junk',
    '2024-02-31',
    '32/13/2024',
    'Patient/x y',
    'javascript:alert(1)',
    -1,
    1.5,
    true,
    [],
    {},
    [[]],
    [null],
    { a: { b: 1 } },
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** A copy with the nth node below replaced. */
const spoil = (body: unknown, where: number, what: unknown): unknown => {
  const copy = parseJson(JSON.stringify(body ?? null));
  const nodes: [Record<string, unknown>, string][] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null || JSON.stringify(node).length === 0) return;
    for (const [key, value] of Object.entries(node)) {
      nodes.push([node as Record<string, unknown>, key]);
      walk(value);
    }
  };
  walk(copy);
  const [node, key] = nodes[where % Math.max(nodes.length, 1)] ?? [];
  if (node && key !== undefined && !Object.isFrozen(node)) node[key] = what;
  return copy;
};
