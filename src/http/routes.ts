/** Where the FHIR API stands. */
export const FHIR_BASE = '/FHIR/R4';

/** What answers in plain JSON. */
export type PlainAction = 'ping' | 'status' | 'openapi';

/** What answers with a FHIR resource, alone or as an entry of a batch. */
export type FhirAction =
  'metadata' | 'search' | 'read' | 'operation' | 'batch' | 'notBuilt' | 'definition' | 'definitions';

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly action: PlainAction | FhirAction;
  /** The type, where the path holds no `:type`. */
  readonly type?: string;
  /** What a POST holds; nothing is read where left out. */
  readonly takes?: 'form' | 'resource';
}

/** Our own definitions of one type. */
const definitions = (type: string): readonly Route[] => [
  { method: 'GET', path: `${FHIR_BASE}/${type}`, action: 'definitions', type },
  { method: 'GET', path: `${FHIR_BASE}/${type}/:id`, action: 'definition', type },
];

/** The operations at one level: which of them are served there, and of what, is for their own table to say. */
const operation = (below: string): readonly Route[] => [
  { method: 'GET', path: `${FHIR_BASE}${below}`, action: 'operation' },
  { method: 'POST', path: `${FHIR_BASE}${below}`, action: 'operation', takes: 'resource' },
];

/** Every route the door knows, the guide's own URLs as aliases among them. The order is that of matching. */
export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/_ping', action: 'ping' },
  { method: 'GET', path: '/_status', action: 'status' },
  { method: 'GET', path: '/openapi.json', action: 'openapi' },
  { method: 'GET', path: `${FHIR_BASE}/metadata`, action: 'metadata' },
  ...definitions('StructureDefinition'),
  ...definitions('CodeSystem'),
  ...definitions('OperationDefinition'),
  { method: 'POST', path: FHIR_BASE, action: 'batch', takes: 'resource' },
  ...operation('/$:operation'),
  ...operation('/:type/$:operation'),
  ...operation('/:type/:id/$:operation'),
  { method: 'POST', path: `${FHIR_BASE}/:type/_search`, action: 'search', takes: 'form' },
  { method: 'GET', path: `${FHIR_BASE}/:type`, action: 'search' },
  { method: 'GET', path: `${FHIR_BASE}/:type/:id`, action: 'read' },
  {
    method: 'GET',
    path: '/strategicapi/allergies/FHIR/R4/AllergyIntolerance',
    action: 'search',
    type: 'AllergyIntolerance',
  },
  { method: 'GET', path: '/medications/FHIR/R4/MedicationStatement', action: 'search', type: 'MedicationStatement' },
  { method: 'GET', path: '/summary/FHIR/R4/Composition', action: 'search', type: 'Composition' },
  { method: 'POST', path: '/strategicapi/discharge/FHIR/R4/Bundle', action: 'notBuilt' },
];

export interface Matched {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** The route of an address, as the door finds it; undefined where nothing is served there by this method. */
export const matchRoute = (method: string, path: string): Matched | undefined => {
  for (const route of ROUTES) {
    const params = route.method === method ? matchPath(route.path, path) : undefined;
    if (params) return { route, params };
  }
  return undefined;
};

/** `/:type/$:operation` against `/Patient/$everything`: a segment is a word, or a parameter behind a prefix or none. */
const matchPath = (pattern: string, path: string): Readonly<Record<string, string>> | undefined => {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, segment] of wanted.entries()) {
    const [prefix = '', name] = segment.split(':');
    const found = given[at] ?? '';
    if (name === undefined ? found !== segment : !found.startsWith(prefix) || found.length === prefix.length)
      return undefined;
    const value = name === undefined ? '' : decoded(found.slice(prefix.length));
    if (value === undefined) return undefined;
    if (name !== undefined) params[name] = value;
  }
  return params;
};

const decoded = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
};
