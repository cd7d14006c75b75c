import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What a proxy does to the bytes that come back on a connection. */
export type TcpFault =
  | 'none'
  /** Accepts, and never answers. */
  | 'hang'
  /** A few bytes at a time, for ever if need be. */
  | 'drip'
  /** Half of what came, then a reset. */
  | 'reset'
  /** Half of what came, then a quiet end. */
  | 'cut';

/** A TCP proxy that spoils connections: what no HTTP server can be made to do. */
export interface FaultProxy {
  readonly port: number;
  /** Spoils every connection from now on; one that is open goes on as it was. */
  readonly set: (fault: TcpFault) => void;
  /** Spoils the next connections, one each, and then none. */
  readonly script: (...faults: readonly TcpFault[]) => void;
  /** Ends the connections that are open: the next ones are spoilt as they should be. */
  readonly drop: () => void;
  /** Connections that are open now. */
  readonly open: () => number;
  readonly close: () => Promise<void>;
}

const DRIP_MS = 20;
const DRIP_BYTES = 16;

/** Starts a proxy before a port of this machine. */
export const startFaultProxy = async (target: number): Promise<FaultProxy> => {
  let always: TcpFault = 'none';
  let scripted: TcpFault[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const fault = scripted.shift() ?? always;
    sockets.add(client);
    client.on('close', () => sockets.delete(client)).on('error', () => undefined);
    if (fault === 'hang') {
      client.resume();
      return;
    }
    const upstream = connect(target, '127.0.0.1');
    upstream.on('error', () => client.destroy()).on('close', () => client.end());
    client.on('close', () => upstream.destroy()).pipe(upstream);
    SPOIL[fault](upstream, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    set: (fault) => (always = fault),
    script: (...faults) => (scripted = [...faults]),
    drop: () => sockets.forEach((it) => it.destroy()),
    open: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        sockets.forEach((it) => it.destroy());
        server.close(() => resolve());
      }),
  };
};

const SPOIL: Readonly<Record<Exclude<TcpFault, 'hang'>, (from: Socket, to: Socket) => void>> = {
  none: (from, to) => void from.pipe(to),
  drip: (from, to) => {
    let waiting = Buffer.alloc(0);
    from.on('data', (chunk: Buffer) => (waiting = Buffer.concat([waiting, chunk])));
    const timer = setInterval(() => {
      if (waiting.length === 0) return;
      to.write(waiting.subarray(0, DRIP_BYTES));
      waiting = waiting.subarray(DRIP_BYTES);
    }, DRIP_MS);
    to.on('close', () => clearInterval(timer));
  },
  reset: (from, to) => half(from, to, () => to.resetAndDestroy()),
  cut: (from, to) => half(from, to, () => to.end()),
};

/** Lets the head of an answer and half of what comes with it pass. */
const half = (from: Socket, to: Socket, end: () => void): void => {
  from.once('data', (chunk: Buffer) => {
    to.write(chunk.subarray(0, Math.max(1, Math.floor(chunk.length / 2))), end);
  });
};
