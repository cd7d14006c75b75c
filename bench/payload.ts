import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkDigit } from '../src/fhir/nhs-number.ts';

/** Whose record every payload is; a stub puts the number of whoever was asked for in its place. */
export const NHS = '9990000018';

type Json = Readonly<Record<string, unknown>>;

/** Numbers from here on are of people whose GP record is short, whatever that of others is. */
export const SHORT_RECORDS = 999_500_000;
/** How large a short one is. */
export const SHORT = { gpBytes: 50_000, gpEntryBytes: 2000 } as const;

/** Made-up patients of the bench: so many valid numbers, the first of them from nine digits on. */
export const patients = (count: number, first = 999_100_000): readonly string[] => {
  const found: string[] = [];
  for (let nine = first; found.length < count; nine++) {
    const check = checkDigit(String(nine));
    if (check < 10) found.push(`${nine}${check}`);
  }
  return found;
};

export interface GpRecord {
  /** The number of the first copy: others have other ids. */
  readonly first?: number;
  /** How large entries are: what a record lacks is written into its notes. About 1 KB where left out, without any words. */
  readonly entryBytes?: number;
}

/** Records of the sandbox that are made larger by copies of themselves: the richest, and one for a young record. */
const PEOPLE = { rich: NHS, small: '9990000166' } as const;
const RICH_BYTES = 100_000;

/** A GP Connect answer of about so many bytes: a made-up record, repeated under new ids and dates. No real data. */
export const gpRecord = (bytes: number, { first = 0, entryBytes = 0 }: GpRecord = {}): string => {
  const person = bytes < RICH_BYTES ? PEOPLE.small : PEOPLE.rich;
  const [patient, ...others] = resourcesOf('gp-connect', person);
  const body = JSON.stringify(others).slice(1, -1);
  const copies: string[] = [];
  const enough = Math.max(1, Math.round(bytes / Math.max(entryBytes, body.length / others.length) / others.length));
  for (let copy = 0; copy < enough; copy++) {
    // The first two digits of an id make a copy's own. The patient is always the same.
    const digits = ((first + copy) % 256).toString(16).padStart(2, '0').toUpperCase();
    copies.push(
      earlier(
        body.replace(OWN_ID, (id) => (id === patient?.['id'] ? id : digits + id.slice(2))),
        copy,
      ),
    );
  }
  const resources = JSON.parse(`[${JSON.stringify(patient).replace(person, NHS)},${copies.join(',')}]`) as Json[];
  const lacking = entryBytes > 0 ? bytes - JSON.stringify(resources).length : 0;
  const told = lacking > 0 ? withWords(resources, lacking) : resources;
  return JSON.stringify({
    resourceType: 'Bundle',
    type: 'collection',
    entry: told.map((resource) => ({ resource })),
  });
};

/** How many resources of each type a hospital holds: 100, about 1.5 KB each. */
const ACUTE = { Observation: 50, Condition: 15, Encounter: 15, MedicationRequest: 20 } as const;

/** What a FHIR R4 server holds, by type: made-up resources of the sandbox, repeated under new ids and dates. */
export const acuteRecord = (): Readonly<Record<string, readonly Json[]>> => {
  const all = resourcesOf('fhir-r4', NHS);
  const patient = all.find((it) => it['resourceType'] === 'Patient');
  const renamed = JSON.parse(JSON.stringify(all).replaceAll(String(patient?.['id']), `p${NHS}`)) as readonly Json[];
  const of = (type: string): readonly Json[] => renamed.filter((it) => it['resourceType'] === type);
  return {
    Patient: of('Patient'),
    ...Object.fromEntries(Object.entries(ACUTE).map(([type, count]) => [type, repeated(of(type), count, 'id')])),
  };
};

/** How many records each collection of the community holds, and the key of their ids: 60, about 45 KB. */
const COMMUNITY = {
  contacts: [12, 'contactId'],
  referrals: [6, 'referralId'],
  carePlans: [4, 'carePlanId'],
  allergies: [4, 'allergyId'],
  problems: [6, 'problemId'],
  assessments: [12, 'assessmentId'],
  alerts: [4, 'alertId'],
  medicinesAdministered: [12, 'administrationId'],
} as const;

/** The types that the hospital is searched for, and the collections that the community is. */
export const ACUTE_TYPES = Object.keys(ACUTE);
export const COLLECTIONS = Object.keys(COMMUNITY);

/** What the community API holds: its patient, and the records of each collection. */
export const communityRecord = (): {
  readonly patient: Json;
  readonly collections: Readonly<Record<string, readonly Json[]>>;
} => {
  const { patient, ...document } = fileOf('community-json', NHS) as Record<string, readonly Json[]> & { patient: Json };
  const all = Object.entries(COMMUNITY).map(
    ([name, [count, key]]) =>
      [
        name,
        repeated(document[name] ?? [], count, key).map((it): Json => ({ ...it, patientId: Number(NHS) })),
      ] as const,
  );
  return {
    patient: { ...patient, patientId: Number(NHS), nhsNumber: NHS },
    collections: Object.fromEntries(all),
  };
};

const fileOf = (adapter: string, person: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../sandbox/people/${adapter}/${person}.json`), 'utf8'));

const resourcesOf = (adapter: string, person: string): readonly Json[] =>
  (fileOf(adapter, person) as { readonly entry: readonly { readonly resource: Json }[] }).entry.map(
    (it) => it.resource,
  );

/** So many of these, over and over, each with an id and dates of its own. */
const repeated = (templates: readonly Json[], count: number, idKey: string): readonly Json[] =>
  Array.from({ length: count }, (_, at) => {
    const copy = Math.floor(at / templates.length);
    const template = templates[at % templates.length] ?? {};
    const id = template[idKey];
    const own = typeof id === 'number' ? id + 1000 * copy : `${String(id).slice(0, -3)}${100 + copy}`;
    const text = JSON.stringify(template).replace(GOAL_ID, (it) => String(Number(it) + 1000 * copy));
    return { ...(JSON.parse(earlier(text, copy)) as Json), [idKey]: own };
  });

/** Upper-case UUIDs, and the longer ids of roles. */
const OWN_ID = /\b(?:[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}|[0-9A-F]{64})\b/g;
const GOAL_ID = /(?<="goalId":)\d+/g;
/** With a time or without. */
const DATE = /\b(\d{4})-(\d\d)-(\d\d)(?!\d)|\b(\d\d)\/(\d\d)\/(\d{4})\b/g;
const DAY = 86_400_000;

/** All dates of a text so many times five weeks earlier: a copy tells of other days. */
const earlier = (text: string, copy: number): string =>
  copy === 0
    ? text
    : text.replace(DATE, (_, ...[year, month, day, dd, mm, yyyy]: string[]) => {
        const then = Date.UTC(Number(year ?? yyyy), Number(month ?? mm) - 1, Number(day ?? dd)) - copy * 35 * DAY;
        const [y, m, d] = new Date(then).toISOString().slice(0, 10).split('-');
        return year === undefined ? `${d}/${m}/${y}` : `${y}-${m}-${d}`;
      });

const note = ({ note = [] }: Json, text: string): Json => ({ note: [...(note as readonly Json[]), { text }] });

/** Where a clinician writes in a resource of each type. */
const WORDS: Readonly<Record<string, (resource: Json, words: string) => Json>> = {
  AllergyIntolerance: note,
  Condition: note,
  DiagnosticReport: (_, conclusion) => ({ conclusion }),
  DocumentReference: (_, description) => ({ description }),
  Immunization: note,
  List: note,
  MedicationRequest: note,
  MedicationStatement: note,
  Observation: (_, comment) => ({ comment }),
  ProcedureRequest: note,
  ReferralRequest: note,
};

const SENTENCES = [
  'Seen at home with her daughter, who helps with medicines.',
  'No change since the last visit; advised to keep the leg raised.',
  'Bloods taken today, to be looked at by the duty doctor.',
  'Feels tired in the afternoons, sleeps well, eats little.',
  'Blood pressure 142/88 sitting, 136/84 after five minutes.',
  'Asked to come back in six weeks, sooner if it gets worse.',
  'Letter from the clinic read; dose left as it is.',
  'Understands the plan and agrees with it.',
] as const;

/** So many characters more, spread over the notes of all that have any. */
const withWords = (resources: readonly Json[], characters: number): readonly Json[] => {
  const writers = resources.filter((it) => String(it['resourceType']) in WORDS).length;
  const each = Math.round(characters / writers);
  return resources.map((it, at) => {
    const write = WORDS[String(it['resourceType'])];
    return write ? { ...it, ...write(it, wordsOf(each, at)) } : it;
  });
};

const wordsOf = (characters: number, at: number): string => {
  let words = '';
  for (let next = at; words.length < characters; next += 3) words += `${SENTENCES[next % SENTENCES.length]} `;
  return words.slice(0, characters).trim();
};
