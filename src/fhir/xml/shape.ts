import { elementsOf, isBare } from '../definitions/index.ts';

export const FHIR = 'http://hl7.org/fhir';
export const XHTML = 'http://www.w3.org/1999/xhtml';

/** An element of an R4 type as XML writes it. */
export interface Shape {
  readonly name: string;
  /** `_name`: where JSON holds the id and extensions of a primitive. */
  readonly shadow: string;
  readonly type: string;
  /** `resource`: an element around a resource, which is named by its type. */
  readonly form: 'attribute' | 'primitive' | 'xhtml' | 'resource' | 'complex';
  readonly many: boolean;
  /** Its place among the elements of its type. */
  readonly order: number;
}

export type Shapes = ReadonlyMap<string, Shape>;

const known = new Map<string, Shapes>();

/**
 * The elements of a type in the order in which XML has them; none for a type that R4 does not have.
 * @see https://hl7.org/fhir/R4/xml.html
 */
export const shapesOf = (type: string): Shapes => {
  let shapes = known.get(type);
  if (!shapes) known.set(type, (shapes = read(type)));
  return shapes;
};

/** True for the name of a resource type: of all types, only those have an id that is an element. */
export const isResource = (name: unknown): name is string =>
  typeof name === 'string' && hasOwnId(name) && name !== 'Resource' && name !== 'DomainResource';

const hasOwnId = (type: string): boolean => elementsOf(type)?.['id']?.type === 'id';

const read = (owner: string): Shapes =>
  new Map(
    Object.entries(elementsOf(owner) ?? {}).map(([name, { type, many }], order) => [
      name,
      { name, shadow: `_${name}`, type, form: formOf(owner, name, type), many: many === 1, order },
    ]),
  );

const formOf = (owner: string, name: string, type: string): Shape['form'] => {
  if (type === 'xhtml') return 'xhtml';
  if (isBare(owner, name, type)) return 'attribute';
  if (/^[a-z]/.test(type)) return 'primitive';
  return hasOwnId(type) ? 'resource' : 'complex';
};
