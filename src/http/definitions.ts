import { readdir, readFile } from 'node:fs/promises';
import { type Bundle, FaultError, type FhirResource } from '../fhir/index.ts';

type Definition = FhirResource & { readonly url: string; readonly id: string };

export interface Definitions {
  readonly byId: (type: string, id: string) => FhirResource;
  readonly ofType: (type: string) => readonly FhirResource[];
  readonly search: (type: string, url: string | undefined, base: string) => Bundle;
}

/** The project's own definitions of extensions, codes and operations, read once from the FHIR package folder that ships with it. */
export const loadDefinitions = async (): Promise<Definitions> => {
  const folder = new URL('../fhir/package/', import.meta.url);
  const files = (await readdir(folder)).filter((it) =>
    /^(StructureDefinition|CodeSystem|OperationDefinition)-/.test(it),
  );
  const all = await Promise.all(
    files.map(async (it) => JSON.parse(await readFile(new URL(it, folder), 'utf8')) as Definition),
  );
  const ofType = (type: string): Definition[] => all.filter((it) => it.resourceType === type);
  return {
    ofType,
    byId: (type, id) => {
      const found = ofType(type).find((it) => it.id === id);
      if (!found) throw new FaultError('notFound', 'There is no such definition.');
      return found;
    },
    search: (type, url, base) => {
      const found = ofType(type).filter((it) => url === undefined || it.url === url);
      return {
        resourceType: 'Bundle',
        type: 'searchset',
        total: found.length,
        entry: found.map((it) => ({
          fullUrl: `${base}/${type}/${it.id}`,
          resource: it,
          search: { mode: 'match' as const },
        })),
      };
    },
  };
};
