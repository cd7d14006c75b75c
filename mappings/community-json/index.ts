/** The Fellside Community Record, a proprietary JSON API, to UK Core R4. */
import type { Mapping, SourceRecord } from '../../src/adapter/index.ts';
import type { Json } from '../../src/fhir/index.ts';
import { mapAlert } from './alert.ts';
import { mapAllergy } from './allergy.ts';
import { mapAssessment } from './assessment.ts';
import { mapCarePlan } from './care-plan.ts';
import { mapContact } from './contact.ts';
import { createDesk, type Desk } from './desk.ts';
import { isKind, type Kind, OTHER } from './kinds.ts';
import { mapMedicine } from './medicine.ts';
import { mapOther } from './other.ts';
import { mapPatient } from './patient.ts';
import { mapProblem } from './problem.ts';
import { createReader, type Reader } from './reader.ts';
import { mapReferral } from './referral.ts';

export { COLLECTIONS, type Collection, KINDS } from './kinds.ts';
export { added } from './added.ts';
export { notCarried } from './not-carried.ts';
export { split } from './split.ts';

/** Maps one record of the API: the resource that stands for it, and the staff, teams and sites embedded in it. */
export const map: Mapping<Json> = (record, context) => {
  const { desk, mapped } = createDesk(record, context);
  mapperOf(record)(createReader<never>(record.body, record.kind), desk);
  return mapped();
};

const mapperOf = ({ kind }: SourceRecord<Json>): ((record: Reader<never>, desk: Desk) => void) => {
  if (isKind(kind)) return MAPPERS[kind];
  if (kind === OTHER.kind) return mapOther;
  throw new TypeError('no mapping for this kind of record');
};

const MAPPERS: Readonly<Record<Kind, (record: Reader<never>, desk: Desk) => void>> = {
  patient: mapPatient,
  contacts: mapContact,
  referrals: mapReferral,
  carePlans: mapCarePlan,
  allergies: mapAllergy,
  problems: mapProblem,
  assessments: mapAssessment,
  alerts: mapAlert,
  medicinesAdministered: mapMedicine,
};
