import { objects, text } from '../../src/fhir/index.ts';
import { wordsOf } from './concepts.ts';
import { add, type Draft, type Move, type TypeMapping } from './move.ts';
import { rowOf } from './objects.ts';
import { requester } from './shared.ts';

const STATUS: Readonly<Record<string, string>> = { suspended: 'on-hold', cancelled: 'revoked' };
const status: Move = (value, draft) => add(draft, 'status', rowOf(STATUS, value) ?? value);

/** The letter's words have no element in R4; a note is what a reader looks at. */
const description: Move = (value, draft) => {
  const words = text(value);
  if (words === undefined) add(draft, 'description', value);
  else add(draft, 'note', [{ text: words }]);
};

/** GP systems code what is asked for as the reason: its words name the request, the code stays a reason. */
const nameRequest = (draft: Draft): void => {
  if (draft['code'] !== undefined) return;
  const words = objects(draft['reasonCode'])
    .map(wordsOf)
    .find((it) => it !== undefined);
  if (words !== undefined) draft['code'] = { text: words };
};

export const referralRequest: TypeMapping = {
  type: 'ServiceRequest',
  elements: {
    status,
    context: 'encounter',
    requester,
    description,
    groupIdentifier: 'requisition',
    type: 'category',
    serviceRequested: 'code',
    specialty: 'performerType',
    recipient: 'performer',
  },
  finish: nameRequest,
};

/** A diary entry is a recall: a plan, and never a procedure that was done. */
export const procedureRequest: TypeMapping = {
  type: 'ServiceRequest',
  elements: { status, context: 'encounter', requester },
};
