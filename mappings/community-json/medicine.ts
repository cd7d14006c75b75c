import type { Json } from '../../src/fhir/index.ts';
import { ADMINISTRATION_STATUS } from './codes.ts';
import { concept, one, plain, productConcept } from './concepts.ts';
import type { Desk } from './desk.ts';
import { encounterOf, notes, readEntry } from './entry.ts';
import { siteReference, staffReference } from './people.ts';
import type { Reader } from './reader.ts';
import type { Medicine } from './types.ts';
import { mapVaccine } from './vaccine.ts';

/** What was administered, or not, to a MedicationAdministration; a vaccine to an Immunization alone: one fact, one resource. */
export const mapMedicine = (medicine: Reader<Medicine>, desk: Desk): void =>
  medicine.text('kind') === 'Vaccine' ? mapVaccine(medicine, desk) : mapAdministration(medicine, desk);

const mapAdministration = (medicine: Reader<Medicine>, desk: Desk): void => {
  const { patient, ...entry } = readEntry(medicine, 'medicinesAdministered', desk);
  const performer = staffReference(medicine, 'givenBy', desk);
  desk.add(desk.localId, {
    resourceType: 'MedicationAdministration',
    ...entry,
    ...desk.codeOrUnknown('MedicationAdministration.status', medicine.text('status'), ADMINISTRATION_STATUS),
    statusReason: one(concept(medicine, 'reasonNotGiven', 'reason-not-given')),
    category: plain(medicine.text('kind')),
    ...medication(medicine, desk),
    subject: patient,
    context: encounterOf(medicine, desk),
    supportingInformation: one(siteReference(medicine, desk)),
    ...desk.when('MedicationAdministration.effectiveDateTime', medicine.text('givenDateTime')),
    performer: performer && [{ actor: performer }],
    reasonCode: one(concept(medicine, 'indication', 'indication')),
    note: notes(medicine),
    dosage: dosage(medicine),
    ...medicine.rest(),
  });
};

/** R4 has batch and maker on a Medication only: where the source gives any, the product is a contained one. */
const medication = (medicine: Reader<Medicine>, { when }: Desk): Json => {
  const code = productConcept(medicine);
  const lotNumber = medicine.text('batchNumber');
  const expiry = when('MedicationAdministration.contained.batch.expirationDate', medicine.text('expiryDate'));
  const manufacturer = medicine.text('manufacturer');
  if (lotNumber === undefined && manufacturer === undefined && Object.keys(expiry).length === 0) {
    return { medicationCodeableConcept: code };
  }
  return {
    contained: [
      {
        resourceType: 'Medication',
        id: 'product',
        code,
        manufacturer: manufacturer === undefined ? undefined : { display: manufacturer },
        batch: { lotNumber, ...expiry },
      },
    ],
    medicationReference: { reference: '#product', display: code?.['text'] },
  };
};

const dosage = (medicine: Reader<Medicine>): Json | undefined => {
  const dose = medicine.object('dose');
  const site = concept(medicine, 'bodySite', 'body-site');
  const route = concept(medicine, 'route', 'route');
  // R4 wants an amount in every dosage: with nothing to say there is none.
  if (!dose && !site && !route) return undefined;
  return {
    text: dose?.text('text'),
    site,
    route,
    dose: dose && { value: dose.number('value'), unit: dose.text('unit') },
    ...dose?.rest(),
  };
};
