import type { Parameters, ParametersParameter } from 'fhir/r4.js';
import type { Call, SourceQuery } from '../adapter/index.ts';
import type { Pairs } from '../search/request/pairs.ts';
import { questionOf, type Result } from '../search/ask/fan-out.ts';
import { inquire, nobodysNumber } from '../search/ask/inquire.ts';
import { isAskedNow, planSearch, type Step } from '../search/ask/plan.ts';
import type { SearchRequest } from '../search/request/request.ts';
import type { SearchDeps, SearchOptions } from '../search/search.ts';
import { MAX_READS } from '../search/settle.ts';
import { isShapeParameter } from '../search/request/shape.ts';
import { pageLinks } from '../search/bundle.ts';
import { patientOf } from '../search/request/which-patient.ts';
import { ask } from '../sources/ask.ts';
import type { ConfiguredSource } from '../sources/registry.ts';
import type { Rehearsal, UpstreamRequest } from '../sources/rehearse.ts';

/**
 * Tells what a search would do without doing it: for each source what is pushed to it and what is left to us, why it is not
 * asked, and the very requests that it would get. Only what must be known to say so is really asked: whose the NHS number is, tokens and the source's own id of the patient.
 */
export const createExplain = (deps: SearchDeps) => {
  const explain = async (
    request: SearchRequest,
    options: SearchOptions,
    call: Call,
  ): Promise<{ readonly status: number; readonly resource: Parameters }> => {
    const { base } = options;
    const plan = planSearch(request, deps.sources.all, { withPatient: deps.tracer !== undefined });
    const explained = new Map<string, readonly ParametersParameter[]>();
    // The walk of a search itself, with explaining in the place of asking: who waits for the trace waits here, too.
    const errands = plan.steps.map((step) => ({
      source: step.source,
      run: async (): Promise<Result> => {
        explained.set(step.source.id, await explainStep(step, { request, deps, base, call, types: plan.types }));
        return { source: step.source, outcome: 'not-asked' };
      },
    }));
    const inquiry = await inquire(errands, request, { tracer: deps.tracer, call });
    if (inquiry.outcome === 'invalidated') throw nobodysNumber();
    if (inquiry.outcome === 'superseded') return explain(request.about(inquiry.by), options, call);
    const sources = plan.steps.map(
      ({ source }) => explained.get(source.id) ?? untold(source, source.id === deps.tracer?.source.id, inquiry.results),
    );
    const [self] = pageLinks({
      url: `${base}/${request.type}`,
      applied: request.applied,
      format: [],
      token: request.page?.token,
      tokens: {},
    });
    const resource: Parameters = {
      resourceType: 'Parameters',
      parameter: [
        ...(self ? [{ name: 'search', valueUri: self.url }] : []),
        ...request.ignored.map((it) => ({ name: 'ignored', valueString: it })),
        ...sources.map((part) => ({ name: 'source', part: [...part] })),
      ],
    };
    return { status: 200, resource };
  };
  return explain;
};

/** A source that a search has no question for after the trace: the one that traces, and those that must not be asked then. */
const untold = (
  source: ConfiguredSource,
  traces: boolean,
  results: readonly Result[],
): readonly ParametersParameter[] => {
  const refused = results.some((it) => it.source.id === source.id && it.outcome === 'withheld');
  const why = traces
    ? 'It is asked whose the NHS number is, before those that wait for it; it was asked now where it was not remembered.'
    : refused
      ? 'It is not asked about a person whose whereabouts are restricted.'
      : 'It is not asked where nobody could say whose the NHS number is.';
  return [...aboutOf(source), { name: 'asked', valueBoolean: false }, { name: 'why', valueString: why }];
};

const aboutOf = ({ id, title, capabilities }: ConfiguredSource): readonly ParametersParameter[] => [
  { name: 'id', valueCode: id },
  { name: 'title', valueString: title },
  { name: 'scope', valueCode: capabilities.scope },
];

interface Around {
  readonly request: SearchRequest;
  readonly deps: SearchDeps;
  readonly base: string;
  readonly call: Call;
  readonly types: ReadonlySet<string>;
}

const explainStep = async ({ source, queries }: Step, around: Around): Promise<readonly ParametersParameter[]> => {
  const { request, deps, call } = around;
  const about = aboutOf(source);
  const why = whyNotAsked(source, request, queries);
  if (queries.length === 0) return [...about, { name: 'asked', valueBoolean: false }, ...why];
  const states = queries.map((it) => source.share.stateOf(questionOf(source, it), call));
  // What is answered already, or soon, is not asked of the source again.
  const open = queries.filter((_, at) => states[at] === 'none');
  const { budget, rehearsal } = await rehearse(source, open, { deps, call });
  return [
    ...about,
    { name: 'asked', valueBoolean: true },
    ...why,
    ...(deps.tracer && source.capabilities.waitsForTrace ? [WAITS] : []),
    { name: 'budgetMs', valueUnsignedInt: Math.round(budget) },
    { name: 'circuit', valueCode: source.guard.circuit() },
    { name: 'cache', valueCode: new Set(states).size > 1 ? 'partly' : (states[0] ?? 'none') },
    ...(why.length > 0 ? [] : filtersOf(source, queries, around)),
    ...(rehearsal ? requestsOf(rehearsal) : []),
    ...(open.length > 0 && rehearsal?.failed === undefined ? thenOf(source, around) : []),
  ];
};

const WAITS: ParametersParameter = {
  name: 'when',
  valueString: 'It is asked only once the patient is traced.',
};

/** Why a source is not asked, or for its Patient alone. */
const whyNotAsked = (
  { id, capabilities }: ConfiguredSource,
  request: SearchRequest,
  queries: readonly SourceQuery[],
): readonly ParametersParameter[] => {
  const { type } = request;
  const own = capabilities.types[type];
  const reason = !isAskedNow(request, id)
    ? 'It was asked for the answer that led here.'
    : capabilities.traces && own?.search === undefined
      ? 'It is asked whose the NHS number is, beside the others, where the config names it for that.'
      : own === undefined
        ? `It cannot hold ${type}.`
        : own.search === undefined
          ? `It holds ${type} and cannot be searched for it; its entries are reached by references from others.`
          : undefined;
  if (reason === undefined) return [];
  const beside = queries.length > 0 ? ' It is asked for the Patient, of whom the answer is made.' : '';
  return [{ name: 'why', valueString: reason + beside }];
};

const rehearse = async (
  source: ConfiguredSource,
  queries: readonly SourceQuery[],
  { deps, call }: Pick<Around, 'deps' | 'call'>,
): Promise<{ readonly budget: number; readonly rehearsal: Rehearsal | undefined }> => {
  const started = deps.now();
  let budget = 0;
  const asked = await ask(
    source,
    (own) => {
      budget = own.deadline - started;
      return queries.length > 0
        ? (source.rehearse?.(queries, own) ?? Promise.resolve(undefined))
        : Promise.resolve(undefined);
    },
    { ...deps, call },
  );
  return { budget, rehearsal: 'error' in asked ? { sent: [], requests: [], failed: asked.error.kind } : asked.value };
};

/** Who applies a filter: the source alone, the source and we again, or we alone. Whatever a source applied is checked again. */
const filtersOf = (
  { capabilities }: ConfiguredSource,
  queries: readonly SourceQuery[],
  { request, base }: Around,
): readonly ParametersParameter[] => {
  const { type } = request;
  const pushed = new Set(queries.flatMap((it) => it.filters.map(({ code }) => code)));
  const isFilter = (pair: Pairs[number]): boolean => !isShapeParameter(pair[0]) && !patientOf(type, pair, base);
  return request.applied.filter(isFilter).map(([name, value]) => ({
    name: 'filter',
    part: [
      { name: 'parameter', valueString: `${name}=${value}` },
      {
        name: 'applied',
        valueCode: !pushed.has(name)
          ? 'residual'
          : capabilities.types[type]?.search?.[name] === 'exact'
            ? 'pushed'
            : 're-checked',
      },
    ],
  }));
};

const requestsOf = ({ sent, requests, failed }: Rehearsal): readonly ParametersParameter[] => [
  ...sent.map((it) => requestPart('sent-now', it)),
  ...requests.map((it) => requestPart('request', it)),
  ...(failed === undefined ? [] : [{ name: 'ends', valueCode: failed }]),
];

const requestPart = (name: string, { method, url, body }: UpstreamRequest): ParametersParameter => ({
  name,
  part: [
    { name: 'method', valueCode: method },
    { name: 'url', valueUri: url },
    ...(body === undefined ? [] : [{ name: 'body', valueString: body }]),
  ],
});

/** What follows from the answers, and is known by its rule alone. */
const thenOf = ({ capabilities }: ConfiguredSource, { deps, types }: Around): readonly ParametersParameter[] => {
  const readOnly = Object.entries(capabilities.types).flatMap(([type, it]) =>
    types.has(type) && it.read && it.search === undefined ? [type] : [],
  );
  return [
    `Further pages, as those before them say, a few at a time where they say several, up to ${deps.maxRecords} records.`,
    ...(readOnly.length > 0 && capabilities.scope === 'type'
      ? [`Reads by id of what is referred to and cannot be searched (${readOnly.join(', ')}), at most ${MAX_READS}.`]
      : []),
  ].map((it) => ({ name: 'then', valueString: it }));
};
