/** Why a source gave no usable answer. One table in the search room turns a kind into ledger status, issue and HTTP code. */
export type SourceErrorKind =
  | 'not-known-here' // the source answered: it holds no accessible record of this patient
  | 'timeout'
  | 'unavailable' // no connection, or the source says that it cannot serve now
  | 'throttled'
  | 'refused' // the source will not give it to us: consent, relationship, credentials, or a request it rejects
  | 'invalid-response' // what came cannot be what the source's API promises
  | 'wrong-patient';

/** The one error an adapter throws. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly kind: SourceErrorKind;
  /** Seconds after which the source may be asked again. */
  readonly retryAfter: number | undefined;
  /** A code of the source's own closed vocabulary, such as NO_PATIENT_CONSENT; never free text that it sent. */
  readonly reason: { readonly system: string; readonly code: string } | undefined;

  constructor(
    kind: SourceErrorKind,
    detail: {
      readonly retryAfter?: number | undefined;
      readonly reason?: { readonly system: string; readonly code: string } | undefined;
    } = {},
  ) {
    super(kind);
    this.kind = kind;
    this.retryAfter = detail.retryAfter;
    this.reason = detail.reason;
  }
}

/** Which error an HTTP status of a source stands for, where its API says nothing more exact. */
export const statusError = (status: number, retryAfter?: number): SourceError => {
  if (status === 429) return new SourceError('throttled', { retryAfter });
  if (status === 408 || status === 504) return new SourceError('timeout', { retryAfter });
  if (status >= 500) return new SourceError('unavailable', { retryAfter });
  if (status >= 400) return new SourceError('refused');
  return new SourceError('invalid-response');
};
