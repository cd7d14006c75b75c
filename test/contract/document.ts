import { Ajv, type ValidateFunction } from 'ajv';
import type { Json } from '../../src/fhir/index.ts';

/** As much of an OpenAPI document as the tests walk through. */
export interface Document {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<'get' | 'post', Operation | undefined>>>>;
  readonly components: Readonly<
    Record<'parameters' | 'headers' | 'responses' | 'schemas', Readonly<Record<string, Json>>>
  >;
  readonly 'x-nhsd-apim': Json;
}

export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly (Parameter | Ref)[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Json; readonly example?: Json }>>;
  };
  readonly responses: Readonly<Record<string, Response | Ref>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path' | 'header';
  readonly required?: boolean;
  readonly schema: Json;
  readonly example?: unknown;
}

export interface Response {
  readonly description: string;
  readonly headers?: Json;
  readonly content?: Readonly<Record<string, { readonly schema: Json }>>;
}

interface Ref {
  readonly $ref: string;
}

/** One operation of a document, its references followed. */
export interface Claim {
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  readonly body: Operation['requestBody'];
  readonly responses: ReadonlyMap<number, Response>;
}

/** Fewer than a door lets in. */
const AT_ONCE = 8;

/** Does the same with all of many, some at a time. */
export const withEach = async <T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> => {
  for (let at = 0; at < all.length; at += AT_ONCE) await Promise.all(all.slice(at, at + AT_ONCE).map(work));
};

/** Every operation that a document claims, one for every type where the path leaves it open. */
export const claimsOf = (document: Document): readonly Claim[] =>
  operationsOf(document).flatMap((claim) => {
    const types = claim.parameters.find((it) => it.in === 'path' && it.name === 'type')?.schema['enum'];
    return Array.isArray(types)
      ? types.map((it) => ({ ...claim, path: claim.path.replace('{type}', String(it)) }))
      : [claim];
  });

const operationsOf = (document: Document): readonly Claim[] =>
  Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]) =>
      operation
        ? [
            {
              path,
              method: method.toUpperCase() as Claim['method'],
              operationId: operation.operationId,
              parameters: (operation.parameters ?? []).map((it) => follow<Parameter>(document, it)),
              body: operation.requestBody,
              responses: new Map(
                Object.entries(operation.responses).map(([status, it]) => [
                  Number(status),
                  follow<Response>(document, it),
                ]),
              ),
            },
          ]
        : [],
    ),
  );

const follow = <T extends object>(document: Document, it: T | Ref): T => {
  if (!('$ref' in it)) return it;
  const [, , kind = '', name = ''] = it.$ref.split('/');
  return document.components[kind as 'parameters'][name] as T;
};

/** Checks answers by the schemas of a document. */
export const checkerOf = (document: Document): ((schema: Json, answer: unknown) => string | undefined) => {
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajv.addSchema(document, 'api');
  const compiled = new Map<string, ValidateFunction>();
  return (schema, answer) => {
    const key = JSON.stringify(schema).replaceAll('"#/', '"api#/');
    let check = compiled.get(key);
    if (!check) compiled.set(key, (check = ajv.compile(JSON.parse(key) as object)));
    return check(answer) ? undefined : ajv.errorsText(check.errors);
  };
};
