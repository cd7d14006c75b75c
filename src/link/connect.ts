import { readFile } from 'node:fs/promises';
import { basicProof, createTokens, type Tokens } from '../adapter/index.ts';
import { isObject } from '../fhir/index.ts';
import { createCache } from '../platform/cache.ts';
import { type Config, ConfigError } from '../platform/config.ts';
import { createHttpClient } from '../platform/http-client.ts';
import { fixedTerminology, type Terminology } from './terminology.ts';
import { termsOfMaps } from './terminology-file.ts';
import { createTerminologyServer } from './terminology-server.ts';
import { firstOf, OFFLINE, type Terms } from './terms.ts';

/** The terminology of a configuration: a file, a server, the file before the server, or what is known offline. @throws ConfigError */
export const connectTerminology = async (config: Config['terminology'], now: () => number): Promise<Terminology> => {
  if (!config) return fixedTerminology(OFFLINE);
  const { url, file, budgetMs, maxCodes } = config;
  const maps = file === undefined ? undefined : await termsOfFile(file);
  if (url === undefined) return fixedTerminology(maps ?? OFFLINE);
  const server = createTerminologyServer({
    client: createHttpClient(url),
    cache: createCache(50_000),
    now,
    budgetMs,
    maxCodes,
    tokens: tokensOf(config),
  });
  if (!maps) return server;
  return async (codes, call) => {
    const unknown = () => codes().filter((it) => maps.matches(it).length === 0);
    const { terms, ...rest } = await server(unknown, call);
    return { terms: firstOf(`${maps.snapshot} ${terms.snapshot}`, maps, terms), ...rest };
  };
};

/** Tokens by client credentials, else the one that is configured, if any. */
const tokensOf = ({ token, oauth }: NonNullable<Config['terminology']>): Tokens | undefined => {
  if (!oauth) return token === undefined ? undefined : { get: () => Promise.resolve(token), drop: () => undefined };
  const client = createHttpClient(oauth.tokenUrl);
  return createTokens({ client, path: [], cache: createCache(1), proof: () => basicProof(oauth) });
};

/** The terms of a file of ConceptMaps, and behind them what is known offline. @throws ConfigError */
export const termsOfFile = async (file: string): Promise<Terms> => {
  const given = await readFile(file, 'utf8')
    .then((it): unknown => JSON.parse(it))
    .catch(() => undefined);
  if (!isObject(given))
    throw new ConfigError([`${file}: expected a JSON file of ConceptMaps, one or a Bundle of them`]);
  const maps = termsOfMaps(given);
  return firstOf(maps.snapshot, maps, OFFLINE);
};
