import type { Call, HttpRequest, HttpResponse, Tools } from '../../src/adapter/index.ts';
import { type Audit, auditJwt } from './audit-jwt.ts';

/** One interaction with a provider, as it stands in its API whatever the way there. */
interface Exchange extends Pick<HttpRequest, 'method' | 'path' | 'body'> {
  /** Its name in the directory of interactions, by which the proxy decides. */
  readonly interaction: string;
  readonly scope: Audit['scope'];
}

/** A way to a provider. Another one (a gateway that finds the practice by itself, say) is another function like these. */
export type Transport = (exchange: Exchange, call: Call) => Promise<HttpResponse>;

export interface Endpoint {
  /** The provider's FHIR base. */
  readonly baseUrl: string;
  readonly fromAsid: string;
  readonly toAsid: string;
}

const FHIR_JSON = 'application/fhir+json;charset=utf-8';

/** Straight to the provider. */
export const direct = (endpoint: Endpoint, tools: Tools): Transport => through(endpoint.baseUrl, endpoint, tools);

/** Through the Spine Secure Proxy, which wants the provider's whole URL behind its own. */
export const ssp = (proxyUrl: string, endpoint: Endpoint, tools: Tools): Transport =>
  through(`${proxyUrl}/${endpoint.baseUrl}`, endpoint, tools);

const through = (url: string, { baseUrl, fromAsid, toAsid }: Endpoint, { http, now, uuid }: Tools): Transport => {
  const client = http(url);
  return ({ interaction, scope, method, path, body }, call) =>
    client.send(
      {
        method,
        path,
        headers: {
          Accept: FHIR_JSON,
          ...(body !== undefined && { 'Content-Type': FHIR_JSON }),
          Authorization: `Bearer ${auditJwt({ actor: call.actor, audience: baseUrl, scope, now: now() })}`,
          'Ssp-TraceID': uuid(),
          'Ssp-From': fromAsid,
          'Ssp-To': toAsid,
          'Ssp-InteractionID': interaction,
        },
        ...(body !== undefined && { body }),
      },
      call,
    );
};
