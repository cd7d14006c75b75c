import { expect } from 'chai';
import { memorySource } from '../../adapters/memory/index.ts';
import type { App } from '../../src/app.ts';
import {
  type CapabilityStatement,
  isResourceType,
  type OperationOutcome,
  RESOURCE_TYPES,
  type ResourceType,
} from '../../src/fhir/index.ts';
import { definitionOf, parameters } from '../search/official.ts';
import { startTestApp } from '../support/app.ts';

const NHS = '9990000018';
const NHS_SYSTEM = 'https://fhir.nhs.uk/Id/nhs-number';

/** A value that any parameter of a type takes, as far as one alone can. */
const VALUES: Readonly<Record<string, string>> = {
  token: 'x',
  string: 'x',
  uri: 'http://example.org/x',
  date: '2024',
  number: '1',
  quantity: '1',
  reference: `Patient/${NHS}`,
};
const valueFor = (type: string, code: string): string => {
  const { type: kind, component = [] } = definitionOf(type, code);
  if (kind !== 'composite') return VALUES[kind] ?? 'x';
  return component
    .map((it) => VALUES[parameters.find(({ url }) => url === it.definition)?.type ?? ''] ?? 'x')
    .join('$');
};

/** What R4 has and no facade over records can serve: `near` is about places, the others are refused with their reasons. */
const NOT_SERVED = /^(near|contact|_text|_content|_query|_filter|_list|_has)$/;

describe('/metadata', function () {
  this.timeout(60_000);
  let app: App;
  let statement: CapabilityStatement;
  const types = RESOURCE_TYPES;
  before(async () => {
    app = await startTestApp([{ id: 'one', adapter: memorySource({ types, records: {} }) }]);
    statement = (await (await fetch(`${app.base}/metadata`)).json()) as CapabilityStatement;
  });
  after(() => app.close());

  /** The types of a patient's record; beside them it lists those of our own definitions. */
  const listed = () => statement.rest?.[0]?.resource?.filter((it) => isResourceType(it.type)) ?? [];
  type Pair = readonly [name: string, value: string];
  /** Whether a query is served: whatever it finds, and even where its value is not one that it can have. */
  const isServed = async (type: string, ...pairs: readonly Pair[]): Promise<boolean> => {
    const naming: Pair = type === 'Patient' ? ['_id', NHS] : ['patient', NHS];
    const query = new URLSearchParams([naming, ...pairs] as [string, string][]);
    const response = await fetch(`${app.base}/${type}?${query.toString()}`);
    if (response.status === 200) return (await response.arrayBuffer()).byteLength > 0;
    expect(response.status).to.equal(400);
    const { issue } = (await response.json()) as OperationOutcome;
    expect(issue[0]?.code, `${type}?${query.toString()}`).to.be.oneOf(['value', 'not-supported']);
    return issue[0]?.code === 'value';
  };
  /** Those of many that are not served: asked for together, and one by one where together they are not served. */
  const unserved = async (type: string, pairs: readonly Pair[]): Promise<string[]> => {
    const missing: string[] = [];
    for (let at = 0; at < pairs.length; at += 80) {
      const some = pairs.slice(at, at + 80);
      const query = new URLSearchParams([[type === 'Patient' ? '_id' : 'patient', NHS], ...some] as [string, string][]);
      const response = await fetch(`${app.base}/${type}?${query.toString()}`);
      await response.arrayBuffer();
      if (response.status === 200) continue;
      for (const pair of some) if (!(await isServed(type, pair))) missing.push(`${type}?${pair.join('=')}`);
    }
    return missing;
  };

  it('lists every type that a source holds', () => {
    expect(listed().map((it) => it.type)).to.deep.equal([...types].sort());
  });

  it('lists no parameter that is not served', async () => {
    const isNaming = (type: string, name: string): boolean =>
      name === 'patient' || name === 'subject' || (type === 'Patient' && name === '_id');
    for (const { type, searchParam = [] } of listed()) {
      const pairs = searchParam.map(({ name }): Pair => {
        if (isNaming(type, name)) return [name, NHS];
        if (type === 'Patient' && name === 'identifier') return [name, `${NHS_SYSTEM}|${NHS}`];
        return [name, valueFor(type, name)];
      });
      expect(pairs, type).to.have.length.greaterThan(5);
      expect(await unserved(type, pairs)).to.deep.equal([]);
    }
    expect(
      await unserved('Observation', [
        ['code', 'x'],
        ['colour', 'red'],
      ]),
    ).to.deep.equal(['Observation?colour=red']);
  });

  it('lists every official parameter of each type, by its own type, but those that cannot be served', () => {
    for (const { type, searchParam = [] } of listed()) {
      const official = parameters
        .filter((it) => it.base.some((base) => [type, 'Resource', 'DomainResource'].includes(base)))
        .filter((it) => !NOT_SERVED.test(it.code) && it.expression !== undefined);
      const own = new Map(searchParam.map((it) => [it.name, it.type as string]));
      expect([...own.keys()], type).to.include.members(official.map((it) => it.code));
      for (const { code, type: kind } of official) expect(own.get(code), `${type} ${code}`).to.equal(kind);
    }
  });

  it('lists no parameter twice', () => {
    for (const { type, searchParam = [] } of listed())
      expect(
        searchParam.map((it) => it.name),
        type,
      ).to.have.length(new Set(searchParam.map((it) => it.name)).size);
  });

  it('lists no include that is not served', async () => {
    for (const { type, searchInclude = [], searchRevInclude = [] } of listed()) {
      const pairs = [
        ...searchInclude.map((it): Pair => ['_include', it]),
        ...searchRevInclude.map((it): Pair => ['_revinclude', it]),
      ];
      expect(pairs, type).to.have.length.greaterThan(1);
      expect(await unserved(type, pairs)).to.deep.equal([]);
    }
    expect(await unserved('Observation', [['_include', 'Patient:link']])).to.deep.equal([
      'Observation?_include=Patient:link',
    ]);
  });

  it('lists every include that is served: each official reference between types that are there', () => {
    const references = (type: string): readonly { readonly code: string; readonly targets: readonly string[] }[] =>
      parameters
        .filter((it) => it.type === 'reference' && it.base.includes(type))
        .map(({ code, target = [] }) => ({ code, targets: target.filter(isResourceType) }))
        .filter((it) => it.targets.length > 0);
    for (const { type, searchInclude, searchRevInclude } of listed()) {
      expect(searchInclude ?? [], type).to.include.members(references(type).map((it) => `${type}:${it.code}`));
      const back = types.flatMap((from: ResourceType) =>
        references(from).flatMap(({ code, targets }) => (targets.includes(type) ? [`${from}:${code}`] : [])),
      );
      expect(searchRevInclude ?? [], type).to.include.members([...back, 'Provenance:target']);
    }
  });

  it('lists the result parameters that are served, and no others', async () => {
    const values: Readonly<Record<string, string>> = {
      _include: '*',
      _revinclude: '*',
      _has: 'Observation:patient:code',
    };
    const names = (statement.rest?.[0]?.searchParam ?? []).map((it) => it.name);
    expect(names).to.have.members(
      '_sort _count _include _revinclude _summary _elements _total _contained _has'.split(' '),
    );
    for (const name of names) {
      const pair =
        name === '_has'
          ? (['_has:Provenance:target:recorded', '2024'] as const)
          : ([name, values[name] ?? '0'] as const);
      expect(await isServed('Observation', pair), name).to.equal(true);
    }
    for (const name of ['_text', '_content', '_filter', '_query', '_list', '_score', 'colour'])
      expect(await isServed('Observation', [name, 'x']), name).to.equal(false);
  });

  it('lists the formats that are written, and no others', async () => {
    const formats = statement.format;
    expect(formats).to.deep.equal(['application/fhir+json', 'application/fhir+xml']);
    for (const format of [...formats, 'text/turtle', 'application/fhir+turtle', 'text/html']) {
      const { status, headers } = await fetch(`${app.base}/Observation?patient=${NHS}`, {
        headers: { Accept: format },
      });
      expect(status, format).to.equal(formats.includes(format) ? 200 : 406);
      expect(headers.get('content-type')).to.equal(
        `${status === 200 ? format : 'application/fhir+json'}; charset=utf-8`,
      );
    }
  });
});
