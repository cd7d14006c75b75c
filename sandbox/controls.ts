import type { IncomingMessage, RequestListener } from 'node:http';
import { FAULTS, type SourceFault } from './faults.ts';
import type { RunningSource } from './serve.ts';

const PATH = /^\/_sandbox\/sources\/([a-z][a-z0-9-]*)$/;
const MAX_MS = 600_000;

/** Puts the sandbox's controls in front of the facade: `PUT /_sandbox/sources/{id}` breaks or mends a source. */
export const createControls =
  (sources: ReadonlyMap<string, RunningSource>) =>
  (door: RequestListener): RequestListener =>
  (request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (!path.startsWith('/_sandbox')) {
      door(request, response);
      return;
    }
    void control(sources, path, request)
      .then(([status, body]) => {
        response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
      })
      .catch(() => response.destroy()); // whoever asked went away in the middle of it
  };

const control = async (
  sources: ReadonlyMap<string, RunningSource>,
  path: string,
  request: IncomingMessage,
): Promise<readonly [status: number, body: object]> => {
  const id = PATH.exec(path)?.[1];
  const source = id === undefined ? undefined : sources.get(id);
  if (!source) return [404, { error: `expected one of the sources ${[...sources.keys()].join(', ')}` }];
  if (request.method !== 'PUT') return [405, { error: 'expected PUT' }];
  const fault = readFault(await bodyOf(request));
  if (!fault) return [400, { error: `expected {"fault": one of ${FAULTS.join(', ')}, "ms": 0 to ${MAX_MS}}` }];
  if (fault.fault === 'wrong-patient' && source.people.length < 2)
    return [400, { error: `wrong-patient needs two people at the source, and it knows ${source.people.length}` }];
  source.setFault(fault);
  return [200, { source: id, ...fault }];
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > 1024) break;
  }
  return body;
};

const readFault = (body: string): SourceFault | undefined => {
  try {
    const { fault, ms, ...rest } = JSON.parse(body) as Record<string, unknown>;
    const name = FAULTS.find((it) => it === fault);
    const timed = ms === undefined || (typeof ms === 'number' && ms >= 0 && ms <= MAX_MS);
    return name && timed && Object.keys(rest).length === 0
      ? { fault: name, ...(ms !== undefined && { ms }) }
      : undefined;
  } catch {
    return undefined;
  }
};
