import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Simulator, SimulatorData } from '../src/adapter/index.ts';
import { NO_FAULT, type SourceFault, withFault, withPatientFaults } from './faults.ts';

/** A simulator that listens, can be broken and mended, and is closed at the end. */
export interface RunningSource {
  readonly url: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** The NHS numbers it knows. */
  readonly people: readonly string[];
  readonly setFault: (fault: SourceFault) => void;
  /** The requests received so far: method and path with query. */
  readonly requests: () => readonly string[];
  readonly close: () => Promise<void>;
}

/** Serves a simulator on a loopback port that the system chooses. */
export const serveSimulator = async (
  simulator: (data: SimulatorData) => Promise<Simulator>,
  data: SimulatorData,
  patientFault: (nhsNumber: string) => SourceFault = () => NO_FAULT,
): Promise<RunningSource> => {
  let fault = NO_FAULT;
  const requests: string[] = [];
  const faultOf = (nhsNumber: string): SourceFault =>
    fault.fault === 'wrong-patient' ? fault : patientFault(nhsNumber);
  const people = await data.people();
  const { handle, settings } = await simulator(withPatientFaults(data, faultOf));
  const spoilt = withFault(handle, () => fault);
  const server = createServer((request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    spoilt(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    settings: settings(url),
    people,
    setFault: (next) => (fault = next),
    requests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/**
 * The raw answers in a directory: one `<nhs number>.json` per patient. A directory that is missing holds nobody.
 * @param complain where a line about a file goes: stderr where it is left out.
 */
export const dataDirectory = (
  directory: string,
  complain = (line: string): void => void process.stderr.write(`${line}\n`),
): SimulatorData => ({
  people: async () =>
    (await readdir(directory).catch(() => []))
      .flatMap((it) => (/^\d{10}\.json$/.test(it) ? [it.slice(0, 10)] : []))
      .sort(),
  read: async (nhsNumber) =>
    /^\d{10}$/.test(nhsNumber)
      ? readFile(join(directory, `${nhsNumber}.json`)).catch((error: unknown) =>
          // A file that is there and cannot be read is no patient who is not known.
          (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : Buffer.alloc(0),
        )
      : undefined,
  complain: (line) => complain(`${directory}: ${line}`),
});
