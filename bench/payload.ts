import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Bundle {
  readonly entry: readonly { readonly resource: { readonly resourceType: string; readonly id?: string } }[];
}

/**
 * A GP Connect answer of about so many bytes: the richest made-up record, repeated under new ids. No real data.
 * @param first the number of the first copy: others have other ids.
 */
export const gpRecord = (bytes: number, first = 0): string => {
  const file = join(import.meta.dirname, '../sandbox/people/gp-connect/9990000018.json');
  const bundle = JSON.parse(readFileSync(file, 'utf8')) as Bundle;
  const [patient, ...others] = JSON.stringify(bundle.entry.map((it) => it.resource))
    .slice(1, -1)
    .split(/(?<=\}),(?=\{"resourceType")/);
  const body = others.join(',');
  const patientId = bundle.entry[0]?.resource.id;
  const copies: string[] = [];
  for (let copy = 0, size = 0; size < bytes; copy++) {
    // Ids are upper-case UUIDs: their first two digits make a copy's own. The patient is always the same.
    const digits = ((first + copy) % 256).toString(16).padStart(2, '0').toUpperCase();
    const own = body.replace(UUID, (id) => (id === patientId ? id : digits + id.slice(2)));
    copies.push(own);
    size += own.length;
  }
  const resources = JSON.parse(`[${[patient, ...copies].join(',')}]`) as unknown[];
  return JSON.stringify({
    resourceType: 'Bundle',
    type: 'collection',
    entry: resources.map((resource) => ({ resource })),
  });
};

const UUID = /\b[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}/g;
