import type { RequestHandler } from 'express';
import { FaultError } from '../fhir/index.ts';
import type { Load } from '../platform/load.ts';

/** Seconds after which a caller who was sent away may come again. */
const RETRY_AFTER = 1;

/**
 * Lets a request in while there is room, and says 503 with `Retry-After` otherwise: a request that would only wait costs
 * those under way their time. Whoever asks how the process is (`/_ping`, `/_status`) is always let in.
 */
export const createAdmission =
  (load: Load): RequestHandler =>
  (request, response, next) => {
    if (request.path.startsWith('/_')) return next();
    const leave = load.enter();
    if (!leave) {
      response.setHeader('Retry-After', RETRY_AFTER);
      throw new FaultError('unavailable', 'As much as can be carried is under way here; try again shortly.');
    }
    response.once('close', leave);
    next();
  };
