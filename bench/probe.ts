/** Loaded before any child of the bench (`--import`), so that no server needs code of the bench: says where it listens, and what it cost. */
import cluster from 'node:cluster';
import { channel } from 'node:diagnostics_channel';
import type { Server } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { collectGarbage } from './cpu.ts';

/** What a child says of itself. */
export interface Reading {
  /** Since the last reading, in milliseconds. */
  readonly cpuMs: number;
  readonly loop: { readonly p50: number; readonly p99: number; readonly max: number };
  /** In MB: now, and the most there ever was. */
  readonly rss: number;
  readonly peak: number;
  readonly heap: number;
}

/** What is left of a child once its garbage is collected. */
export interface Rest {
  /** In MB. */
  readonly heap: number;
  /** What keeps the event loop busy, by kind. */
  readonly handles: Readonly<Record<string, number>>;
}

const rest = (): Rest => {
  collectGarbage();
  const handles: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1;
  return { heap: process.memoryUsage().heapUsed / 1e6, handles };
};

const RESOLUTION_MS = 1;
const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
let cpu = process.cpuUsage();

const read = (): Reading => {
  const { user, system } = process.cpuUsage(cpu);
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
  const { rss, heapUsed } = process.memoryUsage();
  return {
    cpuMs: (user + system) / 1000,
    loop: { p50: late(delays.percentile(50)), p99: late(delays.percentile(99)), max: late(delays.max) },
    rss: rss / 1e6,
    peak: process.resourceUsage().maxRSS / 1e3,
    heap: heapUsed / 1e6,
  };
};

// A worker's channel is all that keeps it alive: it is left as it is.
if (process.send && cluster.isPrimary) {
  channel('tracing:net.server.listen:asyncEnd').subscribe((message) => {
    const address = (message as { server: Server }).server.address();
    process.send?.({ port: typeof address === 'object' ? address?.port : undefined });
  });
  process.on('message', (wanted) => {
    if (wanted === 'rest') {
      process.send?.({ rest: rest() });
      return;
    }
    process.send?.({ reading: read() });
    delays.reset();
    cpu = process.cpuUsage();
  });
  // Nobody is left to serve.
  process.once('disconnect', () => process.exit());
  delays.enable();
  process.channel?.unref();
}
