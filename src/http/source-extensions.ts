import { type Extension, ourExtension, type ResourceType } from '../fhir/index.ts';
import type { ConfiguredSource } from '../sources/registry.ts';

/** One of the sources behind the endpoint, and how it is asked: our extension `configured-source`. */
export const sourceExtension = ({ id, title, required, capabilities }: ConfiguredSource): Extension => ({
  url: ourExtension('configured-source'),
  extension: [
    { url: 'source', valueCode: id },
    { url: 'title', valueString: title },
    { url: 'scope', valueCode: capabilities.scope },
    { url: 'lineage', valueCode: capabilities.lineage },
    ...(required ? [{ url: 'required', valueBoolean: true }] : []),
  ],
});

/** What each source that holds a type can do with it: our extension `type-at-source`. */
export const typeExtensions = (type: ResourceType, sources: readonly ConfiguredSource[]): Extension[] =>
  sources.flatMap(({ id, capabilities: { scope, types } }) => {
    const own = types[type];
    if (!own) return [];
    // A source that is asked for the whole record is asked for no part of it.
    const filters = scope === 'record' ? [] : Object.entries(own.search ?? {});
    return [
      {
        url: ourExtension('type-at-source'),
        extension: [
          { url: 'source', valueCode: id },
          ...(own.read ? [{ url: 'interaction', valueCode: 'read' }] : []),
          ...(own.search ? [{ url: 'interaction', valueCode: 'search-type' }] : []),
          ...filters.map(([name, pushdown]) => ({ url: pushdown, valueString: name })),
        ],
      },
    ];
  });
