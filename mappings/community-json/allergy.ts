import { DATA_ABSENT_REASON, type Json, ukCoreExtension } from '../../src/fhir/index.ts';
import {
  ALLERGY_CATEGORY,
  ALLERGY_CERTAINTY,
  ALLERGY_KIND,
  ALLERGY_STATUS,
  ENTERED_IN_ERROR,
  HL7,
  REACTION_SEVERITY,
} from './codes.ts';
import { AS_TERM, concept, conceptOf, one, statusConcept } from './concepts.ts';
import type { Desk } from './desk.ts';
import { encounterOf, notes, readEntry } from './entry.ts';
import { staffReference } from './people.ts';
import type { Reader } from './reader.ts';
import type { Allergy } from './types.ts';

/** An allergy, an intolerance or an adverse reaction to an AllergyIntolerance. */
export const mapAllergy = (allergy: Reader<Allergy>, desk: Desk): void => {
  const { patient, ...entry } = readEntry(allergy, 'allergies', desk);
  const status = allergy.text('status');
  const wrong = status === ENTERED_IN_ERROR;
  desk.add(desk.localId, {
    resourceType: 'AllergyIntolerance',
    ...entry,
    clinicalStatus: clinicalStatus(allergy, wrong ? undefined : status, desk),
    verificationStatus: statusConcept(
      wrong ? status : allergy.text('certainty'),
      HL7.allergyVerification,
      ALLERGY_CERTAINTY,
    ),
    ...desk.code('AllergyIntolerance.type', allergy.text('kind'), ALLERGY_KIND),
    ...category(allergy, desk),
    code: concept(allergy, 'allergy', 'allergy'),
    patient,
    encounter: encounterOf(allergy, desk),
    ...desk.when('AllergyIntolerance.onsetDateTime', allergy.text('onsetDate')),
    ...desk.when('AllergyIntolerance.recordedDate', allergy.text('recordedDate')),
    recorder: staffReference(allergy, 'recordedBy', desk),
    note: notes(allergy),
    reaction: one(reaction(allergy, desk)),
    ...allergy.rest(),
  });
};

/** When and why the entry was ended stands on its status, as UK Core has it: on one that is missing, if need be. */
const clinicalStatus = (
  allergy: Reader<Allergy>,
  status: string | undefined,
  { when, report }: Desk,
): Json | undefined => {
  const date = when(`${END}.valueDateTime`, allergy.text('endedDate'));
  const reason = allergy.text('endReason');
  const parts = [
    ...(Object.keys(date).length > 0 ? [{ url: 'endDate', ...date }] : []),
    ...(reason === undefined ? [] : [{ url: 'reasonEnded', valueString: reason }]),
  ];
  const known = statusConcept(status, HL7.allergyClinical, ALLERGY_STATUS);
  if (parts.length === 0) return known;
  const end = { url: ukCoreExtension('AllergyIntoleranceEnd'), extension: parts };
  if (known) return { extension: [end], ...known };
  report({ code: 'missing-required', path: 'AllergyIntolerance.clinicalStatus' });
  return { extension: [{ url: DATA_ABSENT_REASON, valueCode: 'unknown' }, end] };
};

const END = 'AllergyIntolerance.clinicalStatus.extension.extension';

const category = (allergy: Reader<Allergy>, { code }: Desk): Json => {
  const { category: value, _category: beside } = code(
    'AllergyIntolerance.category',
    allergy.text('category'),
    ALLERGY_CATEGORY,
  );
  return { category: one(value), _category: one(beside) };
};

/** Severity is the source's of the allergy and R4's of a reaction: it makes one where the source lists none. */
const reaction = (allergy: Reader<Allergy>, { code }: Desk): Json | undefined => {
  const manifestation = allergy.objects('reactions', AS_TERM).map((it) => conceptOf(it, 'reaction'));
  const severity = code('AllergyIntolerance.reaction.severity', allergy.text('severity'), REACTION_SEVERITY);
  return manifestation.length === 0 && Object.keys(severity).length === 0 ? undefined : { manifestation, ...severity };
};
