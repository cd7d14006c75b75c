import type { Actor } from '../../src/adapter/index.ts';
import { BASE, SYSTEM } from '../../src/fhir/index.ts';

/** What a token is made for. */
export interface Audit {
  readonly actor: Actor;
  /** The provider's FHIR base. */
  readonly audience: string;
  readonly scope: 'patient/*.read' | 'organization/*.read';
  /** Epoch milliseconds. */
  readonly now: number;
}

const LIFETIME_SECONDS = 300;

/**
 * The unsigned JWT in which GP Connect is told who asks and why. It is provenance for the provider's audit and proves
 * nothing, so it is made fresh for each call.
 * @see https://developer.nhs.uk/apis/gpconnect/integration_cross_organisation_audit_and_provenance.html
 */
export const auditJwt = ({ actor, audience, scope, now }: Audit): string => {
  const iat = Math.floor(now / 1000);
  const { practitioner, organisation, device } = actor;
  const claims = {
    iss: BASE,
    // Without a user there is nobody to name; the provider decides whether that will do.
    sub: practitioner?.id ?? device.id,
    aud: audience,
    exp: iat + LIFETIME_SECONDS,
    iat,
    reason_for_request: 'directcare',
    requested_scope: scope,
    requesting_device: {
      resourceType: 'Device',
      identifier: [{ system: `${BASE}/Id/device`, value: device.id }],
      model: device.model,
      version: device.version,
    },
    requesting_organization: {
      resourceType: 'Organization',
      identifier: [{ system: SYSTEM.odsOrganisation, value: organisation.ods }],
      name: organisation.name,
    },
    ...(practitioner && { requesting_practitioner: practitionerOf(practitioner) }),
  };
  return `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.`;
};

const practitionerOf = ({
  id,
  family,
  given,
  sdsUserId,
  sdsRoleProfileId,
}: NonNullable<Actor['practitioner']>): object => ({
  resourceType: 'Practitioner',
  id,
  identifier: [
    { system: SYSTEM.sdsUser, value: sdsUserId },
    { system: SYSTEM.sdsRole, value: sdsRoleProfileId },
    { system: `${BASE}/Id/practitioner`, value: id },
  ],
  name: [{ family, given: [given] }],
});

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
