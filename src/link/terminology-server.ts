import { createHash } from 'node:crypto';
import { type Cache, type Call, type HttpClient, type Tokens, underToken } from '../adapter/index.ts';
import { isObject, type Json, objects, parseJson, SYSTEM, text } from '../fhir/index.ts';
import { plainCode, plainSystem } from './codes.ts';
import { byText } from './record.ts';
import { type Code, codeKey, firstOf, OFFLINE, type TermMatch, termsOf } from './terms.ts';
import type { Known, Terminology } from './terminology.ts';

export interface TerminologyServer {
  readonly client: Pick<HttpClient, 'send'>;
  readonly cache: Cache;
  readonly now: () => number;
  /** The most that asking may take for one answer, in milliseconds; never more than half of what is left of the call. */
  readonly budgetMs: number;
  /** The most codes that are asked about for one answer. */
  readonly maxCodes: number;
  /** Undefined where it is open to all. */
  readonly tokens: Tokens | undefined;
}

const AT_ONCE = 8;
const MAX_PAIRS = 100;
const KEPT_S = 86_400;
/** After an outage nobody is asked for so long. */
const PAUSE_MS = 30_000;

/**
 * A FHIR R4 terminology server behind the port: `$translate` to SNOMED CT, `$lookup` for causative agents and for what took the
 * place of inactive concepts, `$subsumes` among the concepts of one answer. What it says is kept for a day.
 * @see https://hl7.org/fhir/R4/terminology-service.html
 */
export const createTerminologyServer = (deps: TerminologyServer): Terminology => {
  const { cache, now, budgetMs, maxCodes } = deps;
  let pausedUntil = 0;
  return async (codesOf, call) => {
    const codes = codesOf();
    if (codes.length === 0) return { terms: OFFLINE };
    if (now() < pausedUntil) return { terms: OFFLINE, outage: 'unavailable' };
    // A whole number: no timer takes half a millisecond.
    const budget = Math.max(1, Math.min(budgetMs, Math.floor((call.deadline - now()) / 2)));
    const own = { ...call, signal: AbortSignal.any([call.signal, AbortSignal.timeout(budget)]) };
    const table = new Map<string, TermMatch[]>();
    const tally = { asked: 0, failed: 0 };
    const learn = async (key: string, ask: () => Promise<readonly TermMatch[]>): Promise<readonly TermMatch[]> => {
      const kept = cache.get<readonly TermMatch[]>(key);
      if (kept) return kept;
      tally.asked += 1;
      try {
        const learned = await ask();
        cache.set(key, learned, KEPT_S);
        return learned;
      } catch {
        tally.failed += 1;
        return [];
      }
    };
    const add = (code: Code, matches: readonly TermMatch[]): void => {
      if (matches.length > 0) table.set(codeKey(code), [...(table.get(codeKey(code)) ?? []), ...matches]);
    };

    const wanted = [...codes].sort((a, b) => byText(codeKey(a), codeKey(b)));
    const asked = wanted.slice(0, maxCodes);
    await inTurns(asked, async (code) => {
      add(code, await learn(`code ${codeKey(code)}`, () => meaningOf(code, deps, own)));
    });
    const concepts = snomedAmong(asked, table);
    const pairs = concepts.flatMap((a, at) => concepts.slice(at + 1).map((b) => [a, b] as const));
    await inTurns(pairs.slice(0, MAX_PAIRS), async ([a, b]) => {
      const [found] = await learn(`pair ${a.code} ${b.code}`, () => subsumption(a, b, deps, own));
      if (found) add(found.code === a.code ? b : a, [found]);
    });
    if (tally.asked > 0 && tally.failed === tally.asked) {
      pausedUntil = now() + PAUSE_MS;
      return { terms: table.size > 0 ? known(table) : OFFLINE, outage: 'unavailable' };
    }
    const isPartial = tally.failed > 0 || wanted.length > asked.length || pairs.length > MAX_PAIRS;
    return { terms: known(table), ...(isPartial && { outage: 'partial' as const }) };
  };
};

/** The snapshot names what was learned: the same knowledge gives the same links. */
const known = (table: ReadonlyMap<string, readonly TermMatch[]>): Known['terms'] => {
  const content = JSON.stringify([...table].sort((a, b) => byText(a[0], b[0])));
  const snapshot = `server-${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
  return firstOf(snapshot, termsOf(snapshot, table), OFFLINE);
};

const inTurns = async <T>(all: readonly T[], work: (it: T) => Promise<void>): Promise<void> => {
  for (let at = 0; at < all.length; at += AT_ONCE) await Promise.all(all.slice(at, at + AT_ONCE).map(work));
};

/** The SNOMED CT concepts of an answer: as sent, as translated, and the agents of findings. */
const snomedAmong = (codes: readonly Code[], table: ReadonlyMap<string, readonly TermMatch[]>): readonly Code[] => {
  const all = codes.flatMap((it) => [it, ...(table.get(codeKey(it)) ?? [])]);
  const found = new Map(all.filter((it) => it.system === SYSTEM.snomed).map((it) => [it.code, it]));
  return [...found.values()].sort((a, b) => byText(a.code, b.code));
};

type Asking = Pick<TerminologyServer, 'client' | 'tokens'>;

const meaningOf = (code: Code, deps: Asking, call: Call): Promise<readonly TermMatch[]> =>
  code.system === SYSTEM.snomed
    ? lookUp(code, deps, call)
    : translate(code, { targetsystem: SYSTEM.snomed }, { deps, call });

const translate = async (
  { system, code }: Code,
  target: Readonly<Record<string, string>>,
  { deps, call }: { readonly deps: Asking; readonly call: Call },
): Promise<readonly TermMatch[]> => {
  const answer = await ask(['ConceptMap', '$translate'], { system, code, ...target }, { deps, call });
  return named(answer, 'match').flatMap((match) => {
    const parts = objects(match['part']);
    const concept = parts.find((it) => it['name'] === 'concept')?.['valueCoding'];
    const to = isObject(concept) ? text(concept['code']) : undefined;
    const equivalence = text(parts.find((it) => it['name'] === 'equivalence')?.['valueCode']) ?? 'relatedto';
    if (!isObject(concept) || to === undefined || /^(unmatched|disjoint)$/.test(equivalence)) return [];
    const from = plainSystem(text(concept['system']) ?? SYSTEM.snomed);
    return [{ system: from, code: plainCode(from, to), display: text(concept['display']), equivalence }];
  });
};

/** SNOMED CT: the attribute that names the cause of an allergy or adverse reaction. */
const CAUSATIVE_AGENT = '246075003';
/** SNOMED CT: the map from inactive concepts to those that mean the same. */
const SAME_AS = 'http://snomed.info/sct?fhir_cm=900000000000527005';

const lookUp = async (code: Code, deps: Asking, call: Call): Promise<readonly TermMatch[]> => {
  const query = { system: code.system, code: code.code };
  const answer = await ask(['CodeSystem', '$lookup'], query, { deps, call });
  const properties = named(answer, 'property').map((it) => objects(it['part']));
  const valuesOf = (name: string): readonly unknown[] =>
    properties.filter((parts) => parts.some((it) => it['name'] === 'code' && it['valueCode'] === name)).map(valueOf);
  if (valuesOf('inactive').some((it) => it === true || it === 'true')) {
    const active = await translate(code, { url: SAME_AS }, { deps, call });
    return active.map((it) => ({ ...it, equivalence: 'equal' }));
  }
  return valuesOf(CAUSATIVE_AGENT).flatMap((it) =>
    typeof it === 'string' ? [{ system: SYSTEM.snomed, code: it, equivalence: 'relatedto' }] : [],
  );
};

const valueOf = (parts: readonly Json[]): unknown => {
  const value = parts.find((it) => it['name'] === 'value');
  if (!value) return undefined;
  const coding = value['valueCoding'];
  return isObject(coding) ? coding['code'] : (value['valueCode'] ?? value['valueString'] ?? value['valueBoolean']);
};

/** The wider of two concepts as a match of the other; nothing where neither is. */
// eslint-disable-next-line max-params -- two concepts, who answers, and the call
const subsumption = async (a: Code, b: Code, deps: Asking, call: Call): Promise<readonly TermMatch[]> => {
  const query = { system: SYSTEM.snomed, codeA: a.code, codeB: b.code };
  const answer = await ask(['CodeSystem', '$subsumes'], query, { deps, call });
  const outcome = text(named(answer, 'outcome')[0]?.['valueCode']);
  if (outcome === 'equivalent') return [{ ...a, equivalence: 'equivalent' }];
  if (outcome === 'subsumes') return [{ ...a, equivalence: 'subsumes' }];
  return outcome === 'subsumed-by' ? [{ ...b, equivalence: 'subsumes' }] : [];
};

const named = (parameters: Json, name: string): readonly Json[] =>
  objects(parameters['parameter']).filter((it) => it['name'] === name);

/** Asks one operation. @throws for every answer that is not a Parameters resource; a code that is unknown there says nothing */
const ask = async (
  path: readonly string[],
  query: Readonly<Record<string, string>>,
  { deps: { client, tokens }, call }: { readonly deps: Asking; readonly call: Call },
): Promise<Json> => {
  const send = (token?: string) => {
    const headers = {
      Accept: 'application/fhir+json',
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    };
    return client.send({ method: 'GET', path, query: Object.entries(query), headers }, call);
  };
  const { status, body } = await (tokens ? underToken(tokens, send, call) : send());
  if (status === 400 || status === 404 || status === 422) return {};
  const answer = status === 200 ? parseJson(body) : undefined;
  if (!isObject(answer) || answer['resourceType'] !== 'Parameters') throw new Error('no answer');
  return answer;
};
