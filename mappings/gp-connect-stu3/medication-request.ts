import { isObject, type Json, ourExtension, text, ukCoreExtension } from '../../src/fhir/index.ts';
import { codings, COURSE_OF_THERAPY } from './codes.ts';
import { leftOver, partsOf, valueOf } from './extensions.ts';
import { add, addExtension, type ExtensionMove, renamed, type TypeMapping } from './move.ts';
import { rowOf } from './objects.ts';
import { ABSENT } from './references.ts';
import { dosages, requester } from './shared.ts';

/** Acute, repeat and repeat dispensing have R4 codes; the source's own coding and word stay beside them. */
const prescriptionType: ExtensionMove = (extension, draft) => {
  const concept = valueOf(extension);
  if (!isObject(concept)) return [extension];
  const own = codings(concept);
  const courses = own.flatMap((it) => rowOf(COURSE_OF_THERAPY, it['code']) ?? []);
  const words = text(concept['text']) ?? own.map((it) => text(it['display'])).find((it) => it !== undefined);
  add(draft, 'courseOfTherapyType', {
    ...concept,
    coding: [...courses, ...own],
    ...(words !== undefined && { text: words }),
  });
  return [];
};

const statusReason: ExtensionMove = (extension, draft) => {
  const [reason] = partsOf(extension, 'statusReason');
  const [changed] = partsOf(extension, 'statusChangeDate');
  add(draft, 'statusReason', valueOf(reason));
  if (changed) addExtension(draft, { ...changed, url: ourExtension('status-change-date') });
  return leftOver(
    extension,
    [reason, changed].filter((it) => it !== undefined),
  );
};

/** UK Core counts what was issued; how many repeats are allowed has an element in R4. */
const repeatInformation: ExtensionMove = (extension, draft) => {
  const [allowed] = partsOf(extension, 'numberOfRepeatPrescriptionsAllowed');
  if (allowed) allowRepeats(draft, valueOf(allowed));
  return leftOver(extension, allowed ? [allowed] : []).map((it) => ({
    ...it,
    url: ukCoreExtension('MedicationRepeatInformation'),
    extension: (it['extension'] as readonly Json[]).map((part) =>
      part['url'] === 'numberOfRepeatPrescriptionsIssued'
        ? { url: 'numberOfPrescriptionsIssued', valueUnsignedInt: valueOf(part) }
        : part,
    ),
  }));
};

const allowRepeats = (draft: Record<string, unknown>, allowed: unknown): void => {
  const request = { ...(isObject(draft['dispenseRequest']) ? draft['dispenseRequest'] : {}) };
  if (request['numberOfRepeatsAllowed'] !== allowed) add(request, 'numberOfRepeatsAllowed', allowed);
  draft['dispenseRequest'] = request;
};

export const medicationRequest: TypeMapping = {
  type: 'MedicationRequest',
  elements: {
    context: 'encounter',
    requester,
    dosageInstruction: dosages('dosageInstruction'),
    substitution: renamed('substitution', { allowed: 'allowedBoolean' }),
  },
  extensions: {
    PrescriptionType: prescriptionType,
    MedicationStatusReason: statusReason,
    MedicationRepeatInformation: repeatInformation,
  },
  // UK Core requires it and GP Connect has no such element: no finding about a record.
  finish: (draft) => {
    draft['substitution'] ??= { _allowedBoolean: ABSENT };
  },
};
