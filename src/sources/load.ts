import { access } from 'node:fs/promises';
import { extname } from 'node:path';
import type { AdapterDefinition } from '../adapter/index.ts';

/** `.ts` when Node runs the sources, `.js` in the build. */
const extension = extname(import.meta.url);

/**
 * Loads a part of the product that `src` does not know by name: an adapter by its folder, or the sandbox. This is the
 * only door from `src` to what stands beside it.
 * @param path below the root, without extension: `adapters/gp-connect/index`.
 * @returns undefined where there is no such part.
 */
export const loadPart = async (path: string): Promise<Readonly<Record<string, unknown>> | undefined> => {
  const url = new URL(`../../${path}${extension}`, import.meta.url);
  const exists = await access(url).then(
    () => true,
    () => false,
  );
  return exists ? ((await import(url.href)) as Readonly<Record<string, unknown>>) : undefined;
};

/** The adapter in a folder of `adapters/`; undefined where there is none. */
export const loadAdapter = async (folder: string): Promise<AdapterDefinition | undefined> => {
  if (!/^[a-z][a-z0-9-]*$/.test(folder)) return undefined;
  const part = await loadPart(`adapters/${folder}/index`);
  return part?.['default'] as AdapterDefinition | undefined;
};
