import {
  choiceField,
  defineAdapter,
  listField,
  optionalField,
  SourceError,
  statusError,
  textField,
  urlField,
} from '../../src/adapter/index.ts';
import { added, map, notCarried, split } from '../../mappings/gp-connect-stu3/index.ts';
import { readRecord } from './errors.ts';
import { AREAS, notAskedWarnings, parametersFor, typesFor } from './request.ts';
import { direct, ssp } from './transport.ts';

const asid = { pattern: /^\d{12}$/, kind: 'an ASID of twelve digits' };

/** GP systems over GP Connect Access Record: Structured. One call answers for the whole record of a patient. */
export default defineAdapter({
  name: 'gp-connect',
  settings: {
    baseUrl: urlField("The FHIR base of the practice's system"),
    proxyUrl: optionalField(urlField('The Spine Secure Proxy; left out where the practice is reached directly')),
    fromAsid: textField('The ASID of this system: `Ssp-From`', asid),
    toAsid: textField("The ASID of the practice's system: `Ssp-To`", asid),
    areas: listField('The areas of the record to ask for', choiceField('An area', AREAS), { fallback: AREAS }),
  },
  // GP Connect must not be called for a patient whom PDS restricts.
  capabilities: ({ areas }) => ({
    scope: 'record',
    lineage: 'derivation',
    waitsForTrace: true,
    types: typesFor(areas),
  }),
  split,
  map,
  notCarried,
  added,
  connect: ({ proxyUrl, areas, ...endpoint }, tools) => {
    const transport = proxyUrl === undefined ? direct(endpoint, tools) : ssp(proxyUrl, endpoint, tools);
    return {
      search: async ({ patient }, call) => {
        const response = await transport(
          {
            interaction: 'urn:nhs:names:services:gpconnect:fhir:operation:gpc.getstructuredrecord-1',
            scope: 'patient/*.read',
            method: 'POST',
            path: ['Patient', '$gpc.getstructuredrecord'],
            body: parametersFor(patient, areas),
          },
          call,
        );
        const answer = await readRecord(response);
        // A record always holds its patient: without one, "nothing" would pass for "nothing recorded".
        if (!answer.records.some((it) => it.kind === 'Patient')) throw new SourceError('invalid-response');
        const warnings = [...(answer.warnings ?? []), ...notAskedWarnings(areas)];
        return { ...answer, ...(warnings.length > 0 && { warnings }) };
      },
      health: async (call) => {
        const { status, retryAfter } = await transport(
          {
            interaction: 'urn:nhs:names:services:gpconnect:structured:fhir:rest:read:metadata-1',
            scope: 'organization/*.read',
            method: 'GET',
            path: ['metadata'],
          },
          call,
        );
        if (status !== 200) throw statusError(status, retryAfter);
      },
    };
  },
});
