import { type Draft, find, type Place, refuse } from './conform-place.ts';
import type { CompiledElement } from './definitions/compiled.ts';

/** A coded value under a required binding: at least one coding of the value set, with its system, or kept aside. */
export const readBound = (draft: Draft, element: CompiledElement, place: Place): Draft | undefined => {
  const allowed = Object.entries(element.bound ?? {});
  const given = (Array.isArray(draft['coding']) ? draft['coding'] : [draft]) as readonly Draft[];
  const read = given.map((coding) => withSystem(coding, allowed));
  const found = read.some(({ code, system }) =>
    allowed.some(([known, codes]) => known === system && codes.includes(code as string)),
  );
  // What is only an extension, a data-absent-reason say, makes no claim that a value set could reject.
  if (!found && !Object.keys(draft).every((it) => it === 'extension')) return refuse('unknown-code', draft, place);
  if (read.every((it, index) => it === given[index])) return draft;
  find('repaired-form', place, 'coding.system');
  return Array.isArray(draft['coding']) ? { ...draft, coding: read } : read[0];
};

/** A code that only one system of the value set has gets that system. */
const withSystem = (coding: Draft, allowed: readonly (readonly [string, readonly string[]])[]): Draft => {
  if (coding['system'] !== undefined) return coding;
  const systems = allowed.filter(([, codes]) => codes.includes(coding['code'] as string));
  return systems.length === 1 ? { ...coding, system: systems[0]?.[0] } : coding;
};
