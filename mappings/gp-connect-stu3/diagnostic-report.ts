import { isObject, list, objects, text } from '../../src/fhir/index.ts';
import { codings, SNOMED } from './codes.ts';
import { wordsOf } from './concepts.ts';
import { add, type Draft, keepAside, type Move, type Scope, type TypeMapping } from './move.ts';
import { follow } from './references.ts';

const performer: Move = (value, draft) => {
  for (const one of list(value)) {
    if (!isObject(one) || !isObject(one['actor'])) {
      add(draft, 'performer', [one]);
      continue;
    }
    const { actor, ...rest } = one;
    add(draft, 'performer', [actor]);
    keepAside(draft, 'performer', rest);
  }
};

/** Every report has the same code, which tells nothing: the one heading among its results names it. */
const nameReport = (draft: Draft, { body, context }: Scope): void => {
  const code = draft['code'];
  if (!isObject(code) || text(code['text']) !== undefined) return;
  if (!codings(code).some((it) => it['code'] === SNOMED.diagnosticReport)) return;
  const headings = objects(body['result'])
    .map((it) => follow(it, context)?.body)
    .filter((it) => objects(it?.['related']).some(({ type }) => type === 'has-member'));
  const [heading] = headings;
  const words = headings.length === 1 && isObject(heading?.['code']) ? wordsOf(heading['code']) : undefined;
  if (words !== undefined) draft['code'] = { ...code, text: words };
};

export const diagnosticReport: TypeMapping = {
  type: 'DiagnosticReport',
  elements: {
    context: 'encounter',
    codedDiagnosis: 'conclusionCode',
    image: 'media',
    performer,
  },
  finish: nameReport,
};
