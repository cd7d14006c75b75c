import { type Json, ourExtension } from '../../src/fhir/index.ts';
import { ENTERED_IN_ERROR, HL7, PROBLEM_CERTAINTY, PROBLEM_STATUS, SIGNIFICANCE } from './codes.ts';
import { concept, one, statusConcept } from './concepts.ts';
import type { Desk } from './desk.ts';
import { encounterOf, notes, readEntry } from './entry.ts';
import { staffReference } from './people.ts';
import type { Reader } from './reader.ts';
import type { Problem } from './types.ts';

/** An entry of the problem list to a Condition. */
export const mapProblem = (problem: Reader<Problem>, desk: Desk): void => {
  const { patient, ...entry } = readEntry(problem, 'problems', desk);
  const status = problem.text('status');
  const wrong = status === ENTERED_IN_ERROR;
  desk.add(desk.localId, {
    resourceType: 'Condition',
    ...entry,
    extension: one(significance(problem, desk)),
    clinicalStatus: statusConcept(wrong ? undefined : status, HL7.conditionClinical, PROBLEM_STATUS),
    verificationStatus: statusConcept(
      wrong ? status : problem.text('certainty'),
      HL7.conditionVerification,
      PROBLEM_CERTAINTY,
    ),
    category: [{ coding: [{ system: HL7.conditionCategory, code: 'problem-list-item' }] }],
    severity: concept(problem, 'severity', 'severity'),
    code: concept(problem, 'problem', 'problem'),
    bodySite: one(concept(problem, 'bodySite', 'body-site')),
    subject: patient,
    encounter: encounterOf(problem, desk),
    ...desk.when('Condition.onsetDateTime', problem.text('onsetDate')),
    ...desk.when('Condition.abatementDateTime', problem.text('endedDate')),
    ...desk.when('Condition.recordedDate', problem.text('recordedDate')),
    recorder: staffReference(problem, 'recordedBy', desk),
    note: notes(problem),
    ...problem.rest(),
  });
};

const significance = (problem: Reader<Problem>, { code }: Desk): Json | undefined => {
  const value = code('Condition.extension.valueCode', problem.text('significance'), SIGNIFICANCE);
  return Object.keys(value).length > 0 ? { url: ourExtension('problem-significance'), ...value } : undefined;
};
