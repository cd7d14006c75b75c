import type { SimulatorData } from '../src/adapter/index.ts';

/** What a simulator made of everybody's file. */
export interface Imports<T> {
  /** By NHS number, as it was when the simulator started. */
  readonly all: ReadonlyMap<string, T>;
  /** Of a patient's file, which is read anew: what ails it ails this answer. Undefined where there is none. */
  readonly of: (nhsNumber: string | undefined) => Promise<T | undefined>;
}

/**
 * Imports the file of each patient once, as a server would.
 * @param importFile makes of a patient's file what is served; it is called again where the file has changed since.
 */
export const createImports = async <T>(
  { people, read }: SimulatorData,
  importFile: (nhsNumber: string, bytes: Buffer) => T,
): Promise<Imports<T>> => {
  const all = new Map<string, T>();
  const sent = new Map<string, Buffer>();
  const keep = (nhsNumber: string, bytes: Buffer): T => {
    const imported = importFile(nhsNumber, bytes);
    all.set(nhsNumber, imported);
    sent.set(nhsNumber, bytes);
    return imported;
  };
  for (const nhsNumber of await people()) {
    const bytes = await read(nhsNumber);
    if (bytes) keep(nhsNumber, bytes);
  }

  return {
    all,
    of: async (nhsNumber) => {
      const bytes = nhsNumber === undefined ? undefined : await read(nhsNumber);
      if (nhsNumber === undefined || !bytes) return undefined;
      // A source that answers about another patient sends that patient's file, as it was imported for them.
      const isIt = (person: string): boolean => sent.get(person)?.equals(bytes) ?? false;
      const owner = isIt(nhsNumber) ? nhsNumber : [...sent.keys()].find(isIt);
      return owner === undefined ? keep(nhsNumber, bytes) : all.get(owner);
    },
  };
};
