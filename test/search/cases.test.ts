import { expect } from 'chai';
import type { Bundle, Json, OperationOutcome } from '../../src/fhir/index.ts';
import { type Case, CASES } from './cases.ts';
import { plainSearch } from './plain.ts';
import { NHS } from './record.ts';
import { type ServedRecord, serveRecord } from './served-record.ts';

describe('a search over one record of three sources', function () {
  this.timeout(60_000);
  let served: ServedRecord;
  before(async () => (served = await serveRecord()));
  after(() => served.app.close());

  /** The parts of a case, the patient named. */
  const read = (query: string) => {
    const [type = '', parameters = ''] = query.split(/\?(.*)/s);
    const isNamed = /(^|&)(patient|subject)(:Patient)?(\.identifier)?=/.test(parameters);
    const naming = isNamed ? '' : type === 'Patient' ? `_id=${NHS}&` : `patient=${NHS}&`;
    const isFlat = isNamed || type === 'Patient' || !naming;
    const own = served.write(parameters);
    return { type, full: naming + own, plain: isFlat ? naming + own : own, isSorted: /(^|&)_sort=/.test(parameters) };
  };
  const show = (
    { matches, includes }: { readonly matches: readonly string[]; readonly includes: readonly string[] },
    { type, isSorted }: ReturnType<typeof read>,
  ): string => {
    const found = (isSorted ? matches : matches.toSorted()).join(' ');
    // A search for the patient shows each source's own beside the federated one.
    return type === 'Patient' || includes.length === 0 ? found : `${found} + ${includes.toSorted().join(' ')}`;
  };

  it('has at least three hundred cases, all of them different', () => {
    const queries = Object.values(CASES)
      .flat()
      .map(([query]) => query);
    expect(queries.length).to.be.greaterThan(300);
    expect(new Set(queries).size).to.equal(queries.length);
  });

  for (const [group, cases] of Object.entries(CASES)) {
    describe(group, () => {
      for (const [query, found] of cases satisfies readonly Case[]) {
        it(`${query} finds ${found || 'nothing'}`, async () => {
          const asked = read(query);
          const answer = await served.search(asked.type, asked.full);
          expect(answer.status).to.equal(200);
          expect(show(answer, asked)).to.equal(found);
        });
      }

      it('is found alike by a plain evaluation of the same record', () => {
        for (const [query, found] of cases) {
          const asked = read(query);
          const options = { query: asked.plain, base: served.app.base, now: Date.now() };
          const { matches, includes } = plainSearch(served.record, asked.type, options);
          const names = { matches: matches.map(served.nameOf), includes: includes.map(served.nameOf) };
          expect(show(names, asked), query).to.equal(found);
        }
      });
    });
  }

  describe('parts of an answer', () => {
    const bundleOf = async (query: string): Promise<Bundle> => {
      const [type = '', parameters = ''] = query.split(/\?(.*)/s);
      return (await served.search(type, `patient=${NHS}&${served.write(parameters)}`)).bundle;
    };
    const one = async (
      query: string,
    ): Promise<Json & { readonly meta: { readonly tag: readonly { code: string }[] } }> =>
      (await bundleOf(query)).entry?.[0]?.resource as never;
    const never = 'MedicationRequest?priority=urgent';

    for (const [parts, elements] of [
      ['', 'resourceType id meta status intent priority doNotPerform medicationCodeableConcept subject substitution'],
      [
        '_summary=false',
        'resourceType id meta status intent priority doNotPerform medicationCodeableConcept subject substitution',
      ],
      ['_summary=true', 'resourceType id meta status intent priority doNotPerform medicationCodeableConcept subject'],
      ['_summary=text', 'resourceType id meta status intent doNotPerform medicationCodeableConcept subject'],
      [
        '_summary=data',
        'resourceType id meta status intent priority doNotPerform medicationCodeableConcept subject substitution',
      ],
      [
        '_elements=priority',
        'resourceType id meta status intent priority doNotPerform medicationCodeableConcept subject',
      ],
      [
        '_elements=MedicationRequest.substitution',
        'resourceType id meta status intent doNotPerform medicationCodeableConcept subject substitution',
      ],
      [
        '_elements=priority&_elements=substitution',
        'resourceType id meta status intent priority doNotPerform medicationCodeableConcept subject substitution',
      ],
    ] as const) {
      it(`${parts || 'no parameter'} gives ${elements}`, async () => {
        const resource = await one(`${never}&${parts}`);
        expect(Object.keys(resource).sort()).to.deep.equal(elements.split(' ').sort());
        const isPart = parts !== '' && parts !== '_summary=false';
        expect(resource.meta.tag.some((it) => it.code === 'SUBSETTED')).to.equal(isPart);
      });
    }

    it('a choice is an element by its own name and by that of its kind', async () => {
      for (const name of ['value', 'valueQuantity'])
        expect(await one(`Observation?code=718-7&_elements=${name}`)).to.have.property('valueQuantity');
    });

    it('a narrative is what _summary=text asks for and _summary=data leaves out', async () => {
      expect(await one('Observation?code=718-7&_summary=data')).to.include.keys('valueQuantity', 'effectiveInstant');
      expect(await one('Observation?code=718-7&_summary=text')).to.not.have.any.keys('valueQuantity', 'category');
    });

    it('a summary is one of includes, too', async () => {
      const { entry = [] } = await bundleOf('MedicationRequest?_include=MedicationRequest:medication&_summary=true');
      const medication = entry.find((it) => it.resource?.resourceType === 'Medication')?.resource;
      expect(medication).to.include.keys('code', 'status').and.not.have.any.keys('ingredient');
      expect(medication?.meta?.tag?.at(-1)?.code).to.equal('SUBSETTED');
    });

    it('_summary=count and _count=0 give the number alone, whatever _total says', async () => {
      for (const parts of [
        '_summary=count',
        '_count=0',
        '_summary=count&_total=none',
        '_count=0&_include=Observation:subject',
      ]) {
        const { total, entry = [], link = [] } = await bundleOf(`Observation?status=final&${parts}`);
        expect(total, parts).to.equal(9);
        expect(entry.map((it) => it.search?.mode)).to.deep.equal(['outcome']);
        expect(link.map((it) => it.relation)).to.deep.equal(['self']);
      }
      for (const parts of ['_summary=count', '_count=0', '_count=1'])
        expect((await served.search('Patient', `_id=${NHS}&${parts}`)).bundle.total, parts).to.equal(1);
    });

    it('_total is the number of matches on any page, or left out', async () => {
      for (const parts of ['', '_total=accurate', '_total=estimate', '_count=2', '_include=Observation:performer'])
        expect((await bundleOf(`Observation?status=final&${parts}`)).total, parts).to.equal(9);
      expect(await bundleOf('Observation?status=final&_total=none')).to.not.have.property('total');
    });

    it('the self link shows what was applied, and nothing that lenient handling passed over', async () => {
      const query = `patient=${NHS}&code=718-7&colour=red&_revinclude=Claim:patient&_sort=-date&_pretty=true&_format=json`;
      const response = await fetch(`${served.app.base}/Observation?${query}`, {
        headers: { Prefer: 'handling=lenient' },
      });
      const { link = [], entry = [] } = (await response.json()) as Bundle;
      const self = new URL(link[0]?.url ?? '').searchParams;
      expect([...self]).to.deep.equal([
        ['patient', NHS],
        ['code', '718-7'],
        ['_sort', '-date'],
        ['_pretty', 'true'],
        ['_format', 'json'],
      ]);
      const { issue } = entry.at(-1)?.resource as OperationOutcome;
      expect(issue.flatMap((it) => it.expression ?? [])).to.deep.equal(['colour', '_revinclude']);
    });

    it('a search by the time of update says which sources do not tell it', async () => {
      for (const parts of ['_lastUpdated=ge2000', '_sort=-_lastUpdated']) {
        const { entry = [] } = await bundleOf(`AllergyIntolerance?${parts}`);
        const { issue } = entry.at(-1)?.resource as OperationOutcome;
        const notes = issue.filter((it) => it.expression?.includes('_lastUpdated'));
        expect(
          notes.map((it) => [it.severity, it.diagnostics, it.details?.text?.match(/\d+ of its \d+/)?.[0]]),
        ).to.deep.equal([
          ['warning', 'gp: _lastUpdated', '1 of its 3'],
          ['warning', 'community: _lastUpdated', '1 of its 1'],
        ]);
      }
    });
  });
});
