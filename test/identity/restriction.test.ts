import { expect } from 'chai';
import fc from 'fast-check';
import { memorySource } from '../../adapters/memory/index.ts';
import type { Restriction } from '../../src/adapter/index.ts';
import type { App } from '../../src/app.ts';
import { type Bundle, type Json, list, patientElement, type ResourceType } from '../../src/fhir/index.ts';
import { startTestApp, type TestSource } from '../support/app.ts';
import { type Plant, plants, SENTINEL, TELLING, tells } from './telling.ts';

const NHS = '9990000018';
const TYPES = [
  'Appointment',
  'CareTeam',
  'Condition',
  'Consent',
  'Device',
  'DiagnosticReport',
  'DocumentReference',
  'Encounter',
  'EpisodeOfCare',
  'Immunization',
  'List',
  'Location',
  'Media',
  'MedicationDispense',
  'MedicationRequest',
  'Observation',
  'Organization',
  'Patient',
  'Practitioner',
  'PractitionerRole',
  'Procedure',
  'QuestionnaireResponse',
  'RelatedPerson',
  'ServiceRequest',
  'Specimen',
] as const satisfies readonly ResourceType[];

const patientWith = (more: Json): Json => ({
  ...more,
  resourceType: 'Patient',
  id: 'p',
  identifier: [
    { system: 'https://fhir.nhs.uk/Id/nhs-number', value: NHS, assigner: { display: SENTINEL } },
    { system: 'https://x.example/mrn', value: 'M1' },
  ],
  name: [{ family: 'Finch' }],
  gender: 'female',
  birthDate: '1990-05-17',
});
const toldPatient = patientWith({
  text: TELLING['Narrative'],
  address: [TELLING['Address']],
  telecom: [TELLING['ContactPoint']],
  photo: [TELLING['Attachment']],
  contact: [{ name: { family: SENTINEL }, address: TELLING['Address'] }],
  generalPractitioner: [{ reference: 'Practitioner/gp', display: SENTINEL }],
  managingOrganization: { reference: 'Organization/o', display: SENTINEL },
});

/** A planted resource that names its patient, where its type does. */
const owned = ({ type, resource }: Plant, id: string): Json => {
  const subject = { reference: 'Patient/p' };
  const element = patientElement(type);
  if (type === 'Appointment')
    return { ...resource, id, participant: [...list(resource['participant']), { actor: subject, status: 'accepted' }] };
  return { ...resource, id, ...(element !== undefined && { [element]: subject }) };
};

/** Plants of the types that are served, but those in the very element that names the patient. */
const usable = plants().filter(
  ({ type, path }) =>
    TYPES.some((it) => it === type) && type !== 'Patient' && path.split('.')[1] !== patientElement(type),
);

interface Case {
  readonly whereabouts: Restriction | 'down';
  readonly held: Readonly<Record<'gp' | 'acute' | 'community', readonly Plant[]>>;
}

const cases: fc.Arbitrary<Case> = fc.record({
  whereabouts: fc.constantFrom('restricted', 'very-restricted', 'down'),
  held: fc.record({
    gp: fc.subarray(usable, { minLength: 1, maxLength: 5 }),
    acute: fc.subarray(usable, { minLength: 5, maxLength: 40 }),
    community: fc.subarray(usable, { minLength: 5, maxLength: 40 }),
  }),
});

const sourcesOf = ({ whereabouts, held }: Case, asked: string[] = []): TestSource[] => {
  const record = (own: readonly Plant[]) => ({ [NHS]: [toldPatient, ...own.map((it, at) => owned(it, `r${at}`))] });
  const warnings = [{ code: 'moved', text: `The patient moved to ${SENTINEL}` }];
  const pds =
    whereabouts === 'down'
      ? { traces: {}, fails: 'unavailable' as const }
      : { traces: { [NHS]: { restriction: whereabouts, patient: toldPatient } } };
  return [
    { id: 'pds', adapter: memorySource({ types: ['Patient'], records: {}, ...pds }) },
    {
      id: 'gp',
      adapter: memorySource({
        types: TYPES,
        records: record(held.gp),
        waitsForTrace: true,
        asked: () => asked.push('gp'),
      }),
    },
    { id: 'acute', adapter: memorySource({ scope: 'type', types: TYPES, records: record(held.acute), warnings }) },
    { id: 'community', adapter: memorySource({ types: TYPES, records: record(held.community), warnings }) },
  ];
};

/** The ledger of an answer that the gate dropped, or that could not be read: it would prove nothing. */
const REFUSED = /"code":"(wrong-patient|invalid-response|quarantined)"/;

const identity = { source: 'pds', cacheSeconds: 300, quarantineAt: 2 };

const running = async (given: Case, work: (app: App, asked: readonly string[]) => Promise<void>): Promise<void> => {
  const asked: string[] = [];
  const app = await startTestApp(sourcesOf(given, asked), { identity, deadlineMs: 10_000 });
  try {
    await work(app, asked);
  } finally {
    await app.close();
  }
};

describe('a patient whose whereabouts are withheld, over HTTP', function () {
  this.timeout(120_000);

  const SHAPES = [
    '_include=*&_revinclude=Provenance:target',
    '_elements=address,telecom,contact,location,serviceProvider,performer,content,text',
    '_summary=text',
    '_summary=true',
  ];

  it('is told of in no byte that leaves: searches, includes, parts, reads, accounts, JSON and XML (L11)', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.constantFrom(...SHAPES), async (given, shape) => {
        await running(given, async (app, asked) => {
          const text = async (path: string, accept = 'application/fhir+json'): Promise<string> =>
            (await fetch(`${app.base}/${path}`, { headers: { Accept: accept } })).text();
          for (const type of TYPES) {
            const query = `${type}?${type === 'Patient' ? '_id' : 'patient'}=${NHS}&${shape}`;
            const written = await text(query);
            expect(tells(written), `${query}: ${written}`).to.equal(false);
            expect(written, 'the custodian').to.not.contain('Organisation of');
            expect(tells(await text(query, 'application/fhir+xml')), `${query} as XML`).to.equal(false);
            expect(written, 'what was planted gets as far as the masking').to.not.match(REFUSED);
            const [match] = (JSON.parse(written) as Bundle).entry ?? [];
            const { resourceType, id } = match?.resource ?? {};
            if (id !== undefined) expect(tells(await text(`${resourceType}/${id}`)), `${type} read`).to.equal(false);
          }
          expect(asked, 'the GP').to.deep.equal([]);
        });
      }),
      { numRuns: 12 },
    );
  });

  it('is betrayed by no search, sort or chain: the right place finds what a wrong one does', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        await running(given, async (app) => {
          const total = async (query: string): Promise<number | undefined> =>
            ((await (await fetch(`${app.base}/${query}`)).json()) as Bundle).total;
          for (const query of [
            `Patient?_id=${NHS}&address=`,
            `Patient?_id=${NHS}&address-city=`,
            `Patient?_id=${NHS}&telecom=`,
            `Patient?_id=${NHS}&organization.name=`,
            `Condition?patient=${NHS}&patient.address-postalcode=`,
            `Encounter?patient=${NHS}&location.name=`,
            `Encounter?patient=${NHS}&service-provider.name=`,
            `PractitionerRole?patient=${NHS}&organization.name=`,
            `Practitioner?patient=${NHS}&address=`,
            `Organization?patient=${NHS}&name=`,
            `Location?patient=${NHS}&address=`,
            `RelatedPerson?patient=${NHS}&address=`,
            `Patient?_id=${NHS}&_has:RelatedPerson:patient:address=`,
          ])
            expect(await total(query + SENTINEL), query).to.equal(await total(`${query}Elsewhere`));
        });
      }),
      { numRuns: 8 },
    );
  });

  it('is shown whole where the identity source says that nothing is restricted: the plants are there', async () => {
    const held = { gp: usable.slice(0, 3), acute: usable.slice(0, 20), community: usable.slice(0, 20) };
    await running({ whereabouts: 'unrestricted', held }, async (app, asked) => {
      const written = await (await fetch(`${app.base}/Patient?_id=${NHS}`)).text();
      expect(tells(written)).to.equal(true);
      expect(asked).to.deep.equal(['gp']);
    });
  });
});
