import { type Draft, find, type Place, refuse } from './conform-place.ts';
import type { CompiledElement } from './definitions/compiled.ts';

/** A coded value under a required binding: at least one coding of the value set, with its system, or kept aside. */
export const readBound = (draft: Draft, element: CompiledElement, place: Place): Draft | undefined => {
  const allowed = Object.entries(element.bound ?? {});
  let found = false;
  for (const coding of (Array.isArray(draft['coding']) ? draft['coding'] : [draft]) as Draft[]) {
    const systems = allowed.filter(([, codes]) => codes.includes(coding['code'] as string)).map(([system]) => system);
    if (systems.includes(coding['system'] as string)) found = true;
    else if (coding['system'] === undefined && systems.length === 1) {
      find('repaired-form', place, 'coding.system');
      coding['system'] = systems[0];
      found = true;
    }
  }
  // What is only an extension, a data-absent-reason say, makes no claim that a value set could reject.
  return found || Object.keys(draft).every((it) => it === 'extension') ? draft : refuse('unknown-code', draft, place);
};
