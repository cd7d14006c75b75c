import { type Json, objects, ourExtension, remembered, SYSTEM, text } from '../../src/fhir/index.ts';
import { codings, DEGRADED, systemOf } from './codes.ts';
import { without } from './objects.ts';

/** True for the extension that holds a SNOMED CT description; its url is spelt in several ways. */
export const isDescription = ({ url }: Json): boolean => isDescriptionUrl(String(url));

const isDescriptionUrl = remembered((url) => /\/extension-coding-sct-?d(?:esc|ec)s?id(?:-\d+)?$/i.test(url));

/** A part of a description extension by its name, whatever its case and value type. */
export const descriptionPart = (extension: Json, name: 'descriptionid' | 'descriptiondisplay'): string | undefined => {
  const part = objects(extension['extension']).find(({ url }) => url === name || String(url).toLowerCase() === name);
  return part && text(part['valueString'] ?? part['valueId'] ?? part['valueCode']);
};

/**
 * The words to show for a concept: its text where it has one, else the description that the clinician chose, else a
 * display. Of several codings the one that the user selected speaks first, then SNOMED CT; a placeholder of a record
 * transfer never.
 */
export const wordsOf = (concept: Json): string | undefined =>
  text(concept['text']) ?? spoken(concept, chosenDescription) ?? spoken(concept, (coding) => text(coding['display']));

const chosenDescription = (coding: Json): string | undefined => {
  if (coding['extension'] === undefined) return undefined;
  const description = objects(coding['extension']).find(isDescription);
  return description && descriptionPart(description, 'descriptiondisplay');
};

const spoken = (concept: Json, say: (coding: Json) => string | undefined): string | undefined => {
  let words: string | undefined;
  let rank = -1;
  for (const coding of codings(concept)) {
    const isSnomed = coding['system'] === SYSTEM.snomed;
    const own = coding['userSelected'] === true ? 2 : isSnomed ? 1 : 0;
    if (own <= rank || (isSnomed && DEGRADED.has(coding['code']))) continue;
    const said = say(coding);
    if (said === undefined) continue;
    words = said;
    rank = own;
  }
  return words;
};

/** A concept with the clinician's words as its text. A text that the source sent is never replaced. */
export const readConcept = (given: Json): Json => {
  const words = wordsOf(given);
  return words === undefined || words === given['text'] ? given : { ...given, text: words };
};

/** False for words in place of a URI. */
const isUri = remembered((system) => /^[a-z][a-z0-9+.-]*:/i.test(system) || system.trim() === '');

/** A Coding, Identifier or Quantity with its system as R4 names it; words that are no URI are kept as the source's text. */
export const readSystem = (given: Json): Json => {
  const before = given['system'];
  if (before === undefined || before === SYSTEM.snomed) return given;
  const system = systemOf(before, given['code']);
  if (typeof system !== 'string' || isUri(system)) return system === before ? given : { ...given, system };
  return {
    ...without(given, 'system'),
    _system: { extension: [{ url: ourExtension('source-text'), valueString: system }] },
  };
};
