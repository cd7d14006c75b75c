/** A header that means something here. */
export interface Header {
  readonly documentation: string;
  readonly example?: string;
}

/** What a caller may send beside what every HTTP client does. */
export const REQUEST_HEADERS: Readonly<Record<string, Header>> = {
  Prefer: {
    documentation:
      '`handling=lenient` passes over parameters that are not served, and names them; `completeness=strict` turns a partial answer into a 502 or 504; `merge=none`, `link` or `collapse` says how links between records are shown.',
    example: 'completeness=strict',
  },
  'If-None-Match': { documentation: 'The ETag of an answer that the caller has: 304 where it is still the same.' },
  'X-Request-ID': { documentation: 'The caller’s id of this request, mirrored.' },
  'X-Correlation-ID': {
    documentation: 'What ties requests of one doing together, mirrored; a UUID also stands in our logs.',
  },
};

/** What an answer says of itself. */
export const RESPONSE_HEADERS: Readonly<Record<string, Header>> = {
  ETag: { documentation: 'The same for the same content, whenever it was asked for.' },
  'Last-Modified': { documentation: 'When the source last changed a resource that was read, if it says so.' },
  'Preference-Applied': { documentation: 'How links are shown, where `Prefer: merge` asked for it.' },
  'Retry-After': { documentation: 'Seconds after which to come again; with 503.' },
  'Server-Timing': {
    documentation: 'Milliseconds that each source took, by its id, and the whole time until the answer.',
  },
  'X-Request-ID': { documentation: 'As the caller sent it.' },
  'X-Correlation-ID': { documentation: 'As the caller sent it.' },
};
