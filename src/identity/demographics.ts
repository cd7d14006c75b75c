import { isObject, type Json, objects, type Patient, SYSTEM, text } from '../fhir/index.ts';

/** A demographic that two systems can be compared by. */
export interface Demographic {
  /** What it is called in an issue. */
  readonly title: string;
  /** True where a difference is a reason to doubt that two records are one person's. */
  readonly identifies?: true;
  /** The values that a record has, in a form that spelling does not change. None: not comparable. */
  readonly values: (patient: Patient) => readonly string[];
}

/** What is compared: all names a person has had count, so that a marriage is no difference. */
export const DEMOGRAPHICS: readonly Demographic[] = [
  {
    title: 'family name',
    identifies: true,
    values: ({ name = [] }) => name.flatMap((it) => plain(it.family)),
  },
  { title: 'given name', values: ({ name = [] }) => name.flatMap((it) => plain(it.given?.[0])) },
  { title: 'birth date', identifies: true, values: ({ birthDate }) => (birthDate === undefined ? [] : [birthDate]) },
  {
    title: 'gender',
    identifies: true,
    values: ({ gender }) => (gender === undefined || gender === 'unknown' ? [] : [gender]),
  },
  {
    title: 'death',
    values: ({ deceasedBoolean, deceasedDateTime }) => {
      if (deceasedDateTime !== undefined) return ['dead'];
      return deceasedBoolean === undefined ? [] : [deceasedBoolean ? 'dead' : 'alive'];
    },
  },
  { title: 'postcode', values: ({ address = [] }) => address.flatMap((it) => plain(it.postalCode)) },
  {
    title: 'GP practice',
    values: ({ generalPractitioner = [] }) => generalPractitioner.flatMap((it) => odsCodeOf(it.identifier)),
  },
];

/** False where both have a value and none of them is the same. */
export const agree = ({ values }: Demographic, one: Patient, other: Patient): boolean => {
  const [ours, theirs] = [values(one), values(other)];
  if (ours.length === 0 || theirs.length === 0) return true;
  return ours.some((a) => theirs.some((b) => isSame(a, b)));
};

/** The demographics in which two records of one person differ. A value that one of them lacks is no difference. */
export const differences = (one: Patient, other: Patient): readonly Demographic[] =>
  DEMOGRAPHICS.filter((it) => !agree(it, one, other));

/** A date that is known less exactly is the same as far as it goes. */
const isSame = (a: string, b: string): boolean =>
  a === b || (/^\d{4}/.test(a) && /^\d{4}/.test(b) && (a.startsWith(`${b}-`) || b.startsWith(`${a}-`)));

const plain = (written: unknown): readonly string[] => {
  const value = text(written)
    ?.normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();
  return value === undefined || value === '' ? [] : [value];
};

const odsCodeOf = (identifier: unknown): readonly string[] =>
  objects(identifier)
    .filter((it: Json) => it['system'] === SYSTEM.odsOrganisation)
    .flatMap((it) => plain(it['value']));

/** The formal word of an identity service: a death that it was told of and has not confirmed is not asserted. */
export const isFormallyDead = (patient: Patient): boolean => {
  const [death] = DEMOGRAPHICS.filter(({ title }) => title === 'death');
  if (!death?.values(patient).includes('dead')) return false;
  const status = objects(patient.extension)
    .filter((it) => String(it['url']).endsWith('DeathNotificationStatus'))
    .flatMap((it) => objects(it['extension']))
    .flatMap((it) => objects(it['valueCodeableConcept']))
    .flatMap((it) => objects(it['coding']))
    .filter(isObject)
    .map((it) => it['code']);
  return status.length === 0 || status.includes(FORMAL);
};

/** UKCore-DeathNotificationStatus: the registrar of deaths has told. */
const FORMAL = '2';
