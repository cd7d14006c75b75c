import { type Json, SYSTEM } from '../../src/fhir/index.ts';
import { codeOf, ENCOUNTER_CLASS, ENCOUNTER_STATUS, HL7, pickList, R4_EXTENSION } from './codes.ts';
import { concept, one, wordConcept } from './concepts.ts';
import type { Desk } from './desk.ts';
import { noteExtensions, readEntry } from './entry.ts';
import { addStaff, AS_STAFF, siteReference, staffReference, teamReference } from './people.ts';
import type { Reader } from './reader.ts';
import type { Contact } from './types.ts';

/** A visit, call or clinic attendance, kept or not, to an Encounter. */
export const mapContact = (contact: Reader<Contact>, desk: Desk): void => {
  const { patient, ...entry } = readEntry(contact, 'contacts', desk);
  const type = contact.text('contactType');
  const outcome = contact.text('outcome');
  desk.add(desk.localId, {
    resourceType: 'Encounter',
    ...entry,
    extension: [cancellation(outcome), ...noteExtensions(contact)],
    ...desk.codeOrUnknown('Encounter.status', outcome, ENCOUNTER_STATUS),
    class: encounterClass(type),
    type: one(wordConcept(type, 'contact-type')),
    subject: patient,
    basedOn: one(desk.link('ServiceRequest', 'referrals', contact.text('relatedReferralId'))),
    participant: participants(contact, desk),
    period: {
      ...desk.when('Encounter.period.start', contact.text('startDateTime')),
      ...desk.when('Encounter.period.end', contact.text('endDateTime')),
    },
    length: minutes(contact.number('durationMinutes')),
    reasonCode: one(concept(contact, 'reason', 'contact-reason')),
    location: locations(contact, desk),
    serviceProvider: teamReference(contact, desk),
    ...contact.rest(),
  });
};

/** How the source says that a contact did not take place: R4 has no status for a patient who did not attend. */
const cancellation = (outcome: string | undefined): Json | undefined =>
  outcome !== undefined && codeOf(outcome, ENCOUNTER_STATUS) === 'cancelled'
    ? { url: R4_EXTENSION.reasonCancelled, valueCodeableConcept: wordConcept(outcome, 'contact-outcome') }
    : undefined;

const encounterClass = (type: string | undefined): Json | undefined => {
  if (type === undefined) return undefined;
  const known = Object.hasOwn(ENCOUNTER_CLASS, type) ? ENCOUNTER_CLASS[type] : undefined;
  return known
    ? { system: SYSTEM.actCode, code: known[0], display: known[1] }
    : { system: pickList('contact-type'), code: type };
};

const participants = (contact: Reader<Contact>, desk: Desk): readonly Json[] => {
  const lead = staffReference(contact, 'leadStaff', desk);
  const others = contact.objects('otherStaff', AS_STAFF).map((it) => ({ individual: addStaff(it, desk) }));
  return lead ? [{ type: [{ coding: [PRIMARY_PERFORMER] }], individual: lead }, ...others] : others;
};

const PRIMARY_PERFORMER = { system: HL7.participation, code: 'PPRF', display: 'primary performer' };

const minutes = (value: number | object | undefined): Json | undefined =>
  value === undefined ? undefined : { value, unit: 'min', system: SYSTEM.ucum, code: 'min' };

/** A site is a Location; another place, such as the patient's home, has only words and a kind. */
const locations = (contact: Reader<Contact>, desk: Desk): readonly Json[] => {
  const site = siteReference(contact, desk);
  const physicalType = concept(contact, 'place', 'place');
  return [
    ...(site ? [{ location: site }] : []),
    ...(physicalType ? [{ location: { display: physicalType['text'] }, physicalType }] : []),
  ];
};
