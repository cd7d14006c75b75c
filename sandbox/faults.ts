import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { SimulatorData } from '../src/adapter/index.ts';

export const FAULTS = [
  'none',
  'down',
  'slow',
  'hang',
  '401',
  '429',
  '500',
  'malformed',
  'truncate',
  'wrong-patient',
] as const;
export type FaultName = (typeof FAULTS)[number];

/** What goes wrong at a source, and for `slow` and `429` for how long. */
export interface SourceFault {
  readonly fault: FaultName;
  readonly ms?: number;
}

export const NO_FAULT: SourceFault = { fault: 'none' };
const DEFAULT_MS = 2000;

interface Exchange {
  readonly response: ServerResponse;
}
const exchanges = new AsyncLocalStorage<Exchange>();

/** Applies a fault to every exchange of a source: the handler need not know. */
export const withFault =
  (handle: RequestListener, current: () => SourceFault): RequestListener =>
  (request: IncomingMessage, response: ServerResponse) => {
    void exchanges.run({ response }, async () => {
      if (await spoil(current(), response)) handle(request, response);
    });
  };

/** Applies the faults of single patients when their file is read, in the exchange that reads it. */
export const withPatientFaults = (data: SimulatorData, faultOf: (nhsNumber: string) => SourceFault): SimulatorData => ({
  ...data,
  read: async (nhsNumber) => {
    const exchange = exchanges.getStore();
    const fault = exchange ? faultOf(nhsNumber) : NO_FAULT;
    if (exchange && !(await spoil(fault, exchange.response))) return new Promise(() => undefined);
    return fault.fault === 'wrong-patient' ? data.read(await otherThan(nhsNumber, data)) : data.read(nhsNumber);
  },
});

/** Another patient of the same source, the same one every time. */
const otherThan = async (nhsNumber: string, { people }: SimulatorData): Promise<string> => {
  const other = (await people()).find((it) => it !== nhsNumber);
  if (other === undefined) throw new Error('a source can answer about another patient only where it knows two');
  return other;
};

/** @returns true where the exchange goes on. */
const spoil = async ({ fault, ms = DEFAULT_MS }: SourceFault, response: ServerResponse): Promise<boolean> => {
  switch (fault) {
    case 'none':
    case 'wrong-patient':
      return true;
    case 'down':
      response.socket?.destroy();
      return false;
    case 'hang':
      return false;
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, ms));
      return !response.destroyed;
    case '401':
    case '500':
      response.writeHead(Number(fault), { 'Content-Length': '0' }).end();
      return false;
    case '429':
      response.writeHead(429, { 'Retry-After': String(Math.ceil(ms / 1000)), 'Content-Length': '0' }).end();
      return false;
    case 'malformed':
    case 'truncate':
      corrupt(response, fault);
      return true;
    default:
      return fault satisfies never;
  }
};

/** Lets the handler answer, and breaks the body on its way out: cut in half, with its length as promised or not. */
const corrupt = (response: ServerResponse, fault: 'malformed' | 'truncate'): void => {
  const chunks: Buffer[] = [];
  const collect = (chunk: unknown): void => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk as string));
  };
  const end = response.end.bind(response);
  response.write = ((chunk: unknown) => (collect(chunk), true)) as ServerResponse['write'];
  response.end = ((chunk?: unknown) => {
    collect(chunk);
    const whole = Buffer.concat(chunks);
    const half = whole.subarray(0, Math.floor(whole.length / 2));
    if (!response.headersSent) {
      response.removeHeader('Transfer-Encoding');
      response.setHeader('Content-Length', fault === 'malformed' ? half.length : whole.length);
    }
    if (fault === 'malformed') return end(half);
    response.flushHeaders();
    response.socket?.write(half, () => response.socket?.destroy());
    return response;
  }) as ServerResponse['end'];
};
