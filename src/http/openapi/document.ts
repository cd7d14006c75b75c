import { createHash } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { FAULT, type Json, SYSTEM } from '../../fhir/index.ts';
import type { Config } from '../../platform/config.ts';
import type { ConfiguredSource } from '../../sources/registry.ts';
import { offerOf } from '../offer.ts';
import { sharedFilters, sharedParameters } from './parameters.ts';
import { pathsOf } from './paths.ts';
import { apiPlatform } from './platform.ts';
import { faultsByStatus, sharedHeaders, sharedResponses, WHEN } from './responses.ts';
import { SCHEMAS } from './schemas.ts';

export interface Documented {
  readonly version: string;
  readonly config: Pick<Config, 'apiPlatform' | 'facade'>;
}

/**
 * The API as OpenAPI 3.0.3 with the extension of the NHS England API platform, made from the tables that the door and
 * `/metadata` are made from; once for each URL.
 * @see https://spec.openapis.org/oas/v3.0.3
 */
export const createDocument = (sources: readonly ConfiguredSource[], about: Documented) => {
  const made = new Map<string, { readonly text: string; readonly etag: string }>();
  return (url: string) => {
    const known = made.get(url);
    if (known) return known;
    const text = `${JSON.stringify(make(sources, about, url), null, 1)}\n`;
    const document = { text, etag: `W/"${createHash('sha1').update(text).digest('base64url')}"` };
    made.set(url, document);
    return document;
  };
};

const make = (sources: readonly ConfiguredSource[], { version, config }: Documented, url: string): Json => {
  const types = offerOf(sources);
  const shared = sharedFilters(types);
  const paths = pathsOf({ types, shared });
  const asked = JSON.stringify(paths);
  const referred = (kind: string, all: Json): Json =>
    Object.fromEntries(Object.entries(all).filter(([name]) => asked.includes(`"#/components/${kind}/${name}"`)));
  return {
    openapi: '3.0.3',
    info: {
      title: 'Patient Core Records API',
      version,
      description: describe(sources),
      contact: { name: config.facade.name },
    },
    servers: [{ url }],
    'x-nhsd-apim': apiPlatform(config.apiPlatform, url),
    paths,
    components: {
      parameters: referred('parameters', sharedParameters(types, shared)),
      headers: sharedHeaders(),
      responses: referred('responses', sharedResponses()),
      schemas: SCHEMAS,
      securitySchemes: {},
    },
    security: [],
  };
};

const describe = (sources: readonly ConfiguredSource[]): string => `## Overview

One FHIR R4 UK Core endpoint over ${sources.map((it) => it.title).join(', ')}. Each search is about one patient and asks every
source at once. The last entry of each searchset is an OperationOutcome that accounts for every source: an empty answer is never the
same as a missing one.

## Security

Nobody is authenticated here: who may ask is for the API platform in front to decide.

## Search

Every search parameter of FHIR R4 filters, whatever a source supports, with its modifiers, chains (\`ref.code\`) and
\`_has:Type:reference:parameter\`, whose names are too many to list here. Unknown parameters are refused.

## Errors

Every error is a UK Core OperationOutcome with a code of \`${SYSTEM.httpErrorCodes}\`.

| status | code | when |
| --- | --- | --- |
${[...faultsByStatus()]
  .map(([status, faults]) => {
    const codes = [...new Set(faults.map((it) => `\`${FAULT[it][2]}\``))].join(', ');
    return `| ${status} ${STATUS_CODES[status] ?? ''} | ${codes} | ${WHEN[status] ?? ''} |`;
  })
  .join('\n')}
`;
