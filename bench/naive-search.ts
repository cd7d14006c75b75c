import axios from 'axios';
import { askedOf, recordsOf, type Trip, tripsFor } from './trips.ts';

interface Named extends Record<string, unknown> {
  readonly source: string;
}

/** A straightforward search over the sources: axios with its defaults, rest and spread, everything mapped. */
export const naiveSearch =
  (stub: string) =>
  async (target: string): Promise<NaiveAnswer> => {
    const { patient, type } = askedOf(target);
    const all = (await Promise.all(tripsFor(patient, type).map((it) => take(stub, it)))).flat().map(toResource);
    const matches = all
      .filter((it) => type === undefined || it['resourceType'] === type)
      .sort((a, b) => dateOf(b) - dateOf(a));
    return { total: matches.length, page: matches.slice(0, 50) };
  };

/** How many match, and the first of them. */
export interface NaiveAnswer {
  readonly total: number;
  readonly page: readonly Readonly<Record<string, unknown>>[];
}

const take = async (stub: string, { source, method, path, body, then = [] }: Trip): Promise<Named[]> => {
  const { data } = await axios.request<unknown>({ method, url: stub + path, data: body });
  const own = recordsOf(data).map((it) => ({ ...(it as object), source }));
  return [...own, ...(await Promise.all(then.map((it) => take(stub, it)))).flat()];
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
