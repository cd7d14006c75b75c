import { type Agent as HttpAgent, request as httpRequest } from 'node:http';
import { type Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { AxiosAdapter } from 'axios';

/**
 * Lets axios reach servers over `node:http` itself: its own way there knows redirects, proxies, forms, packing and progress,
 * none of which a source may use, and takes three times the CPU of a small answer. The body is a stream, as it comes.
 */
export const overNode =
  (agents: { readonly 'http:': HttpAgent; readonly 'https:': HttpsAgent }): AxiosAdapter =>
  (config) =>
    new Promise((resolve, reject) => {
      const { method = 'GET', headers } = config;
      const url = new URL(config.url ?? '');
      const options = {
        method: method.toUpperCase(),
        headers: headers.toJSON() as Record<string, string>,
        signal: config.signal as AbortSignal,
      };
      const request =
        url.protocol === 'https:'
          ? httpsRequest(url, { ...options, agent: agents['https:'] })
          : httpRequest(url, { ...options, agent: agents['http:'] });
      request.once('response', (answer) =>
        resolve({
          data: answer,
          status: answer.statusCode ?? 0,
          statusText: answer.statusMessage ?? '',
          headers: answer.headers as Record<string, string>,
          config,
          request,
        }),
      );
      request.on('error', reject);
      request.end(config.data);
    });
