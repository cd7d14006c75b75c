import type { SearchParameter } from '../../../fhir/definitions/index.ts';
import { date } from './date.ts';
import type { ParameterKind } from './kind.ts';
import { number } from './number.ts';
import { quantity } from './quantity.ts';
import { reference } from './reference.ts';
import { string } from './string.ts';
import { token } from './token.ts';
import { uri } from './uri.ts';

/** The types of search parameters that are compared value by value. A composite is made of them. */
export const KINDS: Readonly<Partial<Record<SearchParameter['type'], ParameterKind>>> = {
  token,
  string,
  date,
  number,
  quantity,
  reference,
  uri,
};
