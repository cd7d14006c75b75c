/**
 * The baselines, `node bench/raw.ts bytes|raw|json STUB`: fan out; then pass on the bytes, or parse all and write the first 50
 * records, or all of them. No mapping, no merging, no accounts. Never optimised: goals must not drift.
 */
import { createServer } from 'node:http';
import { Agent, request } from 'undici';
import { askedOf, recordsOf, type Trip, tripsFor } from './trips.ts';

const [mode = 'raw', stub = ''] = process.argv.slice(2);
const dispatcher = new Agent();

const take = async <T>({ method, path, body, then = [] }: Trip, read: (text: Body) => Promise<T>): Promise<T[]> => {
  const answer = await request(stub + path, { method, dispatcher, ...(body !== undefined && { body }) });
  const own = await read(answer.body);
  return [own, ...(await Promise.all(then.map((it) => take(it, read)))).flat()];
};
type Body = Awaited<ReturnType<typeof request>>['body'];

const fanOut = async <T>(target: string, read: (text: Body) => Promise<T>): Promise<T[]> => {
  const { patient, type } = askedOf(target);
  return (await Promise.all(tripsFor(patient, type).map((it) => take(it, read)))).flat();
};

const page = async (target: string, count: number): Promise<string> => {
  const records = (await fanOut(target, (body) => body.json())).flatMap(recordsOf);
  return JSON.stringify({ resourceType: 'Bundle', total: records.length, entry: records.slice(0, count) });
};

const MODES: Readonly<Record<string, (target: string) => Promise<Buffer | string>>> = {
  bytes: async (target) => Buffer.concat(await fanOut(target, async (body) => Buffer.from(await body.arrayBuffer()))),
  raw: (target) => page(target, 50),
  json: (target) => page(target, Infinity),
};

createServer((asked, response) => {
  void MODES[mode]?.(asked.url ?? '').then((body) => {
    response.writeHead(200, { 'Content-Type': 'application/fhir+json', 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
  });
}).listen(0, '127.0.0.1');
