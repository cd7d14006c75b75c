import { objects } from '../fhir/index.ts';
import { codesOf, textOf } from './codes.ts';
import { tokensOf } from './words.ts';

/** Where on the body a fact is. A side or place that is not told agrees with any, but never makes a key with one that is. */
export interface Site {
  readonly side: string | undefined;
  /** The place as sorted words, without the side. */
  readonly place: string;
  /** True where it has a code that nobody can read here, which may well tell a side. */
  readonly isUnread?: boolean;
}

const SIDES: Readonly<Record<string, string>> = {
  left: 'left',
  lt: 'left',
  l: 'left',
  lhs: 'left',
  right: 'right',
  rt: 'right',
  r: 'right',
  rhs: 'right',
  bilateral: 'both',
  both: 'both',
  bilat: 'both',
};

/** Sites that are often sent without their words. By identifier; the words are ours. */
const SITE_CODES: Readonly<Record<string, string>> = {
  '7771000': 'left',
  '24028007': 'right',
  '51440002': 'both',
  '287679003': 'left hip',
  '287579007': 'right hip',
  '82169009': 'left knee',
  '6757004': 'right knee',
  '8966001': 'left eye',
  '18944008': 'right eye',
  '80248007': 'left breast',
  '73056007': 'right breast',
};

const FILLER: ReadonlySet<string> = new Set(
  'structure region of entire part the body side joint area site qualifier value'.split(' ').flatMap(tokensOf),
);

/** Of a fact that has no place, or does not tell it. */
export const NOWHERE: Site = { side: undefined, place: '' };

/** Reads the body sites of a record, and the side that its code's texts tell. */
export const siteOf = (bodySite: unknown, texts: readonly string[]): Site => {
  if (bodySite === undefined && texts.length === 0) return NOWHERE;
  const sites = objects(bodySite);
  const codes = sites.flatMap(codesOf);
  const words = [
    ...codes.flatMap(({ code, display }) => [display, SITE_CODES[code]].flatMap((it) => it ?? [])),
    ...sites.flatMap((it) => textOf(it) ?? []),
  ];
  const sides = new Set([...words, ...texts].flatMap(sidesIn));
  const side = sides.has('both') || sides.size > 1 ? 'both' : [...sides][0];
  const told = words.length > 0 ? [] : codes.map((it) => it.code);
  const place = [...new Set([...words.flatMap(tokensOf), ...told])].filter((it) => !FILLER.has(it) && !(it in SIDES));
  return { side, place: place.sort().join(' '), ...(told.length > 0 && { isUnread: true }) };
};

const sidesIn = (told: string): readonly string[] => tokensOf(told).flatMap((it) => SIDES[it] ?? []);

/** A text without its words for a side. */
export const withoutSide = (told: string): string =>
  tokensOf(told)
    .filter((it) => !(it in SIDES))
    .join(' ');

/** True where neither side nor place contradict each other. */
export const sitesAgree = (a: Site, b: Site): boolean =>
  (a.side === b.side || (isSilent(a) && !a.isUnread) || (isSilent(b) && !b.isUnread)) &&
  (a.place === '' || b.place === '' || a.place.split(' ').some((it) => b.place.split(' ').includes(it)));

const isSilent = ({ side }: Site): boolean => side === undefined;
