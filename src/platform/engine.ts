import { setFlagsFromString } from 'node:v8';

/**
 * Tells V8, once for the process, that no object is made to last. It guesses from the first large answers that the records
 * of an answer live long and makes them in the old generation, where dead ones keep whole answers alive until a full
 * collection: each small one then copies them, at up to half of the CPU that a large answer costs.
 */
export const expectShortLives = (): void => setFlagsFromString('--no-allocation-site-pretenuring');
