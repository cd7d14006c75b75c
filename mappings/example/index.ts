import type { Mapping, MappingContext, ValueRule } from '../../src/adapter/index.ts';
import { conform, dateForm, type Finding, findingIssue, type Json, setAside, SYSTEM } from '../../src/fhir/index.ts';

export { split } from './split.ts';

/** What this mapping says and no value of a record stands behind. */
export const added: readonly ValueRule[] = [
  { path: 'Encounter.subject.reference', why: 'A visit names no patient: the whole answer is about one.' },
];

/** A record to UK Core. What is not translated is set aside, and `conform` keeps and reports it. */
export const map: Mapping<Json> = ({ kind, id, body }, context) => {
  const findings: Finding[] = [];
  const draft = kind === 'patient' ? patient(body) : visit(body, context);
  const resource = conform(draft, {}, (finding) => findings.push(finding));
  return {
    resources: [{ localId: id, resource }],
    issues: findings.map(({ code, path }) => findingIssue(code, { kind, id, path })),
  };
};

const patient = ({ no, nhs, surname, born, ...rest }: Json): Json => ({
  resourceType: 'Patient',
  identifier: [...identifier(SYSTEM.nhsNumber, nhs), ...identifier('https://harbour.example/patient', no)],
  name: [{ family: surname }],
  birthDate: isoDate(born),
  ...setAside('patient', rest),
});

const visit = ({ no, state, day, reason, ...rest }: Json, { all }: MappingContext<Json>): Json => {
  const [whose] = all('patient');
  return {
    resourceType: 'Encounter',
    identifier: identifier('https://harbour.example/visit', no),
    status: STATUS.get(state) ?? state,
    ...(whose && { subject: { reference: `Patient/${whose.id}` } }),
    period: { start: isoDate(day) },
    reasonCode: [{ text: reason }],
    ...setAside('visits', rest),
  };
};

/** A word that is not here is passed on, and `conform` keeps it as text: none is guessed. */
const STATUS: ReadonlyMap<unknown, string> = new Map(
  Object.entries({ booked: 'planned', here: 'in-progress', done: 'finished', cancelled: 'cancelled' }),
);

const identifier = (system: string, value: unknown): readonly Json[] =>
  value === undefined ? [] : [{ system, value }];

/** `03/02/2025` is the third of February; whatever is no day is passed on as it was written. */
const isoDate = (given: unknown): unknown => {
  const iso = String(given).replace(/^(\d\d)\/(\d\d)\/(\d{4})$/, '$3-$2-$1');
  return dateForm(iso) === 'day' ? iso : given;
};
