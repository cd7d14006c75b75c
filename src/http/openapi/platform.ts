import type { Json } from '../../fhir/index.ts';
import type { Config } from '../../platform/config.ts';
import { ROUTES } from '../routes.ts';

/**
 * The extension by which the NHS England API platform reads how to reach and guard an API. Attributes and identities of the
 * caller are not asked for: the facade does not use them.
 */
export const apiPlatform = (
  { name, targetUrl, security, secret, grants, perMinute, perMinuteAndApp }: Config['apiPlatform'],
  url: string,
): Json => ({
  temporary: false,
  monitoring: true,
  access: grants.map((grant) => ({
    title: TITLE.find(([prefix]) => grant.startsWith(prefix))?.[1],
    grants: { [grant]: scopesOf(grant, name) },
  })),
  target: {
    type: 'external',
    healthcheck: ROUTES.find((it) => it.action === 'status')?.path,
    url: targetUrl ?? url,
    security: { type: security, secret },
  },
  ratelimiting: {
    proxy: { limit: perMinute, timeunit: 'minute' },
    'app-default': { limit: perMinuteAndApp, timeunit: 'minute' },
  },
});

const TITLE = [
  ['app-', 'Application-restricted'],
  ['nhs-cis2-', 'Healthcare worker'],
  ['nhs-login-', 'Patient'],
] as const;

/** The scope that a grant gives: `urn:nhsd:apim:user-nhs-cis2:aal3:<api>`; an API key alone gives none. */
const scopesOf = (grant: string, name: string): readonly string[] => {
  const [, kind = '', level = ''] = /^(app|nhs-cis2|nhs-login)-(.+)$/.exec(grant) ?? [];
  if (kind === 'app') return level === 'level0' ? [] : [`urn:nhsd:apim:app:${level}:${name}`];
  const assurance = kind === 'nhs-login' ? level.toUpperCase() : level;
  return [`urn:nhsd:apim:user-${kind}:${assurance}:${name}`];
};
