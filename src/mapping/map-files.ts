import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { AdapterDefinition, Answer, SourceWarning } from '../adapter/index.ts';
import {
  BASE,
  type Bundle,
  isObject,
  objects,
  operationOutcome,
  type OperationOutcomeIssue,
  parseJson,
  parseNhsNumber,
  SYSTEM,
} from '../fhir/index.ts';
import { createSealer, type PatientKey } from '../fhir/sealed-id.ts';
import { type LocalResource, mapAnswer } from './map-answer.ts';
import { createRelease } from './release.ts';
import { warningIssue } from './warning.ts';

type Adapter = Pick<AdapterDefinition, 'name' | 'split' | 'map'>;

export interface MapFilesOptions {
  /** A directory for `<basename>.json`; the answers are printed where there is none. */
  readonly out: string | undefined;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
}

/**
 * Maps raw source answers from disk: one collection Bundle per file, issues as its last entry. One file is printed to be
 * read, several as NDJSON.
 * @returns the exit code: 0, with issues or without; 2 where a file could not be read, or where nothing was written because
 * that would have cost a file.
 */
export const mapFiles = async (
  adapter: Adapter,
  files: readonly string[],
  { out, print, complain }: MapFilesOptions,
): Promise<number> => {
  if (out !== undefined) {
    await mkdir(out, { recursive: true });
    const faults = await targetFaults(files, out);
    faults.forEach(complain);
    if (faults.length > 0) return 2;
  }
  let code = 0;
  for (const file of files) {
    const answer = await readAnswer(adapter, file);
    if (answer === undefined) {
      complain(`${file}: is no answer that ${adapter.name} can read`);
      code = 2;
      continue;
    }
    const bundle = mapToBundle(adapter, answer, basename(file));
    if (out !== undefined) await writeFile(targetOf(file, out), `${JSON.stringify(bundle, null, 2)}\n`);
    else print(files.length === 1 ? JSON.stringify(bundle, null, 2) : JSON.stringify(bundle));
  }
  return code;
};

const targetOf = (file: string, out: string): string => join(out, `${basename(file, extname(file))}.json`);

/** One line per target that two files share, or that is itself a file to be read. */
const targetFaults = async (files: readonly string[], out: string): Promise<readonly string[]> => {
  const inputs = new Set(await Promise.all(files.map(realOf)));
  const owners = new Map<string, string>();
  const faults: string[] = [];
  for (const file of files) {
    const target = targetOf(file, out);
    const owner = owners.get(target);
    if (owner !== undefined) faults.push(`${file}: would be written to ${target}, as would ${owner}`);
    else if (inputs.has(await realOf(target)))
      faults.push(`${file}: would be written over ${target}, which is to be read`);
    owners.set(target, owner ?? file);
  }
  return faults;
};

/** Where a file really is, links followed; its name where it is not there. */
const realOf = (file: string): Promise<string> => realpath(file).catch(() => file);

const readAnswer = async (adapter: Adapter, file: string): Promise<Answer | undefined> => {
  try {
    return adapter.split(parseJson(await readFile(file)));
  } catch {
    return undefined;
  }
};

/** Ids of answers mapped outside a request need to be stable, not secret: the file holds all that they would hide. */
const offlineSealer = createSealer([{ version: 0, secret: 'answers mapped on their owner’s own machine' }]);

/** One answer as a UK Core collection Bundle. No identity gate runs: a file may belong to nobody with an NHS number. */
export const mapToBundle = (adapter: Adapter, answer: Answer, name: string): Bundle => {
  const { resources, issues } = mapAnswer(adapter, answer, { source: adapter.name });
  const known = new Set(resources.map((it) => `${it.type}/${it.localId}`));
  const release = createRelease({
    sealer: offlineSealer,
    source: adapter.name,
    patient: patientKey(resources, name),
    patientIds: new Set(),
    canRead: (type, localId) => known.has(`${type}/${localId}`),
  });
  const all: OperationOutcomeIssue[] = [
    ...(answer.warnings ?? []).map((it: SourceWarning) => warningIssue(it, adapter.name)),
    ...issues,
  ];
  const entry = [
    ...resources.map(release).map((it) => ({ fullUrl: `${BASE}/${it.resourceType}/${it.id ?? ''}`, resource: it })),
    ...(all.length > 0 ? [{ resource: operationOutcome(all) }] : []),
  ];
  return { resourceType: 'Bundle', type: 'collection', ...(entry.length > 0 && { entry }) };
};

/** The patient of a file: by NHS number where it has a valid one, else by whatever its Patient or its name says. */
const patientKey = (resources: readonly LocalResource[], name: string): PatientKey => {
  const [patient] = resources.filter((it) => it.type === 'Patient');
  const identifiers = isObject(patient?.resource)
    ? objects((patient.resource as { identifier?: unknown }).identifier)
    : [];
  const numbers = identifiers
    .filter((it) => it['system'] === SYSTEM.nhsNumber)
    .map((it) => parseNhsNumber(it['value']));
  const [nhsNumber] = numbers;
  return nhsNumber ? { nhsNumber } : { file: patient?.localId ?? name };
};
