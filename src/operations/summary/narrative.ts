import type { Line } from './describe.ts';

/** A narrative as FHIR holds one. */
export interface Narrative {
  readonly status: 'generated';
  readonly div: string;
}

/** A line of a table, and the source that it came from. */
export interface SourcedLine extends Line {
  readonly source: string;
}

const HEADS = { what: 'What', detail: 'Detail', status: 'Status', date: 'Date', source: 'Source' } as const;

/** A table of what a section holds, with a column for all that any line says, and sentences below. */
export const tableNarrative = (lines: readonly SourcedLine[], sentences: readonly string[]): Narrative => {
  const columns = (Object.keys(HEADS) as (keyof SourcedLine)[]).filter((key) => lines.some((it) => it[key] !== ''));
  const head = columns.map((key) => `<th>${HEADS[key]}</th>`).join('');
  const rows = lines.map((it) => `<tr>${columns.map((key) => `<td>${escape(it[key])}</td>`).join('')}</tr>`).join('');
  const table = lines.length === 0 ? '' : `<table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table>`;
  return narrative(table + paragraphs(sentences));
};

/** Sentences, each a paragraph. */
export const textNarrative = (sentences: readonly string[]): Narrative => narrative(paragraphs(sentences));

const paragraphs = (sentences: readonly string[]): string => sentences.map((it) => `<p>${escape(it)}</p>`).join('');

const narrative = (content: string): Narrative => ({
  status: 'generated',
  div: `<div xmlns="http://www.w3.org/1999/xhtml">${content}</div>`,
});

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text that stands in XHTML as it is read; what XML cannot hold becomes U+FFFD. */
const escape = (written: string): string =>
  written
    // eslint-disable-next-line no-control-regex -- these are what XML has no place for
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD')
    .toWellFormed()
    .replace(/[&<>"]/g, (it) => ENTITIES[it] ?? it);
