import type { App } from '../../src/app.ts';
import type { Bundle } from '../../src/fhir/index.ts';
import { createSealer } from '../../src/fhir/sealed-id.ts';
import { startTestApp } from '../support/app.ts';
import type { Entry } from './official.ts';
import { NHS, RECORD, SOURCES, TYPES } from './record.ts';

/** What a search answered, by the sources' own ids. */
export interface Found {
  readonly status: number;
  readonly matches: readonly string[];
  readonly includes: readonly string[];
  readonly bundle: Bundle;
}

/** The facade over the fixed record, with names that can be read where answers have sealed ids. */
export interface ServedRecord {
  readonly app: App;
  /** The record as callers see it, whole. */
  readonly record: readonly Entry[];
  /** What is a logical id here. */
  readonly nameOf: (id: string) => string;
  /** A query with the logical ids in place of `{Type/localId}`; `{Type/localId:id}` and `:url` give the id or URL alone. */
  readonly write: (query: string) => string;
  readonly search: (type: string, query: string) => Promise<Found>;
}

/** Starts the facade over the record of `record.ts`, and reads all of it. */
export const serveRecord = async (): Promise<ServedRecord> => {
  const app = await startTestApp(SOURCES);
  const sealer = createSealer([{ version: 1, secret: process.env['PCR_TEST_SEALING_KEY'] ?? '' }]);
  const names = new Map<string, string>([[NHS, 'patient']]);
  const references = new Map<string, string>();
  for (const [source, resources] of Object.entries(RECORD))
    for (const { resourceType, id } of resources as readonly Entry[]) {
      const sealed = sealer.seal(resourceType, { source, patient: { nhsNumber: NHS as never }, localId: id });
      names.set(sealed, id);
      references.set(`${resourceType}/${id}`, `${resourceType}/${resourceType === 'Patient' ? NHS : sealed}`);
    }

  const nameOf = (id: string): string => names.get(id) ?? id;
  const write = (query: string): string =>
    query.replace(/\{([^}:]+)(?::(id|url))?\}/g, (_, name: string, form?: string) => {
      const reference = references.get(name);
      if (reference === undefined) throw new Error(`no ${name} in the record`);
      if (form === 'id') return reference.split('/')[1] ?? '';
      return form === 'url' ? `${app.base}/${reference}` : reference;
    });

  const search: ServedRecord['search'] = async (type, query) => {
    const form = new URLSearchParams(query);
    const response = await fetch(`${app.base}/${type}?${form.toString()}`, {
      headers: { Prefer: 'merge=none' },
    });
    const bundle = (await response.json()) as Bundle;
    const ofMode = (mode: string): string[] =>
      (bundle.entry ?? []).filter((it) => it.search?.mode === mode).map((it) => nameOf(it.resource?.id ?? ''));
    return { status: response.status, matches: ofMode('match'), includes: ofMode('include'), bundle };
  };

  const record: Entry[] = [];
  for (const type of TYPES) {
    const { bundle } = await search(type, type === 'Patient' ? `_id=${NHS}` : `patient=${NHS}`);
    const entries = bundle.entry?.filter((it) => it.search?.mode !== 'outcome') ?? [];
    record.push(...(entries.map((it) => it.resource) as unknown as Entry[]));
  }
  return { app, record, nameOf, write, search };
};
