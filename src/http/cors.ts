import type { RequestHandler } from 'express';

const ALLOWED_HEADERS = 'Accept, Authorization, Content-Type, If-None-Match, Prefer, X-Correlation-ID, X-Request-ID';
const EXPOSED_HEADERS = 'ETag, Last-Modified, Preference-Applied, X-Correlation-ID, X-Request-ID';

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
