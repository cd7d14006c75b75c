import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { SourceRecord } from '../../src/adapter/index.ts';
import { conform, isObject, type Json, parseJson } from '../../src/fhir/index.ts';
import { mapAnswer } from '../../src/mapping/map-answer.ts';
import { map, split } from './index.ts';

const fixtures = join(import.meta.dirname, '../../adapters/community-json/fixtures');
const records = readdirSync(fixtures).flatMap((it) => split(parseJson(readFileSync(join(fixtures, it)))).records);

const MARKER = 'zz-marker-4711';

/** Every way to reach a value in a record. */
const pathsOf = (node: unknown, above: readonly string[] = []): (readonly string[])[] =>
  typeof node === 'object' && node !== null
    ? Object.entries(node).flatMap(([key, value]) => [[...above, key], ...pathsOf(value, [...above, key])])
    : [];

/** A copy with one value replaced or added. */
const withValue = (node: unknown, [key, ...path]: readonly string[], value: unknown): unknown => {
  if (key === undefined) return value;
  if (Array.isArray(node))
    return node.map((it: unknown, index) => (String(index) === key ? withValue(it, path, value) : it));
  return { ...(node as Json), [key]: withValue((node as Json)[key], path, value) };
};

const mapOne = (record: SourceRecord<Json>, body: unknown) => {
  const mapped = mapAnswer({ map: map as never }, { records: [{ ...record, body }] }, { source: 'test' });
  for (const { resource } of mapped.resources) {
    const faults: string[] = [];
    conform(resource as unknown as Json, {}, ({ code, path }) => faults.push(`${code} ${path}`));
    expect(faults).to.deep.equal([]);
  }
  return JSON.stringify(mapped.resources);
};

describe('the community mapping loses nothing', () => {
  const shapes: readonly (readonly [string, unknown])[] = [
    ['a text', MARKER],
    ['a text with spaces and a slash', `Zoë / ${MARKER}`],
    ['an object', { reference: { inner: MARKER }, beside: 1 }],
    ['a list of texts', ['one', MARKER]],
    ['a list of objects', [{ localCode: 'X', deep: { er: MARKER } }]],
    ['a list of all sorts', [null, 1, { term: MARKER }, 'two', ['three']]],
  ];
  for (const [name, value] of shapes) {
    it(`keeps ${name} in the place of any value`, () => {
      for (const record of records) {
        for (const path of pathsOf(record.body)) {
          expect(mapOne(record, withValue(record.body, path, value)), `${record.kind} ${path.join('.')}`).to.include(
            MARKER,
          );
        }
      }
    });
  }

  it('keeps a number in the place of any value, to the digit', () => {
    const [number] = parseJson('[7140.50]') as unknown[];
    for (const record of records) {
      for (const path of pathsOf(record.body)) {
        const body = withValue(record.body, path, number);
        expect(mapOne(record, body), `${record.kind} ${path.join('.')}`).to.include('7140.50');
      }
    }
  });

  it('keeps true in the place of any value', () => {
    for (const record of records) {
      for (const path of pathsOf(record.body)) {
        const before = mapOne(record, withValue(record.body, path, null)).split('true').length;
        expect(mapOne(record, withValue(record.body, path, true)).split('true').length).to.be.greaterThan(before);
      }
    }
  });

  it('keeps a key that nobody knows, in every object, whatever R4 means by its name', () => {
    const keys =
      'id status note code text extension identifier meta resourceType subject period value _status x.y'.split(' ');
    for (const record of records) {
      const places = [[], ...pathsOf(record.body)];
      for (const place of places) {
        const host = place.reduce<unknown>((node, key) => (node as Json)[key], record.body);
        if (!isObject(host)) continue;
        for (const key of keys.filter((it) => !(it in host))) {
          const body = withValue(record.body, [...place, key], MARKER);
          expect(mapOne(record, body), `${record.kind} ${[...place, key].join('.')}`).to.include(MARKER);
        }
      }
    }
  });

  it('says so in an issue where a value has no place in R4', () => {
    const [record] = records.filter((it) => it.kind === 'alerts');
    const body = { ...record!.body, ward: 'North', status: 'Snoozed' };
    const { issues } = mapAnswer({ map: map as never }, { records: [{ ...record!, body }] }, { source: 'test' });
    const told = issues.map((it) => [it.details?.coding?.[0]?.code, it.expression?.[0], it.diagnostics]);
    expect(told).to.deep.include(['unknown-element', 'Flag.alerts.ward', `test: alerts/${record!.id}`]);
    expect(told).to.deep.include(['unknown-code', 'Flag.status', `test: alerts/${record!.id}`]);
  });
});
