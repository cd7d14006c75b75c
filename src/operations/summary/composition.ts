import type { Composition, CompositionSection } from 'fhir/r4.js';
import { type FhirResource, type Json, type NhsNumber, SYSTEM, ukCoreProfile } from '../../fhir/index.ts';
import type { Held } from '../../search/held.ts';
import type { Assembler } from '../../search/provenance.ts';
import type { World } from '../../search/world.ts';
import type { Part } from '../record.ts';
import type { Chosen } from './choose.ts';
import { describe } from './describe.ts';
import { tableNarrative, textNarrative } from './narrative.ts';
import { codeOf } from './sections.ts';
import { emptyReason, isShort, sentencesOf, type Standing, standingsOf } from './standing.ts';

/** What a summary is composed of. */
export interface Composing {
  readonly id: string;
  readonly patient: NhsNumber;
  readonly facade: Assembler;
  /** When it was put together, as an instant. */
  readonly date: string;
  readonly chosen: readonly Chosen[];
  readonly parts: readonly Part[];
  readonly world: World;
  /** How each source stands to the whole. */
  readonly sources: readonly Standing[];
  /** The logical reference of a resource. */
  readonly referenceOf: (held: Held) => string;
  /** Where the ledger stands in the document. */
  readonly ledgerUrl: string;
}

/** The Composition of an International Patient Summary: what each section holds, and why one holds nothing. */
export const compose = (given: Composing): Composition => {
  const { id, patient, facade, date, chosen, sources, ledgerUrl } = given;
  const sections = chosen.flatMap((it) => sectionOf(it, given) ?? []);
  const author = {
    type: 'Organization',
    identifier: { system: SYSTEM.odsOrganisation, value: facade.ods },
    display: facade.name,
  };
  const confidentiality = highest(chosen.flatMap((it) => it.entries.map(({ local }) => local.resource)));
  return {
    resourceType: 'Composition',
    id,
    meta: { profile: [ukCoreProfile('Composition')] },
    text: textNarrative([
      `Summary of the record of the patient with the NHS number ${patient}, put together ${date} by ${facade.name}.`,
      ...sources.map(toldWhole),
    ]),
    status: 'final',
    type: {
      coding: [{ system: SYSTEM.loinc, code: SUMMARY_CODE, display: 'Patient summary Document' }],
    },
    subject: { reference: `Patient/${patient}` },
    date,
    author: [author],
    title: 'International Patient Summary',
    ...(confidentiality !== undefined && { confidentiality }),
    custodian: author,
    event: [
      {
        code: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActClass', code: 'PCPR' }] }],
        period: { end: date },
      },
    ],
    section: [
      ...sections,
      {
        title: 'Sources of this summary',
        code: { text: 'Sources of this summary' },
        text: textNarrative(sources.map(toldWhole)),
        entry: [{ reference: ledgerUrl }],
      },
    ],
  };
};

/** The LOINC code of a patient summary. */
export const SUMMARY_CODE = '60591-5';

const toldWhole = ({ source, status }: Standing): string =>
  sentencesOf([{ source, status }], false)[0] ?? `${source.title} answered.`;

const sectionOf = (
  { row, entries, earlier }: Chosen,
  { parts, world, referenceOf }: Composing,
): CompositionSection | undefined => {
  const standings = standingsOf(parts, row.types);
  if (row.optional && entries.length === 0 && !standings.some(isShort)) return undefined;
  const titles = new Map(standings.map(({ source }) => [source.id, source.title]));
  const lines = entries.map((held) => ({
    ...describe(
      held.local.resource as unknown as Json,
      (it) => world.follow(held, it)?.local.resource as Json | undefined,
    ),
    source: titles.get(held.source) ?? held.source,
  }));
  const isEmpty = entries.length === 0;
  const reason = isEmpty ? emptyReason(standings) : undefined;
  const sentences = [
    ...(reason?.text === undefined ? [] : [reason.text]),
    ...(earlier === 0
      ? []
      : [`The latest of each test of each source; ${earlier} earlier ones are in the whole record.`]),
    ...sentencesOf(standings, isEmpty),
  ];
  return {
    title: row.title,
    code: codeOf(row),
    text: tableNarrative(lines, sentences),
    ...(reason ? { emptyReason: reason } : { entry: entries.map((it) => ({ reference: referenceOf(it) })) }),
  };
};

const LEVELS = ['U', 'L', 'M', 'N', 'R', 'V'] as const;

/** The highest confidentiality that an entry carries; none where none carries any. */
const highest = (resources: readonly FhirResource[]): (typeof LEVELS)[number] | undefined => {
  const codes = new Set(
    resources.flatMap((it) =>
      (it.meta?.security ?? []).flatMap(({ system, code }) => (system === LABELS ? [code] : [])),
    ),
  );
  return LEVELS.toReversed().find((it) => codes.has(it));
};

const LABELS = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
