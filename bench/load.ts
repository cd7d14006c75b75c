import autocannon from 'autocannon';
import type { Child } from './child.ts';
import type { Reading } from './probe.ts';
import { countsOf } from './sources.ts';

/** What a server is asked for. */
export interface Target {
  readonly child: Child;
  /** The path for a patient. */
  readonly path: (patient: string) => string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Calls of sources for one answer; left out where nobody counts. */
  readonly trips?: number;
}

/** How long some answers took. */
export interface Pace {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** One stretch of load, and what it cost the server: CPU for one request, in milliseconds. */
export interface Stretch extends Pace {
  readonly cpuMs: number;
  readonly reading: Reading;
}

export interface LoadOptions {
  readonly connections: number;
  /** So many requests, that none is cut off at the end. */
  readonly amount: number;
  /** Requests a second of all connections together; as many as there can be where left out. */
  readonly rate?: number;
  /** The next patient to ask about: those under way at a time must differ, or they share an answer. */
  readonly next: () => string;
  /** True for the text of a right answer. */
  readonly isRight: (text: string) => boolean;
  readonly stub?: Child;
}

/** Asks so many times, and refuses the stretch if an answer was not right, or sources were asked more or less than they must be. */
export const load = async (target: Target, options: LoadOptions): Promise<Stretch> => {
  const { child, trips } = target;
  const { stub, amount } = options;
  const before = stub && (await countsOf(stub)).total;
  await child.read();
  const pace = await ask(target, options);
  const reading = await child.read();
  const made = stub && before !== undefined ? (await countsOf(stub)).total - before : undefined;
  if (made !== undefined && trips !== undefined && made !== trips * amount)
    throw new Error(`${child.name}: ${made} calls of sources for ${amount} answers, expected ${trips} each`);
  return { ...pace, cpuMs: reading.cpuMs / amount, reading };
};

/** @throws Error for any answer that was not right */
export const ask = async (
  { child, path, headers = {} }: Pick<Target, 'child' | 'path' | 'headers'>,
  { connections, amount, rate, next, isRight }: Omit<LoadOptions, 'stub'>,
): Promise<Pace> => {
  const latencies: number[] = [];
  const started = performance.now();
  // What autocannon itself takes to end is no part of it.
  let ended = started;
  const { errors, timeouts, mismatches, non2xx } = await new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon(
      {
        url: child.base,
        connections,
        amount,
        ...(rate !== undefined && { overallRate: rate }),
        timeout: 60,
        headers,
        requests: [{ setupRequest: (request) => ({ ...request, path: path(next()) }) }],
        verifyBody: (body: unknown) => isRight(String(body)),
      },
      (error: unknown, result) => (error instanceof Error ? reject(error) : resolve(result)),
    );
    run.on('response', (...[, , , ms]) => {
      latencies.push(ms);
      ended = performance.now();
    });
  });
  if (errors + timeouts + mismatches + non2xx > 0)
    throw new Error(
      `${child.name}: of ${amount} answers ${non2xx} were no 2xx and ${mismatches} not as they should be; ${errors} errors`,
    );
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? NaN;
  return { requests: amount, perSecond: (amount * 1000) / (ended - started), p50: at(0.5), p99: at(0.99) };
};
