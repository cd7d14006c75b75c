import { sourceText } from '../../src/fhir/index.ts';
import { add, type Move, renamed, type TypeMapping } from './move.ts';
import { rowOf } from './objects.ts';

const STATUS: Readonly<Record<string, string>> = { suspended: 'on-hold', aborted: 'stopped' };
/** R4 has one status, and "not done" outweighs the other: that is kept beside it where it says how far things got. */
const status: Move = (value, draft, { body }) => {
  const notDone = body['notDone'] === true && value !== 'entered-in-error';
  draft['status'] = notDone ? 'not-done' : (rowOf(STATUS, value) ?? value);
  if (notDone && value !== 'completed') draft['_status'] = { extension: [sourceText(value)] };
};

export const procedure: TypeMapping = {
  type: 'Procedure',
  elements: {
    status,
    // Read beside the status; false says no more than the status does.
    notDone: (value, draft, { body }) => {
      if (value !== false && (value !== true || body['status'] === 'entered-in-error')) add(draft, 'notDone', value);
    },
    notDoneReason: 'statusReason',
    context: 'encounter',
    performer: renamed('performer', { role: 'function' }),
  },
  finish: (draft, { body }) => {
    if (body['notDone'] === true) draft['status'] ??= 'not-done';
  },
};
