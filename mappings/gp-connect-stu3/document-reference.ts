import { dateForm, isObject, type Json, list, text } from '../../src/fhir/index.ts';
import { add, type Draft, type Move, type TypeMapping } from './move.ts';

const context: Move = (value, draft) => {
  if (!isObject(value) || value['related'] === undefined) add(draft, 'context', value);
  else
    add(draft, 'context', {
      ...value,
      related: list(value['related']).map((it) => (isObject(it) ? relatedTo(it) : it)),
    });
};

const relatedTo = ({ identifier, ref, ...rest }: Json): Json => ({
  ...rest,
  ...(isObject(ref) ? ref : {}),
  ...(isObject(identifier) && { identifier }),
});

/** `date` is when the entry was filed; when the document was written is said of its content. */
const dateContent = (draft: Draft, { created, indexed }: Json): void => {
  const written = text(created);
  const contents = list(draft['content']);
  const dated = contents.map((it) =>
    isUndated(it) ? { ...it, attachment: { ...it.attachment, creation: written } } : it,
  );
  if (written === undefined || dated.every((it, index) => it === contents[index])) {
    add(draft, 'created', created);
    return;
  }
  draft['content'] = dated;
  if (text(indexed) === undefined && dateForm(written) === 'time') add(draft, 'date', written);
};

const isUndated = (content: unknown): content is { readonly attachment: Json } =>
  isObject(content) && isObject(content['attachment']) && content['attachment']['creation'] === undefined;

export const documentReference: TypeMapping = {
  type: 'DocumentReference',
  elements: { class: 'category', indexed: 'date', created: () => undefined, context },
  finish: (draft, { body }) => dateContent(draft, body),
};
