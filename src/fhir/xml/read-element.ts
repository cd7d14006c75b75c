import type { SaxesAttributeNS, SaxesTagNS } from 'saxes';
import { FaultError } from '../outcome.ts';
import { readValue } from './read-value.ts';
import { FHIR, isResource, type Shape, type Shapes, shapesOf, XHTML } from './shape.ts';

/** JSON under construction. */
export type Draft = Record<string, unknown>;

/** An element whose end has not come. */
export interface Frame {
  readonly name: string;
  /** Undefined for a resource, which is named by its type. */
  readonly shape: Shape | undefined;
  /** What may stand in it. */
  readonly shapes: Shapes;
  /** Its JSON; of a primitive the id and extensions. */
  readonly draft: Draft;
  /** Of a primitive its value, of an element around a resource that resource. */
  value: unknown;
}

const NONE: Shapes = new Map();

/** @throws FaultError always: what came is no FHIR XML. */
export const refuse = (text: string, path?: string): never => {
  throw new FaultError('invalid', text, path === '' ? undefined : path);
};

/** The element that a tag opens: a resource where one is expected, else one that R4 has there. */
export const openElement = ({ local, uri }: SaxesTagNS, stack: readonly Frame[]): Frame => {
  const above = stack.at(-1);
  const within = above?.shape?.form === 'resource' || !above;
  const shape = within ? undefined : above.shapes.get(local);
  if (uri !== (shape?.form === 'xhtml' ? XHTML : FHIR))
    refuse(`Elements are expected in the namespace ${FHIR}, narratives in ${XHTML}.`, pathOf(stack, local));
  if (within) {
    if (!isResource(local)) refuse('A resource of R4 is expected.', pathOf(stack, local));
    if (above?.value !== undefined) refuse('One resource is expected.', pathOf(stack));
    return { name: local, shape, shapes: shapesOf(local), draft: { resourceType: local }, value: undefined };
  }
  if (!shape || shape.form === 'attribute') return refuse('R4 has no such element here.', pathOf(stack, local));
  if (!shape.many && (above.draft[shape.name] !== undefined || above.draft[shape.shadow] !== undefined))
    refuse('One element of this name is expected.', pathOf(stack, local));
  return { name: local, shape, shapes: shapesIn(shape), draft: {}, value: undefined };
};

const shapesIn = ({ form, type }: Shape): Shapes =>
  form === 'complex' ? shapesOf(type) : form === 'primitive' ? shapesOf('Element') : NONE;

/** Reads the attributes of the element that was opened last. */
export const readAttributes = (frame: Frame, tag: SaxesTagNS, stack: readonly Frame[]): void => {
  for (const name in tag.attributes) {
    const attribute = tag.attributes[name] as SaxesAttributeNS;
    if (isDeclaration(attribute, stack)) continue;
    const { value } = attribute;
    const primitive = frame.shape?.form === 'primitive' && name === 'value';
    if (!primitive && frame.shapes.get(name)?.form !== 'attribute')
      refuse('R4 has no such attribute here.', pathOf(stack, name));
    if (value === '') refuse('An attribute is never empty.', pathOf(stack));
    if (!primitive) frame.draft[name] = value;
    else frame.value = readValue(frame.shape.type, value) ?? refuse('The value is not of its type.', pathOf(stack));
  }
};

/** What says nothing about the resource: namespaces, and where a schema might be, which nobody fetches. */
const isDeclaration = ({ local, uri }: SaxesAttributeNS, stack: readonly Frame[]): boolean =>
  uri === 'http://www.w3.org/2000/xmlns/' ||
  (stack.length === 1 && uri === 'http://www.w3.org/2001/XMLSchema-instance' && local === 'schemaLocation');

/** Puts the last element, which has come to its end, where it belongs. */
export const closeElement = (frame: Frame, stack: readonly Frame[]): Draft => {
  const { shape, draft, value } = frame;
  const above = stack.at(-2);
  if (!above) return draft;
  if (!shape) above.value = draft;
  else if (value === undefined && isEmpty(draft)) refuse('An element is never empty.', pathOf(stack));
  else if (shape.form === 'primitive') addPrimitive(above.draft, frame, shape);
  else add(above.draft, shape, shape.form === 'complex' ? draft : value);
  return draft;
};

const add = (draft: Draft, { name, many }: Shape, value: unknown): void => {
  if (!many) draft[name] = value;
  else ((draft[name] ??= []) as unknown[]).push(value);
};

const addPrimitive = (draft: Draft, { value, draft: own }: Frame, shape: Shape): void => {
  const { name, shadow, many } = shape;
  const shade = isEmpty(own) ? undefined : own;
  if (!many) {
    if (value !== undefined) draft[name] = value;
    if (shade) draft[shadow] = shade;
    return;
  }
  const before = countOf(draft, shape);
  align(draft, name, { value, before });
  align(draft, shadow, { value: shade, before });
};

/** Values and shadows stand at the same index; an array of nulls alone is left out. */
const align = (
  draft: Draft,
  name: string,
  { value, before }: { readonly value: unknown; readonly before: number },
): void => {
  if (value === undefined && draft[name] === undefined) return;
  ((draft[name] ??= new Array<null>(before).fill(null)) as unknown[]).push(value ?? null);
};

const countOf = (draft: Draft, { name, shadow }: Shape): number =>
  ((draft[name] ?? draft[shadow]) as readonly unknown[] | undefined)?.length ?? 0;

const isEmpty = (draft: Draft): boolean => {
  for (const _ in draft) return false;
  return true;
};

/** The FHIRPath of the element being read, and of one in it whose name may be anything that XML allows. */
export const pathOf = (stack: readonly Frame[], inside?: string): string => {
  const steps = stack.flatMap(({ name, shape }, at) => {
    if (!shape) return at === 0 ? name : [];
    return shape.many ? `${name}[${countOf((stack[at - 1] as Frame).draft, shape)}]` : name;
  });
  if (inside !== undefined && /^[A-Za-z][A-Za-z-]{0,40}$/.test(inside)) steps.push(inside);
  return steps.join('.');
};
