import type { RequestHandler } from 'express';
import { REQUEST_HEADERS, RESPONSE_HEADERS } from './headers.ts';

const ALLOWED_HEADERS = ['Accept', 'Authorization', 'Content-Type', ...Object.keys(REQUEST_HEADERS)].join(', ');
const EXPOSED_HEADERS = Object.keys(RESPONSE_HEADERS).join(', ');

/** Lets browsers of the configured origins read answers; no others, and none by default. */
export const createCors =
  (origins: readonly string[]): RequestHandler =>
  (request, response, next) => {
    const { origin } = request.headers;
    if (origin === undefined || !origins.includes(origin)) {
      next();
      return;
    }
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS);
    response.vary('Origin');
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
      next();
      return;
    }
    response.setHeader('Access-Control-Allow-Methods', 'GET, HEAD, POST');
    response.setHeader('Access-Control-Allow-Headers', ALLOWED_HEADERS);
    response.setHeader('Access-Control-Max-Age', '600');
    response.writeHead(204).end();
  };
