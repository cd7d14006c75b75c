/** A straightforward facade, `node bench/naive.ts STUB`: Express, axios with its defaults, rest and spread, `res.send`. */
import axios from 'axios';
import express from 'express';
import { askedOf, recordsOf, type Trip, tripsFor } from './trips.ts';

const [stub = ''] = process.argv.slice(2);

interface Named extends Record<string, unknown> {
  readonly source: string;
}

const take = async ({ source, method, path, body, then = [] }: Trip): Promise<Named[]> => {
  const { data } = await axios.request<unknown>({ method, url: stub + path, data: body });
  const own = recordsOf(data).map((it) => ({ ...(it as object), source }));
  return [...own, ...(await Promise.all(then.map(take))).flat()];
};

/** Each record by spreading what it was, and a few members that all of them share. */
const toResource = ({ source, resource, ...rest }: Named): Record<string, unknown> => {
  const given = { ...rest, ...(resource as object) } as Record<string, unknown>;
  const { meta, id, identifier, ...members } = given;
  const type = typeof members['resourceType'] === 'string' ? members['resourceType'] : 'Basic';
  return {
    ...members,
    resourceType: type,
    id: `${source}-${String(id ?? Object.values(given)[0])}`,
    meta: { ...(meta as object), source: `urn:source:${source}`, profile: [`UKCore-${type}`] },
    identifier: [...((identifier as unknown[] | undefined) ?? []), { system: source, value: id }],
    extension: [...((members['extension'] as unknown[] | undefined) ?? []), { url: 'source', valueString: source }],
  };
};

const DATES = ['effectiveDateTime', 'authoredOn', 'assertedDate', 'onsetDateTime'] as const;

const dateOf = (it: Record<string, unknown>): number => {
  const written = DATES.map((key) => it[key]).find((date) => typeof date === 'string');
  return written === undefined ? 0 : Date.parse(written);
};

express()
  .use(async (request, response) => {
    const { patient, type } = askedOf(request.originalUrl);
    const all = (await Promise.all(tripsFor(patient, type).map(take))).flat().map(toResource);
    const matches = all
      .filter((it) => type === undefined || it['resourceType'] === type)
      .sort((a, b) => dateOf(b) - dateOf(a));
    const entry = matches.slice(0, 50).map((resource) => ({ fullUrl: String(resource['id']), resource }));
    response.send({ resourceType: 'Bundle', total: matches.length, entry });
  })
  .listen(0, '127.0.0.1');
