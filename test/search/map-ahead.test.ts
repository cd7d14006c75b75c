import { expect } from 'chai';
import { memorySource } from '../../adapters/memory/index.ts';
import type { AdapterDefinition } from '../../src/adapter/index.ts';
import type { App } from '../../src/app.ts';
import type { Bundle, Json } from '../../src/fhir/index.ts';
import { startTestApp } from '../support/app.ts';

const NHS = '9990000018';
const types = ['Patient', 'Condition'] as const;
const recordOf = (conditions: number): readonly Json[] => [
  {
    resourceType: 'Patient',
    id: 'p',
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: NHS }],
    name: [{ family: 'Vale', given: ['Ida'] }],
  },
  ...Array.from({ length: conditions }, (_, at) => ({
    resourceType: 'Condition',
    id: `c${at}`,
    subject: { reference: 'Patient/p' },
    code: { text: `Condition ${at}` },
  })),
];

/** A source that tells of each record it maps, before it does. */
const telling = (adapter: AdapterDefinition, tell: (kind: string) => void): AdapterDefinition => ({
  ...adapter,
  map: (record, context) => {
    tell(record.kind);
    return adapter.map(record, context);
  },
});

const busyFor = (ms: number): void => {
  for (const until = performance.now() + ms; performance.now() < until;);
};

describe('what a source gave', () => {
  let app: App | undefined;
  afterEach(() => app?.close());

  const search = async (query: string): Promise<Bundle> => {
    const response = await fetch(`${app!.base}/Condition?patient=${NHS}${query}`);
    return (await response.json()) as Bundle;
  };

  it('is mapped while another source is still waited for', async () => {
    const { promise: mapped, resolve } = Promise.withResolvers<undefined>();
    const late = memorySource({ types, records: { [NHS]: recordOf(1) } });
    app = await startTestApp([
      {
        id: 'early',
        adapter: telling(memorySource({ types, records: { [NHS]: recordOf(2) } }), (kind) => {
          if (kind === 'Condition') resolve(undefined);
        }),
      },
      {
        id: 'late',
        adapter: {
          ...late,
          connect: (...given) => {
            const source = late.connect(...given);
            return { ...source, search: (query, call) => mapped.then(() => source.search!(query, call)) };
          },
        },
      },
    ]);
    expect((await search('')).total).to.equal(3);
  });

  it('is mapped a little at a time: others have their turn meanwhile', async () => {
    const CONDITIONS = 60;
    let turns = 0;
    const turnsAt: number[] = [];
    app = await startTestApp([
      {
        id: 'large',
        adapter: telling(memorySource({ types, records: { [NHS]: recordOf(CONDITIONS) } }), () => {
          turnsAt.push(turns);
          busyFor(1);
        }),
      },
    ]);
    let immediate: NodeJS.Immediate;
    const turn = (): void => {
      turns += 1;
      immediate = setImmediate(turn);
    };
    turn();
    const { total } = await search('&_count=1');
    clearImmediate(immediate!);
    expect(total).to.equal(CONDITIONS);
    // Each record once, and no more than a few in one go.
    expect(turnsAt).to.have.length(CONDITIONS + 1);
    expect(new Set(turnsAt).size).to.be.above(CONDITIONS / 4);
  });
});
