import { expect } from 'chai';
import people from '../../sandbox/people/people.json' with { type: 'json' };
import { createSandbox, type Sandbox } from '../../sandbox/start.ts';
import type { App } from '../../src/app.ts';
import { silentLog } from '../../src/platform/log.ts';
import { startTestApp } from '../support/app.ts';

const TYPES = ['Condition', 'Observation', 'MedicationRequest', 'AllergyIntolerance', 'Encounter', 'Patient'] as const;
const SHAPES = [
  '',
  '&_count=3',
  '&_count=3&_format=xml',
  '&_include=*&_revinclude=Provenance:target&_sort=-_lastUpdated',
  '&_elements=code&_count=2&_pretty=true',
  '&_summary=count',
] as const;
const ADAPTERS = { pds: 'pds', gp: 'gp-connect', acute: 'fhir-r4', community: 'community-json' } as const;

/** What depends on when an answer was fetched, or on the port. */
const TIMED =
  /("|<)value(?:Instant|UnsignedInt)("?:| value=)[^}/]*|"recorded":\s*"[^"]*"|<recorded [^>]*>|urn:uuid:[\da-f-]+|_page=[^"]*|:\d+\/FHIR/g;

describe('a page that is recalled', () => {
  let sandbox: Sandbox;
  let cold: App;
  let warm: App;
  before(async function () {
    this.timeout(20_000);
    sandbox = await createSandbox({ port: 0, log: silentLog });
    const start = (seconds: number): Promise<App> =>
      startTestApp(
        Object.entries(ADAPTERS).map(([id, adapter]) => ({
          id,
          adapter,
          settings: sandbox.sources.get(id)?.settings ?? {},
          guard: { failures: 0 },
          cache: { seconds },
        })),
        { deadlineMs: 10_000, identity: { source: 'pds', cacheSeconds: 300, quarantineAt: 2 } },
      );
    [cold, warm] = [await start(0), await start(600)];
  });
  after(async () => {
    await Promise.all([cold.close(), warm.close()]);
    await sandbox.close();
  });

  interface Told {
    readonly status: number;
    readonly etag: string | null;
    readonly length: string | null;
    readonly text: string;
  }
  const ask = async ({ base }: App, query: string, headers: Record<string, string> = {}): Promise<Told> => {
    const response = await fetch(`${base}/${query}`, { headers: { 'Accept-Encoding': 'identity', ...headers } });
    const [etag, length] = ['etag', 'content-length'].map((it) => response.headers.get(it)) as [string, string];
    return { status: response.status, etag, length, text: await response.text() };
  };
  const masked = ({ status, text }: Told): string => `${status} ${text.replace(TIMED, '')}`;
  const asked = (): number => [...sandbox.sources.values()].reduce((sum, it) => sum + it.requests().length, 0);

  it('is to the letter the page that was made, and says what a page says that is made of fresh answers', async function () {
    this.timeout(60_000);
    let recalled = 0;
    // Those first whom every source knows: what one of them does not know it is asked for each time.
    const prompt = people
      .filter((it) => !/slow|hang/.test(JSON.stringify(it.faults)))
      .sort((a, b) => b.sources.length - a.sources.length)
      .slice(0, 12);
    for (const [at, { nhsNumber }] of prompt.entries()) {
      for (const [nth, type] of TYPES.entries()) {
        // Half of them are enough: each type and each shape has its turn.
        if ((at + nth) % 2 === 1) continue;
        const shape = SHAPES[(at + nth * 2) % SHAPES.length] ?? '';
        const query = `${type}?${type === 'Patient' ? '_id' : 'patient'}=${nhsNumber}${shape}`;
        const own = await ask(cold, query);
        const made = await ask(warm, query);
        expect(masked(made), query).to.equal(masked(own));
        const before = asked();
        const again = await ask(warm, query);
        if (asked() > before) {
          // A source that fails is asked each time, and so is one that knows nobody.
          expect(masked(again), query).to.equal(masked(made));
          continue;
        }
        expect(again, query).to.deep.equal(made);
        recalled += 1;
        if (made.etag === null) continue;
        expect((await ask(warm, query, { 'If-None-Match': made.etag })).status, query).to.equal(304);
      }
    }
    expect(recalled).to.be.at.least(10);
  });
});
