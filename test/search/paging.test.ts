import { expect } from 'chai';
import fc from 'fast-check';
import { type Held, memorySource } from '../../adapters/memory/index.ts';
import type { App } from '../../src/app.ts';
import { type Bundle, type Json, type OperationOutcome, parseNhsNumber, SYSTEM } from '../../src/fhir/index.ts';
import { MISSING_LINK } from '../../src/fhir/canonicals.ts';
import { startTestApp } from '../support/app.ts';
import type { Entry } from './official.ts';
import { plainSearch } from './plain.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const SOURCES = ['one', 'two', 'three', 'four'] as const;
type SourceId = (typeof SOURCES)[number];

const UCUM = 'http://unitsofmeasure.org';
const DATES = ['2023', '2024-01', '2024-01-10', '2024-01-10T09:00:00Z', '2024-03-01T23:59:59+01:00'];

/** Few values of each kind: ties and gaps are what an order can go wrong at. */
const observation = fc.record({
  status: fc.constantFrom('final', 'amended', 'preliminary'),
  code: fc.constantFrom({ text: 'nothing coded' }, ...['a', 'b', 'B'].map((code) => ({ coding: [{ code }] }))),
  when: fc.option(
    fc.oneof(
      fc.constantFrom(...DATES).map((effectiveDateTime) => ({ effectiveDateTime })),
      fc.constantFrom(...DATES).map((start) => ({ effectivePeriod: { start } })),
    ),
    { nil: {} },
  ),
  value: fc.option(
    fc.constantFrom(
      { valueQuantity: { value: 1, unit: 'kg', system: UCUM, code: 'kg' } },
      { valueQuantity: { value: 1000, unit: 'g', system: UCUM, code: 'g' } },
      { valueQuantity: { value: 5 } },
      { valueString: 'raised' },
    ),
    { nil: {} },
  ),
  written: fc.option(
    fc.constantFrom(
      { meta: { lastUpdated: '2024-05-01T10:00:00Z' } },
      { meta: { lastUpdated: '2024-06-01T10:00:00Z' } },
    ),
    { nil: {} },
  ),
});

/** What each source holds: none to many of the type, in an order of its own. */
const record = fc
  .array(fc.array(observation, { maxLength: 8 }), { minLength: 1, maxLength: SOURCES.length })
  .filter((it) => it.some((held) => held.length > 0));

const KEYS = ['date', 'status', 'code', 'value-quantity', 'value-string', '_lastUpdated', '_id', '_source'];
const sort = fc
  .uniqueArray(fc.tuple(fc.constantFrom('', '-'), fc.constantFrom(...KEYS)), {
    maxLength: 3,
    selector: ([, key]) => key,
  })
  .map((keys) => keys.map((it) => it.join('')).join(','));
const filter = fc.constantFrom(
  '',
  'status=final',
  'status:not=final',
  'code=a,b',
  'date=ge2024-01-10',
  'date:missing=true',
  `value-quantity=1|${UCUM}|kg`,
  'status=final&date:missing=false',
);
const asked = { record, sort, filter, count: fc.integer({ min: 1, max: 9 }) };

/** Which sources are down while each page is asked for; none on pages after those. */
const outages = fc.array(fc.subarray([...SOURCES], { maxLength: SOURCES.length - 1 }), { maxLength: 6 });

/** NHS numbers of the range for tests: each run is about somebody else. */
const numbers = (function* () {
  for (let at = 9_990_000_000; ; at++) if (parseNhsNumber(String(at))) yield String(at);
})();

describe('a walk through pages', function () {
  this.timeout(60_000);
  let app: App;
  const held = Object.fromEntries(SOURCES.map((id) => [id, { records: {} }])) as Record<
    SourceId,
    Pick<Mutable<Held>, 'records' | 'fails'>
  >;
  before(async () => {
    app = await startTestApp(
      SOURCES.map((id, at) => ({
        id,
        // Whoever was down is asked again at once.
        guard: { failures: 0 },
        adapter: memorySource(
          Object.assign(held[id], {
            scope: at % 2 === 0 ? ('record' as const) : ('type' as const),
            types: ['Patient', 'Observation'] as const,
          }),
        ),
      })),
    );
  });
  after(() => app.close());

  /** Gives every source its part of a new patient's record. */
  const hold = (parts: readonly (readonly { readonly [K: string]: unknown }[])[]): string => {
    const nhsNumber = numbers.next().value;
    for (const [at, id] of SOURCES.entries()) {
      const identifier = [{ system: SYSTEM.nhsNumber, value: nhsNumber }];
      const own = (parts[at] ?? []).map(({ status, code, when, value, written }, index): Json => {
        const subject = { reference: 'Patient/p' };
        return {
          resourceType: 'Observation',
          id: `${id}-${index}`,
          identifier: [{ value: `${id}-${index}` }],
          status,
          code,
          subject,
          ...(when as object),
          ...(value as object),
          ...(written as object),
        };
      });
      held[id].records = { [nhsNumber]: [{ resourceType: 'Patient', id: 'p', identifier }, ...own] };
    }
    return nhsNumber;
  };

  interface Page {
    readonly matches: readonly Entry[];
    readonly missing: readonly string[];
    readonly completeness: string | undefined;
    readonly next: string | undefined;
    /** Asks those that are missing, when there is no next page. */
    readonly rest: string | undefined;
  }
  const ask = async (url: string): Promise<Page> => {
    // Links depend on who answered; a walk is about the records.
    const response = await fetch(url, { headers: { Prefer: 'merge=none' } });
    const { entry = [], link = [], meta } = (await response.json()) as Bundle;
    expect(response.status, url).to.equal(200);
    const outcome = entry.at(-1)?.resource as OperationOutcome;
    return {
      matches: entry.filter((it) => it.search?.mode === 'match').map((it) => it.resource as unknown as Entry),
      missing: outcome.issue.flatMap((it) =>
        it.code === 'transient' ? (/source (\w+)/.exec(it.details!.text!) ?? [])[1]! : [],
      ),
      completeness: meta?.tag?.[0]?.code,
      next: link.find((it) => it.relation === 'next')?.url,
      rest: link.find((it) => it.relation === MISSING_LINK)?.url,
    };
  };

  /** All pages of a search, with the sources down that are said to be while each of them is asked for. */
  const walk = async (url: string, down: readonly (readonly SourceId[])[] = []): Promise<readonly Page[]> => {
    const pages: Page[] = [];
    for (let next: string | undefined = url; next !== undefined; next = pages.at(-1)?.next) {
      const lost = down[pages.length] ?? [];
      for (const id of SOURCES) {
        if (lost.includes(id)) held[id].fails = 'unavailable';
        else delete held[id].fails;
      }
      pages.push(await ask(next));
      expect(pages.length, 'pages without end').to.be.below(200);
    }
    for (const id of SOURCES) delete held[id].fails;
    return pages;
  };
  const idsOf = (entries: readonly Entry[]): readonly string[] => entries.map((it) => it.id);
  const urlOf = (...parts: readonly string[]): string =>
    `${app.base}/Observation?${parts
      .filter((it) => it !== '')
      .join('&')
      .replaceAll('|', '%7C')}`;

  it('shows every match once, in the order of the whole answer, which is that of a plain evaluation', () =>
    fc.assert(
      fc.asyncProperty(fc.record(asked), async ({ record, sort, filter, count }) => {
        const patient = `patient=${hold(record)}`;
        const sorting = sort && `_sort=${sort}`;
        const whole = await ask(urlOf(patient, filter, sorting));
        const { matches: everything } = await ask(urlOf(patient));
        const query = [filter, sorting].filter((it) => it !== '').join('&');
        const plain = plainSearch(everything, 'Observation', { query, base: app.base, now: Date.now() });
        expect(idsOf(whole.matches)).to.deep.equal(plain.matches);

        const pages = await walk(urlOf(patient, filter, sorting, `_count=${count}`));
        expect(pages.flatMap((it) => it.matches)).to.deep.equal(whole.matches);
        for (const { matches } of pages.slice(0, -1)) expect(matches).to.have.length(count);
        expect(pages).to.have.length(Math.max(1, Math.ceil(whole.matches.length / count)));
      }),
      { numRuns: 150 },
    ));

  it('shows the most recent first where no order is asked for, whatever order the sources give their records in', () =>
    fc.assert(
      fc.asyncProperty(fc.record({ ...asked, seed: fc.integer() }), async ({ record, filter, sort, seed }) => {
        const nhsNumber = hold(record);
        const search = urlOf(`patient=${nhsNumber}`, filter);
        const [plain, sorted] = [await ask(search), await ask(`${search}&_sort=${sort || 'date'}`)];
        const places = SOURCES.map((id) => `urn:pcr:source:${id}`);
        const placeOf = (it: Entry): string => {
          const [identifier] = it['identifier'] as { value: string }[];
          return `${places.indexOf((it['meta'] as { source: string }).source)} ${identifier?.value ?? ''}`;
        };
        const byPlace = plain.matches.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
        const query = '_sort=-date';
        const expected = plainSearch(byPlace, 'Observation', { query, base: app.base, now: Date.now() });
        expect(idsOf(plain.matches)).to.deep.equal(expected.matches);

        for (const id of SOURCES) {
          const { [nhsNumber]: own = [], ...others } = held[id].records;
          const turned = own.toSorted((a, b) => hashOf(seed, a) - hashOf(seed, b));
          held[id].records = { ...others, [nhsNumber]: turned };
        }
        expect(await ask(search)).to.deep.equal(plain);
        expect(await ask(`${search}&_sort=${sort || 'date'}`)).to.deep.equal(sorted);
      }),
      { numRuns: 100 },
    ));

  it('reports a source that is lost on the way, and moves nobody’s place: what comes back goes on where it was', () =>
    fc.assert(
      fc.asyncProperty(fc.record({ ...asked, outages }), async ({ record, sort, filter, count, outages }) => {
        const search = [`patient=${hold(record)}`, filter, sort && `_sort=${sort}`];
        const whole = (await ask(urlOf(...search))).matches;
        const pages = await walk(urlOf(...search, `_count=${count}`), outages);

        for (const [at, { missing, completeness }] of pages.entries()) {
          const lost = SOURCES.filter((it) => outages[at]?.includes(it));
          expect(missing).to.deep.equal(lost);
          expect(completeness).to.equal(lost.length > 0 ? 'partial' : 'complete');
        }
        const shown = pages.flatMap((it) => it.matches);
        const last = pages.at(-1);
        const ended = outages[pages.length - 1] ?? [];
        expect(last?.rest !== undefined).to.equal(ended.length > 0);
        // Whoever was still away at the end is told as missing there, and gives what it had left when asked again.
        const late = last?.rest === undefined ? [] : (await walk(last.rest)).flatMap((it) => it.matches);
        for (const id of SOURCES) {
          const of = (entries: readonly Entry[]): readonly Entry[] =>
            entries.filter((it) => (it['meta'] as { source: string }).source === `urn:pcr:source:${id}`);
          expect(of([...shown, ...late])).to.deep.equal(of(whole));
          if (!ended.includes(id)) expect(of(late)).to.deep.equal([]);
        }
      }),
      { numRuns: 150 },
    ));
});

/** An order that has nothing to do with what is in a record. */
const hashOf = (seed: number, it: Json): number =>
  [...String(it['id'])].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0) * seed) % 1009, seed);
