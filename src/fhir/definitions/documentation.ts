import texts from './search-documentation.json' with { type: 'json' };
import type { ResourceType } from '../types.ts';

/** What FHIR R4 says of one search parameter. */
export interface SearchDocumentation {
  /** The canonical of its definition. */
  readonly definition: string;
  readonly text: string;
}

const byType = texts as unknown as Readonly<
  Record<string, Readonly<Record<string, readonly [id: string, text: string]>>>
>;

/** What R4 says of a search parameter of a type, those of every resource included; undefined where R4 has none. */
export const searchDocumentation = (type: ResourceType, code: string): SearchDocumentation | undefined => {
  const [id, text] = byType[type]?.[code] ?? byType['Resource']?.[code] ?? [];
  return id === undefined || text === undefined
    ? undefined
    : { definition: `http://hl7.org/fhir/SearchParameter/${id}`, text };
};
