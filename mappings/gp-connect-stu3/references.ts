import type { MappingContext, SourceRecord } from '../../src/adapter/index.ts';
import {
  DATA_ABSENT_REASON,
  type Hook,
  isObject,
  type Json,
  type Note,
  objects,
  type ResourceType,
  text,
} from '../../src/fhir/index.ts';
import { rowOf, without } from './objects.ts';

export type Context = MappingContext<Json>;

/** Stands where a value must be and none was sent. */
export const ABSENT = { extension: [{ url: DATA_ABSENT_REASON, valueCode: 'unknown' }] } as const;

/** STU3 types that R4 calls otherwise. */
const RENAMED: Readonly<Record<string, ResourceType>> = {
  ReferralRequest: 'ServiceRequest',
  ProcedureRequest: 'ServiceRequest',
};

/** The R4 name of a STU3 type. */
const r4Name = (kind: string): string => rowOf(RENAMED, kind) ?? kind;

/** As nearly all references are. */
const PLAIN = /^[A-Z][A-Za-z]+\/[^/\s#?]+$/;
const LOCAL = /^(?:https?:\/\/\S+\/)?([A-Z][A-Za-z]+)\/([^/\s#?]+)(?:\/_history\/[^/\s]+)?$/;

/** What a literal reference names, its server and version left off; undefined for one of another form. */
export const targetOf = (reference: unknown): { readonly kind: string; readonly id: string } | undefined => {
  if (typeof reference !== 'string') return undefined;
  if (PLAIN.test(reference)) {
    const slash = reference.indexOf('/');
    return { kind: reference.slice(0, slash), id: reference.slice(slash + 1) };
  }
  const [, kind, id] = LOCAL.exec(reference) ?? [];
  return kind !== undefined && id !== undefined ? { kind, id } : undefined;
};

/** The record of the same answer that a Reference names. */
export const follow = (reference: unknown, context: Context): SourceRecord<Json> | undefined => {
  const target = isObject(reference) ? targetOf(reference['reference']) : undefined;
  return target && context.find(target.kind, target.id);
};

/** References that were found to be right as they stand: nearly all are, and name one of a few. */
const soundReferences = (context: Context): Set<unknown> =>
  context.memo('gp-connect sound references', () => new Set<unknown>());

/**
 * Writes a Reference in R4 type names if the answer resolves it; takes the literal reference away if not. One to a
 * Patient always stays, for the identity gate to judge, and a sentence in place of a reference is left for its words.
 * @param contained the ids of the resources that the referring one contains.
 */
export const createFollower = (context: Context, contained: ReadonlySet<unknown>): Hook => {
  const sound = soundReferences(context);
  return (given, _, note) => {
    const written = text(given['reference']);
    if (written === undefined || sound.has(written)) return given;
    const reference = written.trim();
    if (reference === '') return given;
    if (reference.startsWith('#')) return contained.has(reference.slice(1)) ? given : withoutLiteral(given, note);
    const target = targetOf(reference);
    if (!target) return /^(?:urn|https?|file):/.test(reference) ? withoutLiteral(given, note) : given;
    const { kind, id } = target;
    if (kind !== 'Patient' && !context.find(kind, id)) return withoutLiteral(given, note);
    const name = r4Name(kind);
    // As long as its type and its id it holds nothing else.
    const isSound = name === kind && written.length === kind.length + 1 + id.length;
    if (!isSound) return { ...given, reference: `${name}/${id}` };
    sound.add(written);
    return given;
  };
};

const withoutLiteral = (given: Json, note: Note): Json => {
  note('unresolved-reference');
  const rest = without(given, 'reference');
  return text(rest['display']) !== undefined || isObject(rest['identifier'])
    ? rest
    : { ...rest, extension: [...objects(rest['extension']), ...ABSENT.extension] };
};
