import { isBlank, type Json, ourExtension } from '../../src/fhir/index.ts';
import { HL7, idSystem } from './codes.ts';
import { one, plain } from './concepts.ts';
import type { Desk } from './desk.ts';
import { type Kind, KINDS } from './kinds.ts';
import type { Reader } from './reader.ts';
import type { Entry, YesNo } from './types.ts';

/**
 * `meta` of an entry that the source marks as restricted. `N` is no mark; a value that is neither `Y` nor `N` is taken
 * for one, lest a sensitive entry pass for an open one, and is kept as it was.
 */
export const meta = (entry: Reader<{ readonly restricted?: YesNo }>): Json | undefined =>
  (entry.flag('restricted') ?? !isBlank(entry.given['restricted']))
    ? { security: [{ system: HL7.confidentiality, code: 'R', display: 'restricted' }] }
    : undefined;

/** The source's own id as an identifier. */
export const identifier = (kind: string, id: string | undefined): Json | undefined =>
  id === undefined ? undefined : { system: idSystem(kind), value: id };

/** What every entry has: mark of restriction, identifier, and the reference to its patient. */
export const readEntry = (
  entry: Reader<Entry>,
  kind: Kind,
  { link }: Desk,
): {
  readonly meta: Json | undefined;
  readonly identifier: readonly Json[] | undefined;
  readonly patient: Json | undefined;
} => ({
  meta: meta(entry),
  identifier: one(identifier(kind, entry.text(KINDS[kind].idKey as keyof Entry))),
  patient: link('Patient', 'patient', entry.text('patientId')),
});

/** The contact at which an entry was recorded. */
export const encounterOf = (entry: Reader<Entry>, { link }: Desk): Json | undefined =>
  link('Encounter', 'contacts', entry.text('relatedContactId'));

/** Free text as an Annotation, where R4 has a place for it. */
export const notes = (entry: Reader<{ readonly notes?: string }>): readonly Json[] | undefined =>
  one(plain(entry.text('notes')));

/** Free text of a type that R4 gives no notes. */
export const noteExtensions = (entry: Reader<{ readonly notes?: string }>): readonly Json[] =>
  (notes(entry) ?? []).map((it) => ({ url: ourExtension('note'), valueAnnotation: it }));

/** When an entry is due to be looked at again. */
export const reviewDate = (
  entry: Reader<{ readonly reviewDate?: string }>,
  type: string,
  { when }: Desk,
): readonly Json[] => {
  const date = when(`${type}.extension.valueDateTime`, entry.text('reviewDate'));
  return Object.keys(date).length > 0 ? [{ url: ourExtension('review-date'), ...date }] : [];
};
