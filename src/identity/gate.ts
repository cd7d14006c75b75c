import {
  isObject,
  type Json,
  list,
  type NhsNumber,
  objects,
  parseNhsNumber,
  patientElement,
  SYSTEM,
} from '../fhir/index.ts';
import type { SourceRecord } from '../adapter/index.ts';
import type { LocalResource } from '../mapping/map-answer.ts';

/** What the gate decided about one source's answer. A source that answers about somebody else is dropped whole. */
export type Verdict =
  | {
      readonly verdict: 'admitted';
      readonly resources: readonly LocalResource[];
      readonly heldBack: readonly LocalResource[];
    }
  | { readonly verdict: 'wrong-patient' | 'invalid-response' };

export interface GateQuestion {
  readonly patient: NhsNumber;
  /** Numbers that the patient's superseded: they name the same person. */
  readonly former?: readonly NhsNumber[];
  /** Local ids that the adapter found to be this patient's, where the answer holds no Patient. */
  readonly patientIds: readonly string[];
  /**
   * A `record` answer is about one patient, so a record may leave its subject out, and one that names a patient who is
   * not in the answer is held back. A `type` answer is strict: each record must name the patient.
   */
  readonly scope: 'record' | 'type';
}

/** Lets an answer in only if it is about the patient who was asked for. */
export const admit = (resources: readonly LocalResource[], question: GateQuestion): Verdict => {
  const patients = resources.filter((it) => it.type === 'Patient');
  const numbers = patients.map(({ resource }) => nhsNumbers(resource as unknown as Json));
  if (numbers.flat().some((it) => isStranger(it, question))) return { verdict: 'wrong-patient' };
  const ours = new Set(question.patientIds);
  patients.forEach(({ localId }, index) => (numbers[index]?.length ? ours.add(localId) : undefined));
  const named = numbers.some((it) => it.length > 0);
  if (patients.length > 0 && !named && ours.size === 0) return { verdict: 'wrong-patient' };
  if (question.scope === 'record' && ours.size === 0 && resources.length > 0) return { verdict: 'invalid-response' };

  const kept: LocalResource[] = [];
  const heldBack: LocalResource[] = [];
  for (const local of resources) {
    const standing = local.type === 'Patient' ? patientStanding(local, ours) : subjectStanding(local, ours, question);
    if (standing === 'ours' || (standing === 'unnamed' && question.scope === 'record')) kept.push(local);
    else if (standing === 'stranger' || question.scope === 'type') {
      return { verdict: standing === 'unnamed' ? 'invalid-response' : 'wrong-patient' };
    } else heldBack.push(local);
  }
  return { verdict: 'admitted', resources: kept, heldBack };
};

/** `unknown`: names somebody of whom the answer says nothing. */
type Standing = 'ours' | 'stranger' | 'unknown' | 'unnamed';

const patientStanding = ({ localId }: LocalResource, ours: ReadonlySet<string>): Standing =>
  ours.has(localId) ? 'ours' : 'unknown';

/** What is no number of this patient's, of today or of old, is somebody else's. */
const isStranger = (number: string, { patient, former = [] }: Pick<GateQuestion, 'patient' | 'former'>): boolean =>
  number !== patient && !former.some((it) => it === number);

const subjectStanding = (
  { type, resource }: LocalResource,
  ours: ReadonlySet<string>,
  question: GateQuestion,
): Standing => {
  const references = patientReferences(type, resource as unknown as Json);
  if (references === undefined) return 'ours';
  const standings = references.map((it) => referenceStanding(it, resource as unknown as Json, { ours, question }));
  if (standings.includes('stranger')) return 'stranger';
  if (standings.includes('unknown')) return 'unknown';
  return standings.includes('ours') || MAY_BE_NOBODYS.has(type) ? 'ours' : 'unnamed';
};

/** Types that can belong to a patient and need not. */
const MAY_BE_NOBODYS: ReadonlySet<string> = new Set(['Device', 'Medication', 'Location']);

/** The references in which a resource may name its patient; undefined for a type that belongs to nobody. */
const patientReferences = (type: string, resource: Json): readonly Json[] | undefined => {
  if (type === 'Appointment')
    return objects(resource['participant'])
      .flatMap((it) => objects(it['actor']))
      .filter(namesPatient);
  const element = patientElement(type);
  if (element === undefined || type === 'Provenance') return undefined;
  return objects(resource[element]).filter((it) => typeof it['reference'] !== 'string' || namesPatient(it));
};

const namesPatient = ({ reference, type, identifier }: Json): boolean =>
  typeof reference === 'string'
    ? /(^|\/)Patient[/?]|^#|^urn:/.test(reference)
    : type === 'Patient' || numberIn(identifier) !== undefined;

const referenceStanding = (
  { reference, identifier }: Json,
  resource: Json,
  { ours, question }: { readonly ours: ReadonlySet<string>; readonly question: GateQuestion },
): Standing => {
  const number = numberIn(identifier);
  if (number !== undefined && isStranger(number, question)) return 'stranger';
  if (typeof reference !== 'string') return number === undefined ? 'unnamed' : 'ours';
  if (reference.startsWith('#')) {
    const inside = objects(resource['contained']).find((it) => it['id'] === reference.slice(1));
    const numbers = inside ? nhsNumbers(inside) : [];
    if (numbers.some((it) => isStranger(it, question))) return 'stranger';
    return numbers.length > 0 ? 'ours' : 'unnamed';
  }
  return ours.has(reference.slice('Patient/'.length).replace(/\/_history\/.*$/, '')) ? 'ours' : 'unknown';
};

/**
 * True where a record of an answer, mapped or not, names another patient by NHS number: then nothing of the answer can be
 * trusted.
 */
export const namesStranger = (
  records: readonly SourceRecord[],
  question: Pick<GateQuestion, 'patient' | 'former'>,
): boolean =>
  records.some(
    ({ nhsNumber }) => nhsNumber !== undefined && isStranger(parseNhsNumber(nhsNumber) ?? nhsNumber, question),
  );

/** The NHS numbers that a Patient carries, sound or not. */
export const nhsNumbers = (patient: Json): readonly string[] =>
  list(patient['identifier']).flatMap((it) => numberIn(it) ?? []);

/** The systems under which sources send NHS numbers. */
const SYSTEMS: ReadonlySet<unknown> = new Set([SYSTEM.nhsNumber, 'http://fhir.nhs.net/Id/nhs-number']);

/** The NHS number in an identifier, however it is spaced; words that are none are somebody else's. */
const numberIn = (identifier: unknown): string | undefined => {
  if (!isObject(identifier) || !SYSTEMS.has(identifier['system'])) return undefined;
  const { value } = identifier;
  return parseNhsNumber(value) ?? (typeof value === 'string' && value.trim() !== '' ? value : undefined);
};
