import { isObject, type Json, objects, text, ukCoreExtension } from '../../src/fhir/index.ts';
import { codings } from './codes.ts';
import { wordsOf } from './concepts.ts';
import { valueOf } from './extensions.ts';
import { add, type Draft, keepAside, type Move, renamed, type TypeMapping } from './move.ts';
import { ABSENT } from './references.ts';

const explanation: Move = (value, draft) => {
  if (!isObject(value)) {
    add(draft, 'explanation', value);
    return;
  }
  const { reason, reasonNotGiven, ...rest } = value;
  add(draft, 'reasonCode', reason);
  add(draft, 'statusReason', reasonNotGiven);
  keepAside(draft, 'explanation', rest);
};

/** "Not given" outweighs the status beside it, unless the whole record is an error: R4 cannot say both. */
const settleStatus = (draft: Draft, body: Json): void => {
  const { notGiven, status } = body;
  if (notGiven === undefined || notGiven === false || notGiven === 'false') return;
  if ((notGiven !== true && notGiven !== 'true') || status === 'entered-in-error') {
    add(draft, 'notGiven', notGiven);
    return;
  }
  draft['status'] = 'not-done';
  // UK Core wants a reason wherever a vaccine was not given.
  draft['statusReason'] ??= ABSENT;
};

/** GP systems code the procedure and send the vaccine as unknown: what the procedure is called tells the reader which. */
const nameVaccine = (draft: Draft): void => {
  const vaccine = draft['vaccineCode'];
  if (!isObject(vaccine) || text(vaccine['text']) !== undefined || !codings(vaccine).every(isNull)) return;
  const url = ukCoreExtension('VaccinationProcedure');
  const procedure = valueOf(objects(draft['extension']).find((it) => it['url'] === url));
  const words = isObject(procedure) ? wordsOf(procedure) : undefined;
  if (words !== undefined) draft['vaccineCode'] = { ...vaccine, text: words };
};

const isNull = ({ system }: Json): boolean => typeof system === 'string' && system.endsWith('NullFlavor');

export const immunization: TypeMapping = {
  type: 'Immunization',
  elements: {
    notGiven: () => undefined,
    date: 'occurrenceDateTime',
    practitioner: renamed('performer', { role: 'function' }),
    explanation,
    vaccinationProtocol: renamed('protocolApplied', {
      doseSequence: 'doseNumberPositiveInt',
      seriesDoses: 'seriesDosesPositiveInt',
    }),
  },
  extensions: {
    DateRecorded: (extension, draft) => {
      add(draft, 'recorded', valueOf(extension));
      return [];
    },
    VaccinationProcedure: ukCoreExtension('VaccinationProcedure'),
    ParentPresent: ukCoreExtension('ParentPresent'),
  },
  finish: (draft, { body }) => {
    settleStatus(draft, body);
    nameVaccine(draft);
  },
};
