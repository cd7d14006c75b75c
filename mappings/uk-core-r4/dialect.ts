import {
  DATA_ABSENT_REASON,
  type Dialect,
  type Hook,
  isObject,
  keepExtension,
  type Json,
  type Note,
  objects,
  sourceText,
} from '../../src/fhir/index.ts';
import { canonicalSystem, isSucceeded, VERIFICATION, VERIFICATION_CODES, VERIFICATION_ENGLAND } from './codes.ts';
import { createResolver, type Links } from './references.ts';

/**
 * How R4 servers write what UK Core writes otherwise: systems under another name, references by address, extensions of
 * their own, links into the source. Each alias and each strange extension is noted once for a record.
 */
export const createDialect = (links: Links, fullUrl: string | undefined): Dialect => {
  const resolve = createResolver(links, fullUrl);
  const withSystem: Hook = (value, _, note) => {
    const { system, code } = value;
    if (typeof system !== 'string') return value;
    const canonical = canonicalSystem(system, code);
    if (canonical === system) return value;
    note('aliased-system', 'system', system);
    return { ...value, system: canonical, ...(isSucceeded(system) && { _system: withText(value['_system'], system) }) };
  };
  return {
    Coding: withSystem,
    Identifier: withSystem,
    Quantity: withSystem,
    Age: withSystem,
    Duration: withSystem,
    CodeableConcept: (concept, _, note) => withVerificationCode(concept, note),
    Reference: (reference, _, note) => resolve(reference, note),
    Attachment: (attachment, _, note) => withoutLink(attachment, note),
    Extension: (extension, host, note) => {
      const kept = keepExtension(extension, host);
      if (kept !== extension) note('unknown-element', undefined, String(extension['url']));
      return kept;
    },
  };
};

/** The system's shadow with what the source wrote. */
const withText = (shadow: unknown, system: string): Json => {
  const own = isObject(shadow) ? shadow : {};
  return { ...own, extension: [...objects(own['extension']), sourceText(system)] };
};

/** The verification of an NHS number in the words of a retired system gets the code of its successor beside it. */
const withVerificationCode = (concept: Json, note: Note): Json => {
  const codings = objects(concept['coding']);
  const added = codings.flatMap(({ system, code, display }) => {
    const successor = system === VERIFICATION ? VERIFICATION_CODES.get(String(code)) : undefined;
    return successor === undefined ? [] : [{ system: VERIFICATION_ENGLAND, code: successor, display }];
  });
  if (added.length === 0) return concept;
  note('aliased-system', 'coding');
  return { ...concept, coding: [...codings, ...added] };
};

/** An attachment's address leads into the source and is not passed on; data that stand in the address are content. */
const withoutLink = (attachment: Json, note: Note): Json => {
  const { url, ...rest } = attachment;
  if (typeof url !== 'string' || url.startsWith('data:')) return attachment;
  note('foreign-link', 'url');
  return { ...rest, _url: { extension: [{ url: DATA_ABSENT_REASON, valueCode: 'masked' }] } };
};
