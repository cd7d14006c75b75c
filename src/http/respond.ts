import type { Response } from 'express';
import { FHIR_JSON } from './negotiate.ts';

/** Sends a FHIR resource. Clinical answers are never kept by anybody between us and the caller. */
export const sendResource = (response: Response, status: number, resource: unknown): void =>
  send(response, status, { type: FHIR_JSON, body: JSON.stringify(resource) });

/** Sends plain JSON: health and status. */
export const sendJson = (response: Response, status: number, body: unknown): void =>
  send(response, status, { type: 'application/json', body: JSON.stringify(body) });

const send = (
  response: Response,
  status: number,
  { type, body }: { readonly type: string; readonly body: string },
): void => {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'Content-Type': `${type}; charset=utf-8`,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  });
  response.end(body);
};

/** Headers of every answer, whatever becomes of it. */
export const SAFE_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
} as const;
