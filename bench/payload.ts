import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Bundle {
  readonly entry: readonly { readonly resource: { readonly resourceType: string } }[];
}

/** A GP Connect answer of about so many bytes: the richest made-up record, repeated under new ids. No files, no real data. */
export const gpRecord = (bytes: number): string => {
  const file = join(import.meta.dirname, '../sandbox/people/gp-connect/9990000018.json');
  const bundle = JSON.parse(readFileSync(file, 'utf8')) as Bundle;
  const [patient, ...others] = JSON.stringify(bundle.entry.map((it) => it.resource))
    .slice(1, -1)
    .split(/(?<=\}),(?=\{"resourceType")/);
  const body = others.join(',');
  const copies: string[] = [];
  for (let copy = 0, size = 0; size < bytes; copy++) {
    // Ids are upper-case UUIDs: their first two digits make a copy's own.
    const own = body.replace(
      /\b[0-9A-F]{2}(?=[0-9A-F]{6}-[0-9A-F]{4}-)/g,
      (copy % 256).toString(16).padStart(2, '0').toUpperCase(),
    );
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
