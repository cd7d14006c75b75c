import { isNumber, type Json, objects, text } from '../fhir/index.ts';
import { codesOf, textOf } from './codes.ts';
import { remembered } from './remembered.ts';
import type { Terms } from './terms.ts';
import { ANTIGENS, DOSE_WORDS } from './vocabulary.ts';
import { tokensOf } from './words.ts';

/** What a vaccine is against, as sorted names: by its words, and by those of what a terminology joins to it. */
export const vaccineOf = (resource: Json, concepts: readonly unknown[], terms: Terms): readonly string[] => {
  const diseases = objects(resource['protocolApplied']).flatMap((it) => objects(it['targetDisease']));
  const codes = [...concepts, ...diseases].flatMap(codesOf);
  const near = codes.flatMap((it) => terms.matches(it));
  const far = near.flatMap((it) => terms.matches(it));
  const told = [...concepts, ...diseases].flatMap((it) => textOf(it) ?? []);
  const displays = [...codes, ...near, ...far].flatMap((it) => it.display ?? []);
  return [...new Set([...told, ...displays].flatMap(antigensIn))].sort();
};

const NAMES = Object.entries(ANTIGENS).map(
  ([antigen, names]) => [antigen, names.map((it) => ` ${tokensOf(it).join(' ')} `)] as const,
);

/** The antigens that a text names. Shingles is zoster, whatever the virus is called. */
const antigensIn = remembered((told): readonly string[] => {
  const padded = ` ${tokensOf(told).join(' ')} `;
  const found = NAMES.filter(([, names]) => names.some((it) => padded.includes(it))).map(([antigen]) => antigen);
  return found.includes('zoster') ? found.filter((it) => it !== 'varicella') : found;
});

/** The number of a dose in its course: as protocol, else by its words. */
export const dosesIn = (resource: Json, texts: readonly string[]): number | undefined => {
  const protocol = objects(resource['protocolApplied'])[0];
  const numbered = protocol?.['doseNumberPositiveInt'];
  if (isNumber(numbered)) return Number(numbered);
  const said = Number(text(protocol?.['doseNumberString']));
  if (said > 0) return said;
  return texts.flatMap((it) => doseIn(it) ?? [])[0];
};

const doseIn = (told: string): number | undefined => {
  const ordinal = tokensOf(told).flatMap((it) => DOSE_WORDS[it] ?? [])[0];
  if (ordinal !== undefined) return ordinal;
  const counted = /(?:dose|no\.?|number|#)\s*(\d)\b|\b(?:vaccine|vaccination)\s+(\d)\s*$/i.exec(told);
  return counted ? Number(counted[1] ?? counted[2]) : undefined;
};
