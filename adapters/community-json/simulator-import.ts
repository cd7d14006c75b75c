import { createHash } from 'node:crypto';
import type { SimulatorData } from '../../src/adapter/index.ts';
import { digits, isNumber, isObject, type Json, parseJson } from '../../src/fhir/index.ts';

/** One patient's file, as the API holds it. */
export interface Imported {
  /** The supplier's own id of the patient. */
  readonly patientId?: string;
  readonly document: Json;
  /** The file itself, where it is no document. */
  readonly raw?: Buffer;
}

/**
 * Reads the whole-record document of each patient. A patient's id belongs to one person: in a file that uses another's, it
 * becomes a number of its own wherever it stands.
 */
export const createImport = (complain: SimulatorData['complain']): ((nhsNumber: string, bytes: Buffer) => Imported) => {
  const owners = new Map<string, string>();

  return (nhsNumber, bytes) => {
    const document = parsed(bytes);
    if (!isObject(document)) return { document: {}, raw: bytes };
    const { patient } = document;
    const given = isObject(patient) ? wordsOf(patient['patientId']) : undefined;
    if (given === undefined) return { document };
    const owner = owners.get(given) ?? nhsNumber;
    if (owner === nhsNumber) {
      owners.set(given, nhsNumber);
      return { patientId: given, document };
    }
    complain(`${nhsNumber}.json uses the patientId of ${owner}.json: it is served with one of its own`);
    const own = ownId(nhsNumber, given);
    owners.set(String(own), nhsNumber);
    return { patientId: String(own), document: withPatientId(document, given, own) as Json };
  };
};

const parsed = (bytes: Buffer): unknown => {
  try {
    return parseJson(bytes);
  } catch {
    return undefined;
  }
};

const wordsOf = (id: unknown): string | undefined =>
  isNumber(id) ? digits(id) : typeof id === 'string' && id !== '' ? id : undefined;

/** The same number each time for the same person. */
const ownId = (nhsNumber: string, given: string): number =>
  createHash('sha256').update(`${nhsNumber} ${given}`).digest().readUIntBE(0, 6);

const withPatientId = (node: unknown, given: string, own: number): unknown => {
  if (Array.isArray(node)) return node.map((it) => withPatientId(it, given, own));
  if (!isObject(node)) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === 'patientId' && wordsOf(value) === given ? own : withPatientId(value, given, own),
    ]),
  );
};
