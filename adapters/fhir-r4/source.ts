import {
  type Call,
  MAX_AHEAD,
  type Page,
  type Source,
  SourceError,
  type SourceQuery,
  type Tools,
} from '../../src/adapter/index.ts';
import { isFhirId, SYSTEM } from '../../src/fhir/index.ts';
import { type Body, split } from '../../mappings/uk-core-r4/index.ts';
import { addressesAfter } from './ahead.ts';
import { createLookup } from './lookup.ts';
import type { FhirServer, Target } from './server.ts';
import type { FhirR4Settings } from './settings.ts';

/** One R4 server: its patients by NHS number, the rest by the ids that it gave them. */
export const createSource = (
  settings: FhirR4Settings,
  { server, tools }: { readonly server: FhirServer; readonly tools: Pick<Tools, 'cache'> },
): Source<Body> => {
  const { baseUrl, types, pageSize, maxPages, patientIdSeconds } = settings;
  const lookup = createLookup(server, { cache: tools.cache, seconds: patientIdSeconds });
  const served = Object.values(types);

  const search = async (query: SourceQuery, call: Call): Promise<Page<Body>> => {
    const [type = 'Patient'] = query.types;
    if (type === 'Patient') return lookup.find(query.patient, call);
    const patientIds = await lookup.idsOf(query.patient, call);
    const visited = query.cursor?.split('\n') ?? [];
    const address = visited.at(-1);
    const target = address === undefined ? firstPage(query, patientIds) : server.targetOf(address);
    const { bundle, next } = await server.search(target, call);
    const answer = split(bundle);
    if (next === undefined) return { ...answer, patientIds };
    if (visited.includes(next)) throw new SourceError('invalid-response');
    const number = visited.length + 1;
    if (number < maxPages) {
      const most = Math.min(MAX_AHEAD, maxPages - number - 1);
      const following = addressesAfter(bundle, { asked: target.query ?? [], number, next }, most);
      const cursor = [...visited, next].join('\n');
      const ahead = following.map((_, at) => [cursor, ...following.slice(0, at + 1)].join('\n'));
      return { ...answer, patientIds, next: cursor, ahead };
    }
    const cut = {
      system: SYSTEM.sourceStatus,
      code: 'incomplete',
      text: `This source has more pages than are followed (${maxPages}); what is on the others is missing from this answer.`,
      effect: 'incomplete',
      types: [type],
    } as const;
    return { ...answer, patientIds, warnings: [...(answer.warnings ?? []), cut] };
  };

  /** The parameters are written as FHIR writes them: the values come escaped as the caller gave them. */
  const firstPage = (
    { types: [type = 'Patient'], filters, count }: SourceQuery,
    patientIds: readonly string[],
  ): Target => ({
    path: [type],
    query: [
      ['patient', patientIds.join()],
      ['_count', String(Math.min(count, pageSize))],
      ...filters
        .filter(({ code }) => types[type]?.search?.[code] !== undefined)
        .map(
          ({ code, modifier, values }) =>
            [modifier === undefined ? code : `${code}:${modifier}`, values.join()] as const,
        ),
    ],
  });

  const read: Source<Body>['read'] = async ({ type, id, patient }, call) => {
    if (!isFhirId(id)) return undefined;
    const [patientIds, resource] = await Promise.all([
      lookup.idsOf(patient, call),
      server.read({ path: [type, id] }, call),
    ]);
    if (resource === undefined) return undefined;
    if (resource['resourceType'] !== type || resource['id'] !== id) throw new SourceError('invalid-response');
    const entry = { fullUrl: `${baseUrl}/${type}/${id}`, resource };
    return { ...split({ resourceType: 'Bundle', entry: [entry] }), patientIds };
  };

  return {
    ...(served.some((it) => it.search) && { search }),
    ...(served.some((it) => it.read) && { read }),
    health: async (call) => {
      const statement = await server.read({ path: ['metadata'] }, call);
      if (statement?.['resourceType'] !== 'CapabilityStatement') throw new SourceError('invalid-response');
    },
  };
};
