import type { Call } from '../adapter/index.ts';
import { SYSTEM } from '../fhir/index.ts';
import { completenessOf, pageLinks, searchset, toEntry } from '../search/bundle.ts';
import type { Held } from '../search/held.ts';
import { splitAt } from '../search/parameter/match/kind.ts';
import { createOut } from '../search/out.ts';
import type { Pairs } from '../search/request/pairs.ts';
import type { SearchRequest } from '../search/request/request.ts';
import type { SearchAnswer, SearchDeps, SearchOptions } from '../search/search.ts';
import { SUMMARY_CODE } from './summary/composition.ts';
import { createSummary } from './summary.ts';

/** True for a search that a patient summary may answer: one for Compositions of its type. */
export const asksForSummary = (type: string, pairs: Pairs): boolean =>
  type === 'Composition' &&
  pairs.some(
    ([name, value]) =>
      name === 'type' &&
      splitAt(',', value).some((it) => [SUMMARY_CODE, `${SYSTEM.loinc}|${SUMMARY_CODE}`].includes(it)),
  );

/**
 * Answers such a search: the summary that is put together now, as any Composition that a source holds, with what it refers to
 * beside it.
 */
export const createSummarySearch = (deps: SearchDeps) => {
  const summary = createSummary(deps);
  return async (request: SearchRequest, options: SearchOptions, call: Call): Promise<SearchAnswer> => {
    const { patient, criteria, shape, ignored } = request;
    const made = await summary({ patient, ignored, more: ['Composition'] }, options, call);
    if ('status' in made) return made;
    const { composition, resources, outcome, contributions, person, world } = made;

    const ours: Held = {
      source: '',
      patientIds: new Set([person.nhsNumber]),
      local: { type: 'Composition', localId: composition.id ?? '', resource: composition },
    };
    const isMatch = (held: Held): boolean =>
      held.local.type === 'Composition' && criteria.every((it) => it.matches(held, world));
    const theirs = contributions.flatMap(({ source, patientIds, siblings }) =>
      siblings.map((local): Held => ({ source: source.id, patientIds, local })).filter(isMatch),
    );
    const out = createOut(contributions, world.patient, { person, deps });
    const isOurs = isMatch(ours);
    const matches = [...(isOurs ? [composition] : []), ...theirs.map(out)];
    const countOnly = shape.summary === 'count' || shape.count === 0;
    return {
      status: 200,
      resource: searchset({
        total: matches.length,
        link: pageLinks({
          url: `${options.base}/Composition`,
          applied: request.applied,
          format: request.format,
          token: undefined,
          tokens: {},
        }),
        entry: countOnly
          ? []
          : [
              ...matches.map((it) => toEntry(options.base, it, 'match')),
              ...(isOurs ? resources.map((it) => toEntry(options.base, it, 'include')) : []),
            ],
        outcome,
        outcomeUrl: made.ledgerUrl,
        completeness: completenessOf(contributions, person),
      }),
    };
  };
};
