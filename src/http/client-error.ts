import type { Socket } from 'node:net';
import { FaultError, faultOutcome } from '../fhir/index.ts';
import { FHIR_JSON } from './negotiate.ts';
import { SAFE_HEADERS } from './respond.ts';

/** What Node's parser refuses before Express sees a request, and how it is called there. */
const REASON: Readonly<Record<string, readonly [status: number, phrase: string, text: string]>> = {
  HPE_HEADER_OVERFLOW: [
    431,
    'Request Header Fields Too Large',
    'The address or the headers are longer than is accepted.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'The request did not come in whole in time.'],
};

/** Answers a request that is no HTTP with an OperationOutcome, as every other fault, and closes the connection. */
export const answerClientError = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, phrase, text] = REASON[error.code ?? ''] ?? [400, 'Bad Request', 'The request cannot be read.'];
  const body = JSON.stringify(faultOutcome(new FaultError('invalid', text)).outcome);
  const headers = {
    'Content-Type': `${FHIR_JSON}; charset=utf-8`,
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    Connection: 'close',
    ...SAFE_HEADERS,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${phrase}`, ...lines, '', body].join('\r\n'));
};
