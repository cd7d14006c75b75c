import { contentId, type Json, SYSTEM } from '../../src/fhir/index.ts';
import { REGISTERS } from './codes.ts';
import { one, plain } from './concepts.ts';
import { type Desk, idPart } from './desk.ts';
import { identifier } from './entry.ts';
import type { Reader } from './reader.ts';
import type { Provider, Site, Staff, Team } from './types.ts';

/**
 * Staff, teams and sites stand inside the records that name them. Each becomes a resource whose id and content depend on
 * nothing but what stands there, so that the same person met twice is one resource.
 */

/** A reference to a member of staff: in the role and team that the source names, where it names any. */
export const staffReference = <K extends string>(
  record: Reader<{ readonly [key in K]?: Staff }>,
  key: K,
  desk: Desk,
): Json | undefined => {
  const staff: Reader<Staff> | undefined = record.object(key, AS_STAFF);
  return staff && addStaff(staff, desk);
};

/** How a member of staff is read: the same wherever they are met, and by name where there is no more. */
export const AS_STAFF = { path: 'staff', word: 'name' } as const;

/** Adds a member of staff that was read {@link AS_STAFF}. @returns a reference. */
export const addStaff = (staff: Reader<Staff>, desk: Desk): Json => {
  const id = staff.text('staffId');
  const name = staff.text('name');
  const role = staff.text('role');
  const organization = teamReference(staff, desk);
  const key = id === undefined ? contentId(JSON.stringify(staff.given)) : idPart(id);
  const practitioner = { reference: `Practitioner/staff-${key}`, display: name };
  desk.addShared(`staff-${key}`, {
    resourceType: 'Practitioner',
    identifier: [identifier('staff', id), registration(staff)],
    name: one(plain(name)),
    ...staff.rest(),
  });
  if (role === undefined && !organization) return practitioner;

  const roleId = `role-${contentId(JSON.stringify([key, organization?.['reference'], role]))}`;
  desk.addShared(roleId, {
    resourceType: 'PractitionerRole',
    practitioner,
    organization,
    code: one(plain(role)),
  });
  return { reference: `PractitionerRole/${roleId}`, display: name };
};

const registration = (staff: Reader<Staff>): Json | undefined => {
  const value = staff.text('registrationNumber');
  if (value === undefined) return undefined;
  const body = staff.text('registrationBody');
  const system = body !== undefined && Object.hasOwn(REGISTERS, body) ? REGISTERS[body] : undefined;
  return { ...(system === undefined ? { type: plain(body) } : { system }), value };
};

/** A reference to a team, which belongs to a provider. */
export const teamReference = (record: Reader<{ readonly team?: Team }>, desk: Desk): Json | undefined => {
  const team = record.object('team', { path: 'team', word: 'name' });
  if (!team) return undefined;
  const id = team.text('teamId');
  const name = team.text('name');
  const localId = `team-${id === undefined ? contentId(JSON.stringify(team.given)) : idPart(id)}`;
  desk.addShared(localId, {
    resourceType: 'Organization',
    identifier: one(identifier('team', id)),
    name,
    type: one(plain(team.text('service'))),
    telecom: one(phone(team.text('phone'))),
    partOf: providerReference(team, desk),
    ...team.rest(),
  });
  return { reference: `Organization/${localId}`, display: name };
};

const providerReference = (team: Reader<{ readonly provider?: Provider }>, desk: Desk): Json | undefined => {
  const provider = team.object('provider', { path: 'provider', word: 'name' });
  if (!provider) return undefined;
  const ods = provider.text('odsCode');
  const name = provider.text('name');
  const localId = `provider-${ods === undefined ? contentId(JSON.stringify(provider.given)) : idPart(ods)}`;
  desk.addShared(localId, {
    resourceType: 'Organization',
    identifier: one(ods === undefined ? undefined : { system: SYSTEM.odsOrganisation, value: ods }),
    name,
    ...provider.rest(),
  });
  return { reference: `Organization/${localId}`, display: name };
};

/** A reference to a place of care. */
export const siteReference = (record: Reader<{ readonly site?: Site }>, desk: Desk): Json | undefined => {
  const site = record.object('site', { path: 'site', word: 'name' });
  if (!site) return undefined;
  const id = site.text('siteId');
  const name = site.text('name');
  const ods = site.text('odsCode');
  const localId = `site-${id === undefined ? contentId(JSON.stringify(site.given)) : idPart(id)}`;
  desk.addShared(localId, {
    resourceType: 'Location',
    identifier: [identifier('site', id), ods === undefined ? undefined : { system: SYSTEM.odsSite, value: ods }],
    name,
    type: one(plain(site.text('siteType'))),
    telecom: one(phone(site.text('phone'))),
    address: address(site),
    ...site.rest(),
  });
  return { reference: `Location/${localId}`, display: name };
};

export const phone = (value: string | undefined, use?: 'home' | 'mobile'): Json | undefined =>
  value === undefined ? undefined : { system: 'phone', value, ...(use && { use }) };

export const address = (
  place: Reader<{ readonly addressLines?: readonly string[]; readonly postcode?: string }>,
): Json | undefined => {
  const line = place.texts('addressLines');
  const postalCode = place.text('postcode');
  return line.length === 0 && postalCode === undefined ? undefined : { line, postalCode };
};
