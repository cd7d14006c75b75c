import { DATA_ABSENT_REASON, type Json, ukCoreExtension } from '../../src/fhir/index.ts';
import { codeOf, IMMUNIZATION_STATUS } from './codes.ts';
import { concept, one, productConcept } from './concepts.ts';
import type { Desk } from './desk.ts';
import { encounterOf, notes, readEntry } from './entry.ts';
import { siteReference, staffReference } from './people.ts';
import type { Reader } from './reader.ts';
import type { Medicine } from './types.ts';

/** A vaccine given, or not, to an Immunization. */
export const mapVaccine = (vaccine: Reader<Medicine>, desk: Desk): void => {
  const { patient, ...entry } = readEntry(vaccine, 'medicinesAdministered', desk);
  const performer = staffReference(vaccine, 'givenBy', desk);
  const procedure = concept(vaccine, 'vaccination', 'vaccination');
  const maker = vaccine.text('manufacturer');
  desk.add(desk.localId, {
    resourceType: 'Immunization',
    ...entry,
    extension: procedure && [{ url: ukCoreExtension('VaccinationProcedure'), valueCodeableConcept: procedure }],
    ...desk.code('Immunization.status', vaccine.text('status'), IMMUNIZATION_STATUS),
    statusReason: statusReason(vaccine, desk),
    vaccineCode: productConcept(vaccine),
    patient,
    encounter: encounterOf(vaccine, desk),
    ...desk.when('Immunization.occurrenceDateTime', vaccine.text('givenDateTime')),
    location: siteReference(vaccine, desk),
    manufacturer: maker === undefined ? undefined : { display: maker },
    lotNumber: vaccine.text('batchNumber'),
    ...desk.when('Immunization.expirationDate', vaccine.text('expiryDate')),
    site: concept(vaccine, 'bodySite', 'body-site'),
    route: concept(vaccine, 'route', 'route'),
    doseQuantity: dose(vaccine),
    performer: performer && [{ actor: performer }],
    note: notes(vaccine),
    reasonCode: one(concept(vaccine, 'indication', 'indication')),
    protocolApplied: protocol(vaccine.number('doseNumber')),
    ...vaccine.rest(),
  });
};

/** UK Core wants a reason wherever a vaccine was not given. */
const statusReason = (vaccine: Reader<Medicine>, { report }: Desk): Json | undefined => {
  const reason = concept(vaccine, 'reasonNotGiven', 'reason-not-given');
  if (reason || codeOf(vaccine.text('status') ?? '', IMMUNIZATION_STATUS) !== 'not-done') return reason;
  report({ code: 'missing-required', path: 'Immunization.statusReason' });
  return { extension: [{ url: DATA_ABSENT_REASON, valueCode: 'unknown' }] };
};

const dose = (vaccine: Reader<Medicine>): Json | undefined => {
  const given = vaccine.object('dose');
  return given && { value: given.number('value'), unit: given.text('unit'), ...given.rest() };
};

const protocol = (doseNumber: number | object | undefined): readonly Json[] | undefined =>
  doseNumber === undefined ? undefined : [{ doseNumberPositiveInt: doseNumber }];
