import type { Relation, Tier } from './record.ts';
import type { PartName } from './key-parts.ts';
import type { TestName } from './tests.ts';

interface Ground {
  /** Named in every link that rests on it; a change of meaning is a new number. */
  readonly id: string;
  readonly types: readonly string[];
  readonly tier: Tier;
  readonly relation: Relation;
  /** For people. */
  readonly text: string;
}

/** Records with an equal key are one group. All parts must be told, unless the part says otherwise. */
export interface KeyRule extends Ground {
  readonly key: readonly PartName[];
}

/** Two records that pass every test are a pair. Pairs are never joined into groups. */
export interface PairRule extends Ground {
  readonly tests: readonly TestName[];
}

const MEDICINES = ['MedicationRequest', 'MedicationStatement'] as const;

/** Every type whose records may share a persistent identifier. */
export const IDENTIFIER_RULE = {
  id: 'identifier/1',
  types: ['*'],
  tier: 'T0',
  relation: 'same-record',
  text: 'A shared persistent business identifier. Observations must name the same analyte and medicines the same ingredient as well: report and prescription numbers are on several of them.',
} as const satisfies Ground;

/** The one T1 key of a record, by its type. */
export const KEY_RULES = [
  {
    id: 'allergy.agent/1',
    types: ['AllergyIntolerance'],
    tier: 'T1',
    relation: 'same-fact',
    key: ['concept', 'positive', 'stance'],
    text: 'The same causative agent by code, both asserted or both refuted. Dates do not matter.',
  },
  {
    id: 'condition.onset-day/1',
    types: ['Condition'],
    tier: 'T1',
    relation: 'same-fact',
    key: ['concept', 'site', 'day', 'stance'],
    text: 'The same concept by code, the same side and site, the same day of onset.',
  },
  {
    id: 'medicine.copy/1',
    types: MEDICINES,
    tier: 'T1',
    relation: 'same-fact',
    key: ['product', 'day', 'organisation', 'dosage', 'stance'],
    text: 'The same product, day, prescribing organisation and words of the dose, where one side is marked as prescribed elsewhere.',
  },
  {
    id: 'immunization.day/1',
    types: ['Immunization'],
    tier: 'T1',
    relation: 'same-fact',
    key: ['concept', 'day', 'stance'],
    text: 'Given on the same day, the same procedure by code; the product where no procedure is coded.',
  },
  {
    id: 'observation.value/1',
    types: ['Observation'],
    tier: 'T1',
    relation: 'same-fact',
    key: ['concept', 'values', 'specimen', 'stance'],
    text: 'The same code, the same value in base units, and the same specimen of the same laboratory; without a specimen the same minute.',
  },
  {
    id: 'report.specimen/1',
    types: ['DiagnosticReport'],
    tier: 'T1',
    relation: 'same-fact',
    key: ['accession', 'issued-minute', 'organisation', 'stance'],
    text: 'The same specimen and laboratory, issued in the same minute.',
  },
  {
    id: 'procedure.day/1',
    types: ['Procedure'],
    tier: 'T1',
    relation: 'same-fact',
    key: ['concept', 'site', 'day', 'stance'],
    text: 'The same procedure by code, on the same day, at the same side and site.',
  },
  {
    id: 'document.content/2',
    types: ['DocumentReference'],
    tier: 'T1',
    relation: 'same-fact',
    key: ['content', 'stance'],
    text: 'Attachments with the same hash and size, of documents that are not withdrawn.',
  },
] as const satisfies readonly KeyRule[];

/** Medicines of one ingredient are one therapy by an exact key, and never duplicates of each other. */
export const THERAPY_RULE = {
  id: 'medicine.therapy/1',
  types: MEDICINES,
  tier: 'T3',
  relation: 'same-therapy',
  key: ['ingredient', 'taken'],
  text: 'The same ingredient: one therapy, not one prescription. Strength, form, dose and status are compared, and shown where they differ.',
} as const satisfies KeyRule;

/** Pairs, the surest first: the first rule that holds names the pair. */
export const PAIR_RULES = [
  {
    id: 'identifier.dissolved/1',
    types: ['*'],
    tier: 'T2',
    relation: 'same-fact',
    tests: ['identifier-shared', 'stance-same', 'sites-agree'],
    text: 'A shared identifier among records that hold two values of one identifier system: no group is made of them.',
  },
  {
    id: 'allergy.words/1',
    types: ['AllergyIntolerance'],
    tier: 'T2',
    relation: 'same-fact',
    tests: ['positive', 'stance-same', 'concept-same'],
    text: 'The same agent by a shared code, or by its name where one side is not coded.',
  },
  {
    id: 'condition.onset-near/1',
    types: ['Condition'],
    tier: 'T2',
    relation: 'same-fact',
    tests: ['stance-same', 'concept-same', 'sites-agree', 'onset-near'],
    text: 'The same concept by code or name, onset within 14 days or equal where one date is coarser than a day. Further apart, or on two days in one source, are separate episodes.',
  },
  {
    id: 'condition.map-day/1',
    types: ['Condition'],
    tier: 'T2',
    relation: 'same-fact',
    tests: ['stance-same', 'concept-mapped', 'sites-agree', 'onset-near'],
    text: 'Codes that a map joins (ICD-10 and SNOMED CT), onset within 14 days or equal where one date is coarser.',
  },
  {
    id: 'condition.recorded-near/1',
    types: ['Condition'],
    tier: 'T2',
    relation: 'same-fact',
    tests: ['stance-same', 'concept-same-or-mapped', 'sites-agree', 'recorded-near'],
    text: 'The same concept by code, map or name, where an onset is not told: recorded within 30 days of the other onset or recording.',
  },
  {
    id: 'immunization.near/1',
    types: ['Immunization'],
    tier: 'T2',
    relation: 'same-fact',
    tests: ['stance-same', 'doses-agree', 'given-about', 'vaccine-same'],
    text: 'The same vaccine by code, name or antigens, given within three days (for rabies one), or in the same month where one date is coarser; where a date is not told, recorded within 14 days.',
  },
  {
    id: 'immunization.lot/1',
    types: ['Immunization'],
    tier: 'T2',
    relation: 'same-fact',
    tests: ['stance-same', 'doses-agree', 'given-near', 'lot-same', 'antigens-agree'],
    text: 'The same lot, given within a day, antigens not contradicting each other.',
  },
  {
    id: 'observation.day/1',
    types: ['Observation'],
    tier: 'T2',
    relation: 'same-fact',
    tests: ['stance-same', 'analyte-same', 'values-agree', 'taking-agrees'],
    text: 'The same analyte by code, map or name and the same value, where time and specimen agree and one side may lack either.',
  },
  {
    id: 'observation.specimen/1',
    types: ['Observation'],
    tier: 'T2',
    relation: 'same-fact',
    tests: ['stance-same', 'analyte-near', 'specimen-same', 'values-agree'],
    text: 'The same specimen and value, and names of which one holds all words of the other.',
  },
  {
    id: 'observation.amended/1',
    types: ['Observation'],
    tier: 'T2',
    relation: 'same-fact',
    tests: ['stance-same', 'analyte-same', 'taken-exactly', 'value-amended'],
    text: 'The same analyte of the same specimen or minute with another value, where one side is preliminary, amended or corrected: both are shown.',
  },
  {
    id: 'report.results/1',
    types: ['DiagnosticReport'],
    tier: 'T2',
    relation: 'same-fact',
    tests: ['stance-same', 'issued-agrees', 'results-same', 'accessions-agree'],
    text: 'Issued on the same day (in the same minute where both tell it) with the same results.',
  },
  {
    id: 'procedure.near/1',
    types: ['Procedure'],
    tier: 'T2',
    relation: 'same-fact',
    tests: ['stance-same', 'concept-same', 'sites-agree', 'performed-near'],
    text: 'The same procedure by code or name within a day, or equal where one date is coarser than a day.',
  },
  {
    id: 'encounter.start/1',
    types: ['Encounter'],
    tier: 'T2',
    relation: 'same-fact',
    tests: ['stance-same', 'organisation-same', 'minute-same', 'class-same'],
    text: 'The same organisation, minute of start and class.',
  },
  {
    id: 'document.origin/2',
    types: ['DocumentReference'],
    tier: 'T2',
    relation: 'same-fact',
    tests: ['stance-same', 'concept-same', 'organisation-same', 'day-same', 'content-agrees'],
    text: 'The same type, author organisation and day, where content and master identifier do not tell them apart.',
  },
  {
    id: 'request.day/1',
    types: ['ServiceRequest'],
    tier: 'T2',
    relation: 'same-fact',
    tests: ['stance-same', 'concept-same', 'day-same', 'identifiers-agree'],
    text: 'The same specialty or service asked for on the same day.',
  },
  {
    id: 'identifier.stance/1',
    types: ['*'],
    tier: 'T3',
    relation: 'related',
    tests: ['identifier-shared'],
    text: 'A shared identifier, while one side withdraws, refutes or denies what the other states, or names another side of the body.',
  },
  {
    id: 'allergy.nil-known/1',
    types: ['AllergyIntolerance'],
    tier: 'T3',
    relation: 'related',
    tests: ['nil-against-positive'],
    text: 'Nothing known on one side, an allergy within that scope on the other.',
  },
  {
    id: 'allergy.nil-both/1',
    types: ['AllergyIntolerance'],
    tier: 'T3',
    relation: 'related',
    tests: ['nil-both'],
    text: 'Both state that nothing is known.',
  },
  {
    id: 'allergy.stance/1',
    types: ['AllergyIntolerance'],
    tier: 'T3',
    relation: 'related',
    tests: ['positive', 'stance-opposed', 'concept-any'],
    text: 'The same agent, refuted or entered in error on one side.',
  },
  {
    id: 'allergy.agent-near/1',
    types: ['AllergyIntolerance'],
    tier: 'T3',
    relation: 'related',
    tests: ['positive', 'stance-same', 'concept-near'],
    text: 'One agent is a kind of the other, or both have one name and different codes.',
  },
  {
    id: 'allergy.wording/1',
    types: ['AllergyIntolerance'],
    tier: 'T3',
    relation: 'related',
    tests: ['positive', 'stance-same', 'wording'],
    text: 'All words of one name are in the other.',
  },
  {
    id: 'condition.stance/1',
    types: ['Condition'],
    tier: 'T3',
    relation: 'related',
    tests: ['stance-opposed', 'concept-any', 'sites-agree', 'onset-about-or-unknown'],
    text: 'The same concept, refuted, suspected or entered in error on one side.',
  },
  {
    id: 'condition.undated/1',
    types: ['Condition'],
    tier: 'T3',
    relation: 'related',
    tests: ['stance-same', 'concept-alike', 'sites-agree', 'onset-unknown'],
    text: 'The same concept, of which one side does not tell the onset: it may be any of several episodes.',
  },
  {
    id: 'condition.onset-about/1',
    types: ['Condition'],
    tier: 'T3',
    relation: 'related',
    tests: ['stance-same', 'concept-alike', 'sites-agree', 'onset-about-apart'],
    text: 'The same concept in two sources, onset 15 to 30 days apart: one episode or two.',
  },
  {
    id: 'condition.wording/1',
    types: ['Condition'],
    tier: 'T3',
    relation: 'related',
    tests: ['stance-same', 'wording', 'sites-agree', 'dated-near'],
    text: 'All words of one name are in the other, at about the same time.',
  },
  {
    id: 'condition.near/1',
    types: ['Condition'],
    tier: 'T3',
    relation: 'related',
    tests: ['stance-same', 'concept-near', 'sites-agree', 'onset-near-or-unknown'],
    text: 'One concept is wider than the other, or a map joins them, at about the same time.',
  },
  {
    id: 'immunization.stance/1',
    types: ['Immunization'],
    tier: 'T3',
    relation: 'related',
    tests: ['stance-opposed', 'given-or-missed', 'vaccine-alike'],
    text: 'The same vaccine, not given or entered in error on one side.',
  },
  {
    id: 'immunization.component/1',
    types: ['Immunization'],
    tier: 'T3',
    relation: 'related',
    tests: ['stance-same', 'given-near', 'antigens-within'],
    text: 'A component of a combined vaccine given on the same day.',
  },
  {
    id: 'observation.value-differs/1',
    types: ['Observation'],
    tier: 'T3',
    relation: 'related',
    tests: ['stance-same', 'analyte-same', 'taken-exactly', 'values-differ'],
    text: 'The same analyte of the same specimen or minute, with another value.',
  },
  {
    id: 'observation.amended-day/1',
    types: ['Observation'],
    tier: 'T3',
    relation: 'related',
    tests: ['stance-same', 'analyte-same', 'taking-agrees', 'value-amended'],
    text: 'The same analyte of the same day with another value, where one side is preliminary, amended or corrected.',
  },
  {
    id: 'observation.stance/1',
    types: ['Observation'],
    tier: 'T3',
    relation: 'related',
    tests: ['stance-opposed', 'analyte-same', 'taking-agrees', 'result-same'],
    text: 'The same result, entered in error or cancelled on one side.',
  },
  {
    id: 'observation.near/1',
    types: ['Observation'],
    tier: 'T3',
    relation: 'related',
    tests: ['stance-same', 'analyte-near', 'taking-agrees', 'values-agree'],
    text: 'Analytes that share telling words, with the same value at the same time.',
  },
  {
    id: 'procedure.map/1',
    types: ['Procedure'],
    tier: 'T3',
    relation: 'related',
    tests: ['stance-same', 'concept-near', 'sites-agree', 'performed-near'],
    text: 'Codes that a map joins (OPCS-4 and SNOMED CT), or of which one is wider, at about the same time.',
  },
  {
    id: 'procedure.stance/1',
    types: ['Procedure'],
    tier: 'T3',
    relation: 'related',
    tests: ['stance-opposed', 'concept-any', 'sites-agree', 'performed-about'],
    text: 'The same procedure, planned, not done or entered in error on one side.',
  },
  {
    id: 'medicine.stance/1',
    types: MEDICINES,
    tier: 'T3',
    relation: 'related',
    tests: ['stance-opposed', 'ingredient-same'],
    text: 'The same ingredient, entered in error or not taken on one side.',
  },
  {
    id: 'document.replaces/1',
    types: ['DocumentReference'],
    tier: 'T3',
    relation: 'related',
    tests: ['document-replaces'],
    text: 'One document names the other as its predecessor, in the same source.',
  },
] as const satisfies readonly PairRule[];

/** Every rule, the surest first: what the code links by, what the pages tell and the definitions publish. */
export const LINK_RULES: readonly (KeyRule | PairRule | typeof IDENTIFIER_RULE)[] = [
  IDENTIFIER_RULE,
  ...KEY_RULES,
  ...PAIR_RULES,
  THERAPY_RULE,
];
