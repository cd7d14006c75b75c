import { type CodeableConcept, type ResourceType, SYSTEM } from '../../fhir/index.ts';
import { type SourceStatus, STATUS } from '../../search/account/status.ts';
import type { ConfiguredSource } from '../../sources/registry.ts';
import type { Part } from '../record.ts';

/** How one source stands to a section: the gravest of what it said of the types that the section shows. */
export interface Standing {
  readonly source: ConfiguredSource;
  readonly status: SourceStatus;
}

/** How each source stands to some types. */
export const standingsOf = (parts: readonly Part[], types: readonly ResourceType[]): readonly Standing[] => {
  const bySource = new Map<ConfiguredSource, SourceStatus[]>();
  for (const { type, contribution } of parts) {
    if (!types.includes(type)) continue;
    const { source, status } = contribution;
    bySource.set(source, [...(bySource.get(source) ?? []), status]);
  }
  return [...bySource].map(([source, statuses]) => ({ source, status: gravest(statuses) }));
};

/** What is missing weighs more than what is there, and what is there more than what nobody asked for. */
const gravest = (statuses: readonly SourceStatus[]): SourceStatus =>
  statuses.find((it) => it !== 'not-searchable' && !STATUS[it].complete) ??
  (['answered', 'empty', 'not-known-here', 'not-searchable'] as const).find((it) => statuses.includes(it)) ??
  'not-asked';

/** True where a source may hold something that is not here. */
export const isShort = ({ status }: Standing): boolean => status !== 'not-searchable' && !STATUS[status].complete;

const LIST_EMPTY_REASON = 'http://terminology.hl7.org/CodeSystem/list-empty-reason';

/**
 * Why a section is empty: nobody was asked, something is held back, or nothing could be had. That there is nothing to know is
 * for a clinician to say, and then it is an entry; so `nilknown` is never among them. Beside the reason stands what each
 * source did, in the words of the ledger.
 */
export const emptyReason = (standings: readonly Standing[]): CodeableConcept => {
  const asked = standings.filter((it) => it.status !== 'not-asked' && it.status !== 'not-searchable');
  // An answer that brought nothing for this section brought something for another of the same type.
  const told = asked.map(({ status }) => (status === 'answered' ? 'empty' : status));
  const code = asked.length === 0 ? 'notasked' : told.includes('withheld') ? 'withheld' : 'unavailable';
  const statuses = asked.length === 0 ? (['not-asked'] as const) : new Set<SourceStatus>(told);
  return {
    coding: [
      { system: LIST_EMPTY_REASON, code },
      ...[...statuses].map((status) => ({ system: SYSTEM.sourceStatus, code: status })),
    ],
    text: REASONS[code],
  };
};

const REASONS = {
  notasked: 'No source that is connected here can hold this.',
  withheld: 'A source holds this back.',
  unavailable: 'No entry could be had. That is not the same as nothing to know.',
} as const;

/** What a reader is told of the sources beside the entries: of each one that is not simply in. */
export const sentencesOf = (standings: readonly Standing[], isEmpty: boolean): readonly string[] =>
  standings.flatMap(({ source, status }) => {
    const shown = status === 'answered' && isEmpty ? 'empty' : status;
    return shown === 'answered' || (!isEmpty && STATUS[shown].complete && shown !== 'not-known-here')
      ? []
      : [`${source.title} ${STATUS[shown].text}`];
  });
