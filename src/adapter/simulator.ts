import type { RequestListener } from 'node:http';

/** The raw answers that a simulator serves: one file per patient, as the source would send it. */
export interface SimulatorData {
  /** All NHS numbers the source knows. */
  readonly people: () => Promise<readonly string[]>;
  /**
   * The bytes of a patient's file, or undefined where the source does not know the patient. To be called in each exchange
   * about a patient, since that is where the sandbox breaks what is to be broken.
   */
  readonly read: (nhsNumber: string) => Promise<Buffer | undefined>;
  /** Tells whoever started the simulator, in one line without content, what it had to change to serve a file. */
  readonly complain: (line: string) => void;
}

/** A source's own API as a real HTTP server. `simulator.ts` of an adapter folder exports `simulator(data)`. */
export interface Simulator {
  readonly handle: RequestListener;
  /** The settings that make the adapter talk to this simulator at a base URL. */
  readonly settings: (baseUrl: string) => Readonly<Record<string, unknown>>;
}
