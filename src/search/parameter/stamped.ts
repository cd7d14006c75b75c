import type { SearchParameter } from '../../fhir/definitions/index.ts';
import type { Json } from '../../fhir/index.ts';
import { stamp } from '../../mapping/release.ts';
import { extractor } from './extract.ts';
import type { Held } from '../held.ts';

/** The values of a search parameter as the answer will show them: what the facade stamps into `meta` is searched, too. */
export const readStamped = ({
  expression,
}: Pick<SearchParameter, 'expression'>): ((held: Held) => readonly unknown[]) => {
  const extract = extractor(expression);
  if (!expression.startsWith('Resource.meta.')) return ({ local }) => extract(local.resource as unknown as Json);
  return ({ source, local }) => extract({ meta: stamp(local.type, source, local.resource.meta) });
};
