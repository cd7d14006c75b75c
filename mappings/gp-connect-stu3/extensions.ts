import { type Json, objects, remembered } from '../../src/fhir/index.ts';

/** The name of an extension without host, publisher and version: both CareConnect forms of it have the same. */
export const extensionName = (url: unknown): string => (typeof url === 'string' ? nameIn(url) : '');

const nameIn = remembered((url) =>
  url
    .slice(url.lastIndexOf('/') + 1)
    .replace(/^Extension-(?:CareConnect-|UKCore-)?(?:GPC-)?/, '')
    .replace(/-\d+$/, ''),
);

/** The extensions inside an extension, by their urls. */
export const partsOf = (extension: Json, url: string): readonly Json[] =>
  objects(extension['extension']).filter((it) => it['url'] === url);

/** The value of an extension, whatever its type. */
export const valueOf = (extension: Json | undefined): unknown => {
  for (const key in extension) if (key.startsWith('value')) return extension[key];
  return undefined;
};

/** What is left of a complex extension when some parts found a place of their own; nothing where nothing is. */
export const leftOver = (extension: Json, placed: readonly Json[]): readonly Json[] => {
  const rest = objects(extension['extension']).filter((it) => !placed.includes(it));
  return rest.length > 0 ? [{ ...extension, extension: rest }] : [];
};
