import type { SaxesAttributeNS, SaxesParser, SaxesTagNS } from 'saxes';
import { XHTML } from './shape.ts';

/** A narrative while it is read: its text is cut from the document, so that it stays as its author wrote it. */
export interface Narrative {
  /** Elements open inside the div. */
  readonly depth: number;
  readonly open: () => void;
  readonly close: () => void;
  readonly comment: (text: string) => void;
  readonly cdata: (text: string) => void;
  /** The text of the div. */
  readonly end: () => string;
}

/** Begins at the end of the tag of the div. */
export const startNarrative = (text: string, parser: SaxesParser<{ xmlns: true }>, tag: SaxesTagNS): Narrative => {
  // No attribute holds a `<`, so the last one begins the tag.
  let from = text.lastIndexOf('<', parser.position - 1);
  let kept = '';
  let depth = 0;
  if (!('xmlns' in tag.attributes)) {
    kept = `<div xmlns="${XHTML}"`;
    from += '<div'.length;
  }
  const replace = (start: number, end: number, instead: string): void => {
    kept += text.slice(from, start) + instead;
    from = end;
  };
  return {
    get depth() {
      return depth;
    },
    open: () => void (depth += 1),
    close: () => void (depth -= 1),
    // The parser tells of a comment before it has read the last `>`.
    comment: (it) => replace(parser.position + 1 - `<!--${it}-->`.length, parser.position + 1, ''),
    cdata: (it) =>
      replace(
        parser.position - `<![CDATA[${it}]]>`.length,
        parser.position,
        it.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;'),
      ),
    end: () => kept + text.slice(from, parser.position),
  };
};

/** True for a tag that needs nothing of the document around it: XHTML, without prefixes but `xml:`. */
export const isPlainXhtml = ({ uri, prefix, attributes }: SaxesTagNS): boolean =>
  uri === XHTML &&
  prefix === '' &&
  Object.values<SaxesAttributeNS>(attributes).every(
    (it) => it.prefix === '' || it.prefix === 'xml' || it.name === 'xmlns',
  );
