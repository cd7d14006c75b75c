import { type Json, ourExtension, SYSTEM, ukCoreExtension } from '../../src/fhir/index.ts';
import { R4_EXTENSION, REQUEST_PRIORITY, REQUEST_STATUS } from './codes.ts';
import { concept, one, plain } from './concepts.ts';
import type { Desk } from './desk.ts';
import { encounterOf, notes, readEntry } from './entry.ts';
import { staffReference, teamReference } from './people.ts';
import type { Reader } from './reader.ts';
import type { Referral, Referrer } from './types.ts';

/** A referral into a service to a ServiceRequest: an order by its nature, since someone asked for care to be given. */
export const mapReferral = (referral: Reader<Referral>, desk: Desk): void => {
  const { patient, ...entry } = readEntry(referral, 'referrals', desk);
  const staff = staffReference(referral, 'referredByStaff', desk);
  const referrer = referral.object('referredBy');
  desk.add(desk.localId, {
    resourceType: 'ServiceRequest',
    ...entry,
    contained: one(referrer && outsider(referrer)),
    extension: extensions(referral, desk),
    ...desk.codeOrUnknown('ServiceRequest.status', referral.text('status'), REQUEST_STATUS),
    intent: 'order',
    ...desk.code('ServiceRequest.priority', referral.text('priority'), REQUEST_PRIORITY),
    code: concept(referral, 'service', 'service'),
    subject: patient,
    encounter: encounterOf(referral, desk),
    ...desk.when('ServiceRequest.authoredOn', referral.text('referralDate')),
    requester: [referrer && { reference: `#${OUTSIDER}`, display: referrer.text('name') }, staff],
    performer: one(teamReference(referral, desk)),
    reasonCode: one(concept(referral, 'reason', 'referral-reason')),
    note: notes(referral),
    ...referral.rest(),
  });
};

const OUTSIDER = 'referrer';

/** A referrer from outside has no identity of its own in this source: only what the referral says of them. */
const outsider = (referrer: Reader<Referrer>): Json => {
  const value = referrer.text('odsCode');
  const organisation = referrer.text('organisationName');
  return {
    resourceType: 'PractitionerRole',
    id: OUTSIDER,
    practitioner: { display: referrer.text('name') },
    organization: {
      ...(value !== undefined && { identifier: { system: SYSTEM.odsOrganisation, value } }),
      display: organisation,
    },
    code: one(plain(referrer.text('role'))),
    ...referrer.rest(),
  };
};

const extensions = (referral: Reader<Referral>, { when }: Desk): readonly Json[] => {
  const source = concept(referral, 'source', 'referral-source');
  const reason = concept(referral, 'statusReason', 'referral-status-reason');
  const changed = when('ServiceRequest.extension.valueDateTime', referral.text('statusDate'));
  return [
    ...(source ? [{ url: ukCoreExtension('SourceOfServiceRequest'), valueCodeableConcept: source }] : []),
    ...(reason ? [{ url: R4_EXTENSION.statusReason, valueCodeableConcept: reason }] : []),
    ...(Object.keys(changed).length > 0 ? [{ url: ourExtension('status-change-date'), ...changed }] : []),
  ];
};
