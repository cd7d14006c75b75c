/**
 * Stub sources, a process of their own: GP Connect, FHIR R4 and community JSON over payloads built once, for whatever patient
 * is asked for. `GET /_stub` counts, `PUT /_stub` sets how they behave.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { acuteRecord, communityRecord, gpRecord, NHS, SHORT, SHORT_RECORDS } from './payload.ts';

/** How one source behaves. */
interface Manner {
  /** How long it waits before it answers. */
  readonly ms?: number;
  /** It never answers. */
  readonly hang?: boolean;
  /** It takes this long to send an answer, in ten pieces. */
  readonly dripMs?: number;
}

/** What can be set: how each source behaves, and the size of what it holds. */
export interface StubSettings {
  readonly gp?: Manner;
  readonly acute?: Manner;
  readonly community?: Manner;
  readonly gpBytes?: number;
  readonly gpEntryBytes?: number;
  /** The most entries in a page of the hospital. */
  readonly pageSize?: number;
}

/** What is counted: calls of each source since the stub was set, and connections that are open and were last used for it. */
export interface StubCounts {
  readonly calls: Readonly<Record<SourceName, number>>;
  readonly sockets: Readonly<Record<SourceName, number>>;
}

export type SourceName = 'gp' | 'acute' | 'community';

const MANNERLY = { gp: {}, acute: {}, community: {}, gpBytes: 1_000_000, gpEntryBytes: 5000, pageSize: 200 } as const;
const NO_CALLS = { gp: 0, acute: 0, community: 0 } as const;
let settings: Required<StubSettings> = MANNERLY;
let calls: Record<SourceName, number> = { ...NO_CALLS };
const sockets = new Map<Socket, SourceName>();

/** Texts in pieces, between which the number of the patient is put. */
const built = new Map<string, readonly Buffer[]>();

/** An answer about a patient, from a text that is built once. */
const answer = (patient: string, key: string, build: () => unknown): Buffer => {
  let pieces = built.get(key);
  if (!pieces) {
    const text = build();
    pieces = (typeof text === 'string' ? text : JSON.stringify(text)).split(NHS).map((it) => Buffer.from(it));
    built.set(key, pieces);
  }
  return Buffer.concat(pieces.flatMap((it, at) => (at === 0 ? [it] : [Buffer.from(patient), it])));
};

const ACUTE = acuteRecord();
const COMMUNITY = communityRecord();
const TOKEN = { access_token: 'a token of the bench', token_type: 'Bearer', expires_in: 3600 };
/** What is remembered of one record must not help with the next: patients take turns with records of their own. */
const VARIANTS = 4;

const SOURCES: Readonly<Record<SourceName, (url: URL, body: string) => Buffer>> = {
  gp: (_, body) => {
    const patient = /"value":"(\d{10})"/.exec(body)?.[1] ?? '';
    const variant = Number(patient.slice(-3)) % VARIANTS;
    const { gpBytes, gpEntryBytes: entryBytes } = Number(patient.slice(0, 9)) < SHORT_RECORDS ? settings : SHORT;
    return answer(patient, `gp ${gpBytes} ${entryBytes} ${variant}`, () =>
      gpRecord(gpBytes, { entryBytes, first: variant * 16 }),
    );
  },
  acute: ({ origin, pathname, searchParams: query }) => {
    const type = pathname.split('/')[2] ?? '';
    const patient = /\d{10}$/.exec(query.get('identifier') ?? query.get('patient') ?? '')?.[0] ?? '';
    const start = Number(query.get('start') ?? 0);
    const count = Math.min(Number(query.get('_count') ?? 200), settings.pageSize);
    return answer(patient, `acute ${type} ${start} ${count}`, () => {
      const all = ACUTE[type] ?? [];
      const next = `${origin}/acute/${type}?patient=p${NHS}&_count=${count}&start=${start + count}`;
      return {
        resourceType: 'Bundle',
        type: 'searchset',
        total: all.length,
        ...(start + count < all.length && { link: [{ relation: 'next', url: next }] }),
        entry: all.slice(start, start + count).map((resource) => ({
          fullUrl: `${origin}/acute/${type}/${String(resource['id'])}`,
          resource,
          search: { mode: 'match' },
        })),
      };
    });
  },
  community: ({ pathname, searchParams: query }) => {
    const [patient, collection = ''] = pathname.split('/').slice(5);
    if (pathname === '/community/oauth/token') return answer('', 'token', () => TOKEN);
    if (patient === undefined)
      return answer(query.get('nhsNumber') ?? '', 'patients', () => ({ patients: [COMMUNITY.patient] }));
    const [page, pageSize] = [Number(query.get('page') ?? 1), Number(query.get('pageSize') ?? 100)];
    return answer(patient, `${collection} ${page} ${pageSize}`, () => {
      const all = COMMUNITY.collections[collection] ?? [];
      return { page, pageSize, totalRecords: all.length, records: all.slice((page - 1) * pageSize, page * pageSize) };
    });
  },
};
const socketsOfEach = (): StubCounts['sockets'] => {
  const count = { ...NO_CALLS } as Record<SourceName, number>;
  for (const name of sockets.values()) count[name] += 1;
  return count;
};

const isSource = (name: string): name is SourceName => Object.hasOwn(SOURCES, name);

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let body = '';
  for await (const piece of request.setEncoding('utf8')) body += piece as string;
  return body;
};

const PIECES = 10;

const send = (response: ServerResponse, bytes: Buffer, dripMs = 0): void => {
  response.writeHead(200, { 'Content-Type': 'application/fhir+json', 'Content-Length': bytes.length });
  const size = dripMs > 0 ? Math.ceil(bytes.length / PIECES) : bytes.length;
  const drip = (start: number): void => {
    if (response.destroyed) return;
    const piece = bytes.subarray(start, start + size);
    if (start + size >= bytes.length) response.end(piece);
    else {
      response.write(piece);
      setTimeout(() => drip(start + size), dripMs / PIECES);
    }
  };
  drip(0);
};

/** A connection that is closed while it is used would make a source be asked again. */
const KEEP_ALIVE_MS = 120_000;

const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
  void bodyOf(request).then((body) => {
    const url = new URL(request.url ?? '/', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const name = url.pathname.split('/')[1] ?? '';
    if (!isSource(name)) {
      if (request.method === 'PUT') {
        settings = { ...MANNERLY, ...(JSON.parse(body) as StubSettings) };
        calls = { ...NO_CALLS };
      }
      send(response, Buffer.from(JSON.stringify({ calls, sockets: socketsOfEach() } satisfies StubCounts)));
      return;
    }
    calls[name] += 1;
    sockets.set(request.socket, name);
    const { ms = 0, hang = false, dripMs } = settings[name];
    const answerIt = (): void => send(response, SOURCES[name](url, body), dripMs);
    if (hang) return;
    if (ms > 0) setTimeout(answerIt, ms);
    else answerIt();
  });
});
server.on('connection', (socket) => socket.once('close', () => sockets.delete(socket)));
server.listen(0, '127.0.0.1');
