import { add, renamed, type TypeMapping } from './move.ts';
import { ABSENT } from './references.ts';

/**
 * GP Connect has no class, which R4 requires: it is marked as unknown and never guessed, because "Administration note"
 * and "Externally Entered" are filed as encounters too. An open period says nothing about the status.
 */
export const encounter: TypeMapping = {
  type: 'Encounter',
  elements: {
    reason: 'reasonCode',
    incomingReferral: 'basedOn',
    diagnosis: renamed('diagnosis', { role: 'use' }),
  },
  finish: (draft) => {
    if (draft['class'] === undefined) add(draft, 'class', ABSENT);
  },
};
