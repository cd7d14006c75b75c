import type { Json } from '../../src/fhir/index.ts';
import { HL7, OBSERVATION_STATUS, pickList, R4_EXTENSION } from './codes.ts';
import { concept, one } from './concepts.ts';
import type { Desk } from './desk.ts';
import { encounterOf, notes, readEntry } from './entry.ts';
import { staffReference } from './people.ts';
import type { Reader } from './reader.ts';
import type { Assessment, AssessmentItem } from './types.ts';

/**
 * A completed assessment tool to one Observation: the total score is its value, the band its interpretation, each item a
 * component. The tool's code is the source's: the mapping adds none of its own.
 */
export const mapAssessment = (assessment: Reader<Assessment>, desk: Desk): void => {
  const { patient, ...entry } = readEntry(assessment, 'assessments', desk);
  desk.add(desk.localId, {
    resourceType: 'Observation',
    ...entry,
    ...desk.codeOrUnknown('Observation.status', assessment.text('status'), OBSERVATION_STATUS),
    category: [{ coding: [{ system: HL7.observationCategory, code: 'survey' }] }],
    code: concept(assessment, 'tool', 'assessment-tool'),
    subject: patient,
    encounter: encounterOf(assessment, desk),
    ...desk.when('Observation.effectiveDateTime', assessment.text('assessedDateTime')),
    performer: one(staffReference(assessment, 'assessedBy', desk)),
    ...score(assessment.number('totalScore')),
    interpretation: one(concept(assessment, 'band', 'assessment-band')),
    component: assessment.objects('items').map(component),
    note: notes(assessment),
    ...assessment.rest(),
  });
};

const score = (value: number | object | undefined): Json => {
  if (value === undefined) return {};
  return Number.isInteger(value) ? { valueInteger: value } : { valueQuantity: { value } };
};

const component = (item: Reader<AssessmentItem>): Json => {
  const code = item.text('itemCode');
  const question = item.text('question');
  return {
    code: {
      coding: one(code === undefined ? undefined : { system: pickList('assessment-item'), code, display: question }),
      text: question,
    },
    ...answer(item),
    ...item.rest(),
  };
};

/** An answer that is coded or scored is a coding, its points beside it; one of words alone is a text. */
const answer = (item: Reader<AssessmentItem>): Json => {
  const code = item.text('answerCode');
  const text = item.text('answer');
  const points = item.number('score');
  if (code === undefined && text === undefined) return score(points);
  if (code === undefined && points === undefined) return { valueString: text };
  return {
    valueCodeableConcept: {
      coding: [
        {
          ...(points !== undefined && { extension: [{ url: R4_EXTENSION.ordinalValue, valueDecimal: points }] }),
          ...(code !== undefined && { system: pickList('assessment-answer'), code }),
          display: text,
        },
      ],
      text,
    },
  };
};
