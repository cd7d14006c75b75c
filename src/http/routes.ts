/** Where the FHIR API stands. */
export const FHIR_BASE = '/FHIR/R4';

export type Action =
  'ping' | 'status' | 'metadata' | 'search' | 'searchByPost' | 'read' | 'notBuilt' | 'definition' | 'definitions';

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly action: Action;
  /** The type, where the path holds no `:type`. */
  readonly type?: string;
}

/** Every route the door knows, the guide's own URLs as aliases among them. The order is that of matching. */
export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/_ping', action: 'ping' },
  { method: 'GET', path: '/_status', action: 'status' },
  { method: 'GET', path: `${FHIR_BASE}/metadata`, action: 'metadata' },
  { method: 'GET', path: `${FHIR_BASE}/StructureDefinition`, action: 'definitions', type: 'StructureDefinition' },
  { method: 'GET', path: `${FHIR_BASE}/StructureDefinition/:id`, action: 'definition', type: 'StructureDefinition' },
  { method: 'GET', path: `${FHIR_BASE}/CodeSystem`, action: 'definitions', type: 'CodeSystem' },
  { method: 'GET', path: `${FHIR_BASE}/CodeSystem/:id`, action: 'definition', type: 'CodeSystem' },
  { method: 'POST', path: `${FHIR_BASE}/:type/_search`, action: 'searchByPost' },
  { method: 'GET', path: `${FHIR_BASE}/:type`, action: 'search' },
  { method: 'GET', path: `${FHIR_BASE}/:type/:id`, action: 'read' },
  {
    method: 'GET',
    path: '/strategicapi/allergies/FHIR/R4/AllergyIntolerance',
    action: 'search',
    type: 'AllergyIntolerance',
  },
  { method: 'GET', path: '/medications/FHIR/R4/MedicationStatement', action: 'search', type: 'MedicationStatement' },
  { method: 'GET', path: '/summary/FHIR/R4/Composition', action: 'notBuilt' },
  { method: 'POST', path: '/strategicapi/discharge/FHIR/R4/Bundle', action: 'notBuilt' },
];
