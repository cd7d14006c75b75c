import { type Json, SYSTEM } from '../../src/fhir/index.ts';
import { codeOf, type CodeTable, pickList } from './codes.ts';
import type { Reader } from './reader.ts';
import type { Coded, Product } from './types.ts';

const SCTID = /^\d{6,18}$/;

/**
 * A CodeableConcept of a coded entry, or of words alone. The term is the source's wording of its own code, so it is the
 * display of that code only: what SNOMED CT calls the concept, the source does not say.
 * @param list the pick list that the local code is from.
 */
export const concept = <K extends string>(
  record: Reader<{ readonly [key in K]?: Coded }>,
  key: K,
  list: string,
): Json | undefined => {
  const coded: Reader<Coded> | undefined = record.object(key, AS_TERM);
  return coded && conceptOf(coded, list);
};

/** The same of a product, which may have a dm+d code. */
export const productConcept = (record: Reader<{ readonly product?: Product }>): Json | undefined => {
  const product = record.object('product', AS_TERM);
  const dmd = product?.text('dmdCode', SCTID);
  return product && conceptOf(product, 'product', dmd === undefined ? [] : [{ system: SYSTEM.dmd, code: dmd }]);
};

/** How a coded entry is read: where there are words alone, they are its term. */
export const AS_TERM = { word: 'term' } as const;

/** A CodeableConcept of a coded entry that was read {@link AS_TERM}. */
export const conceptOf = (coded: Reader<Coded>, list: string, coding: readonly Json[] = []): Json => {
  const snomed = coded.text('snomedCode', SCTID);
  const local = coded.text('localCode');
  const term = coded.text('term');
  return {
    coding: [
      ...coding,
      ...(snomed === undefined ? [] : [{ system: SYSTEM.snomed, code: snomed }]),
      ...(local === undefined ? [] : [{ system: pickList(list), code: local, display: term }]),
    ],
    text: term,
    ...coded.rest(),
  };
};

/** A CodeableConcept of one of the source's own words. */
export const wordConcept = (word: string | undefined, list: string): Json | undefined =>
  word === undefined ? undefined : { coding: [{ system: pickList(list), code: word }], text: word };

/** A CodeableConcept of a required R4 value set from a word of the source; a word it has no code for is kept aside. */
export const statusConcept = (word: string | undefined, system: string, table: CodeTable): Json | undefined => {
  if (word === undefined) return undefined;
  const code = codeOf(word, table);
  return { ...(code !== undefined && { coding: [{ system, code }] }), text: word };
};

export const plain = (text: string | undefined): Json | undefined => (text === undefined ? undefined : { text });

/** One value as the list that FHIR wants; nothing as nothing. */
export const one = <T>(value: T | undefined): readonly T[] | undefined => (value === undefined ? undefined : [value]);
