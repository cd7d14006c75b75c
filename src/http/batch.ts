import type { Call } from '../adapter/index.ts';
import {
  type Bundle,
  type BundleEntry,
  FaultError,
  faultOutcome,
  isObject,
  type Json,
  list,
  text,
} from '../fhir/index.ts';
import { etagOf } from './body.ts';
import { formPairs } from './call.ts';
import { asFault } from './failure.ts';
import type { Asked, Interaction, Outgoing } from './interaction.ts';
import { negotiate } from './negotiate.ts';
import { isFresh, lastModified } from './respond.ts';
import { FHIR_BASE, type FhirAction, matchRoute } from './routes.ts';

/** The most entries of one batch. */
export const MAX_BATCH_ENTRIES = 50;

/** Entries under way at a time. */
const AT_ONCE = 8;

export interface BatchDeps {
  /** The interaction that answers an entry. */
  readonly interaction: (action: FhirAction) => Interaction;
  /** The URL of the FHIR base. */
  readonly base: () => string;
  /** Told of an error that nobody expected, by its name. */
  readonly unexpected: (error: string, call: Call) => void;
}

/**
 * Answers a batch of reads, searches and operations, each entry as its own request would be answered and in the order
 * of the batch; one that fails fails alone. All share the time of the one request that carries them.
 * @throws FaultError 400 for what is no batch, 413 for one with too many entries
 * @see https://hl7.org/fhir/R4/http.html#transaction
 */
export const createBatch =
  (deps: BatchDeps): Interaction =>
  async (asked, call) => {
    const entries = readBatch(asked.body);
    const entry = await mapAtOnce(entries, (it, at) => answerEntry(it, at, { asked, deps, call }));
    const bundle: Bundle = { resourceType: 'Bundle', type: 'batch-response', ...(entry.length > 0 && { entry }) };
    return { status: 200, resource: bundle };
  };

const readBatch = (body: Json | undefined): readonly unknown[] => {
  if (body?.['resourceType'] !== 'Bundle') throw new FaultError('value', 'Expected a Bundle.', 'Bundle');
  if (body['type'] === 'transaction')
    throw new FaultError(
      'notSupported',
      'A transaction over several sources cannot be kept whole, so none is accepted; send a batch.',
      'Bundle.type',
    );
  if (body['type'] !== 'batch') throw new FaultError('value', 'Expected a Bundle of the type batch.', 'Bundle.type');
  const entries = list(body['entry']);
  if (entries.length > MAX_BATCH_ENTRIES)
    throw new FaultError('tooLarge', `Expected at most ${MAX_BATCH_ENTRIES} entries in a batch.`, 'Bundle.entry');
  return entries;
};

interface Around {
  readonly asked: Asked;
  readonly deps: BatchDeps;
  readonly call: Call;
}

const answerEntry = async (entry: unknown, at: number, { asked, deps, call }: Around): Promise<BundleEntry> => {
  try {
    const { method, url, ifNoneMatch } = readRequest(entry, `Bundle.entry[${at}].request`);
    const { route, params, pairs } = find(url, deps.base(), `Bundle.entry[${at}].request.url`);
    const own = { ...params, ...(route.type !== undefined && { type: route.type }) };
    const answer = await deps.interaction(route.action as FhirAction)(
      { ...asked, params: own, pairs, body: undefined },
      call,
    );
    return responseOf(answer, { method, ifNoneMatch, form: asked.form });
  } catch (error) {
    const { status, outcome } = faultOutcome(asFault(error, (name) => deps.unexpected(name, call)));
    return { response: { status: String(status), outcome } };
  }
};

interface EntryRequest {
  readonly method: string;
  readonly url: string;
  readonly ifNoneMatch: string | undefined;
}

const readRequest = (entry: unknown, path: string): EntryRequest => {
  const request = isObject(entry) && isObject(entry['request']) ? entry['request'] : {};
  const [method, url] = [text(request['method']), text(request['url'])];
  if (method === undefined || url === undefined)
    throw new FaultError('required', 'Expected a request with method and url.', path);
  if (method !== 'GET' && method !== 'HEAD')
    throw new FaultError(
      'notImplemented',
      'The entries of a batch are read with GET; writes are not served yet.',
      `${path}.method`,
    );
  return { method, url, ifNoneMatch: text(request['ifNoneMatch']) };
};

/** What stands at an address below the FHIR base, relative or absolute. */
const find = (given: string, base: string, path: string) => {
  const url = URL.parse(given, `${base}/`);
  const { origin, pathname } = new URL(base);
  if (url?.origin !== origin || !url.pathname.startsWith(`${pathname}/`))
    throw new FaultError('value', 'Expected an address below the FHIR base of this server.', path);
  const matched = matchRoute('GET', `${FHIR_BASE}${url.pathname.slice(pathname.length)}`);
  if (!matched) throw new FaultError('notFound', 'There is nothing at this address.', path);
  const pairs = formPairs(url.search.slice(1));
  // Entries are written in the form of the batch; a form that there is not is refused here, too.
  negotiate(undefined, pairs);
  return { ...matched, pairs };
};

const responseOf = (
  { status, resource }: Outgoing,
  { method, ifNoneMatch, form }: Pick<EntryRequest, 'method' | 'ifNoneMatch'> & Pick<Asked, 'form'>,
): BundleEntry => {
  if (status !== 200) return { response: { status: String(status), outcome: resource } };
  const etag = etagOf(resource, form);
  const modified = lastModified(resource);
  const headers = { etag, ...(modified !== undefined && { lastModified: modified.toISOString() }) };
  if (isFresh(ifNoneMatch, etag)) return { response: { status: '304', ...headers } };
  return { ...(method === 'GET' && { resource }), response: { status: '200', ...headers } };
};

/** Works on all, so many at a time, and gives the results in their order. */
const mapAtOnce = async <A, B>(all: readonly A[], work: (it: A, at: number) => Promise<B>): Promise<B[]> => {
  const done: B[] = [];
  const waiting = all.entries();
  const worker = async (): Promise<void> => {
    for (const [at, it] of waiting) done[at] = await work(it, at);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return done;
};
