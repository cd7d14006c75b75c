import { ACUTE_TYPES, COLLECTIONS } from './payload.ts';

/** One call of a source; `then`: those that wait for it. */
export interface Trip {
  readonly source: 'gp' | 'acute' | 'community';
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  readonly then?: readonly Trip[];
}

const get = (source: Trip['source'], path: string): Trip => ({ source, method: 'GET', path: `/${source}/${path}` });

/** The very calls that the facade makes for a search, ids of patients and tokens known: all baselines make the same. */
export const tripsFor = (patient: string, type: string | undefined): readonly Trip[] => [
  {
    source: 'gp',
    method: 'POST',
    path: '/gp/Patient/$gpc.getstructuredrecord',
    body: JSON.stringify({
      resourceType: 'Parameters',
      parameter: [{ name: 'patientNHSNumber', valueIdentifier: { value: patient } }],
    }),
  },
  ...ACUTE_TYPES.filter((it) => type === undefined || it === type).map((it) =>
    get('acute', `${it}?patient=p${patient}&_count=200`),
  ),
  {
    ...get('community', `api/v2/patients?nhsNumber=${patient}`),
    then: COLLECTIONS.map((it) => get('community', `api/v2/patients/${patient}/${it}?page=1&pageSize=100`)),
  },
];

/** What a baseline is asked: as the facade is. */
export const askedOf = (target: string): { readonly patient: string; readonly type: string | undefined } => {
  const [, first = '', second = ''] = /^\/FHIR\/R4\/([^/?]+)(?:\/(\d{10}))?/.exec(target) ?? [];
  if (second !== '') return { patient: second, type: undefined };
  return { patient: /[?&]patient=(\d{10})/.exec(target)?.[1] ?? '', type: first };
};

/** The records of an answer, whichever source gave it. */
export const recordsOf = (answer: unknown): readonly unknown[] => {
  const { entry, records, patients } = answer as Readonly<Record<string, readonly unknown[] | undefined>>;
  return entry ?? records ?? patients ?? [];
};
