import type { ValueRule } from '../../src/adapter/index.ts';

/** What this mapping adds because R4 asks for it and the source says it by where a value stands, or not at all. */
export const added: readonly ValueRule[] = [
  {
    path: [
      'Encounter.status',
      'ServiceRequest.status',
      'CarePlan.status',
      'CarePlan.activity.detail.status',
      'Observation.status',
      'MedicationAdministration.status',
    ],
    value: /^unknown$/,
    why: 'R4 requires a status and has this code for one that the source did not give.',
  },
  { path: 'ServiceRequest.intent', value: /^order$/, why: 'R4 requires an intent: a referral asks for care.' },
  { path: 'CarePlan.intent', value: /^plan$/, why: 'R4 requires an intent: this is what a care plan is.' },
  {
    path: 'Condition.category.coding.code',
    value: /^problem-list-item$/,
    why: 'Every entry of the collection `problems` stands in the problem list.',
  },
  {
    path: 'Observation.category.coding.code',
    value: /^survey$/,
    why: 'Every entry of the collection `assessments` is a completed questionnaire or scale.',
  },
  {
    path: ['Encounter.participant.type.coding.code', 'Encounter.participant.type.coding.display'],
    value: /^(PPRF|primary performer)$/,
    why: 'The source says by the key `leadStaff` who led a contact.',
  },
  { path: 'Basic.code.text', why: 'The name under which the source holds what this mapping does not know.' },
];
