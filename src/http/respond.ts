import type { Request, Response } from 'express';
import type { FhirResource } from '../fhir/index.ts';
import { etagOf, typeOf, writeBody } from './body.ts';
import { codingFor, lengthOf, pack, type Packed } from './compress.ts';
import type { Format } from './negotiate.ts';
import { serverTiming } from './server-timing.ts';

/** An answer on its way out. */
export interface Answer {
  readonly status: number;
  readonly resource: FhirResource;
  readonly format: Format;
  /** When work on it began, by the clock of `performance.now`. */
  readonly startedAt?: number;
}

/**
 * Sends a FHIR resource in the form asked for, compressed if asked, with an ETag; 304 where the caller has it already.
 * Clinical answers are never kept by anybody between us and the caller.
 */
export const sendResource = async (
  request: Request,
  response: Response,
  { status, resource, format, startedAt }: Answer,
): Promise<void> => {
  if (response.headersSent || response.destroyed) return;
  const etag = etagOf(resource, format.form);
  const modified = lastModified(resource);
  response.vary('Accept, Accept-Encoding, Prefer');
  const headers = {
    'Content-Type': `${typeOf(format)}; charset=utf-8`,
    'Cache-Control': 'no-store',
    ...(startedAt !== undefined && { 'Server-Timing': serverTiming(resource, performance.now() - startedAt) }),
    ...(status === 200 && { ETag: etag, ...(modified && { 'Last-Modified': modified.toUTCString() }) }),
  };
  if (status === 200 && isFresh(request.headers['if-none-match'], etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  const body = await writeBody(resource, format, codingFor(request.headers['accept-encoding']));
  sendBody(response, status, { headers, body });
};

/** True where a caller holds this content already: a weak comparison, as If-None-Match wants it. */
export const isFresh = (given: string | undefined, etag: string): boolean =>
  given !== undefined &&
  (given.trim() === '*' || given.split(',').some((it) => it.trim().replace(/^W\//, '') === etag.replace(/^W\//, '')));

/** When a resource was last changed, where its source says so. */
export const lastModified = ({ resourceType, meta }: FhirResource): Date | undefined => {
  const written = resourceType === 'Bundle' ? undefined : meta?.lastUpdated;
  const date = new Date(written ?? NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
};

/** Sends a public document that is the same for everybody until the next start; 304 where the caller has it already. */
export const sendDocument = async (
  request: Request,
  response: Response,
  { text, etag }: { readonly text: string; readonly etag: string },
): Promise<void> => {
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'public, max-age=300',
    Vary: 'Accept-Encoding',
    ETag: etag,
  };
  if (isFresh(request.headers['if-none-match'], etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  const body = await pack([Buffer.from(text)], codingFor(request.headers['accept-encoding']));
  sendBody(response, 200, { headers, body });
};

/** The caller may have gone meanwhile: writing is then a no-op. */
const sendBody = (
  response: Response,
  status: number,
  { headers, body: { parts, coding } }: { readonly headers: object; readonly body: Packed },
): void => {
  response.writeHead(status, {
    ...headers,
    ...(coding !== undefined && { 'Content-Encoding': coding }),
    'Content-Length': lengthOf(parts),
  });
  response.cork();
  for (const it of parts) response.write(it);
  response.end();
};

/** Sends plain JSON: health and status. */
export const sendJson = (response: Response, status: number, body: unknown): void => {
  if (response.headersSent || response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
  });
  response.end(text);
};

/** Headers of every answer, whatever becomes of it. */
export const SAFE_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
} as const;
