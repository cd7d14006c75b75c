import { createRequire } from 'node:module';
import type FhirPath from 'fhirpath';
import type R4Model from 'fhirpath/fhir-context/r4';
import { isObject, type Json } from '../../fhir/index.ts';
import { targetOf } from './match/reference.ts';
import { readPath, walk } from './path.ts';

/** The values of a search parameter in a resource. */
export type Extract = (resource: Json) => readonly unknown[];

const compiled = new Map<string, Extract>();

/**
 * Compiles the FHIRPath of a search parameter, once per process.
 * @param base the type of the node it starts from, where that is no resource: `Observation.component`.
 */
export const extractor = (expression: string, base?: string): Extract => {
  const key = `${base ?? ''} ${expression}`;
  let extract = compiled.get(key);
  if (!extract) compiled.set(key, (extract = union(expression, base)));
  return extract;
};

/** `resolve()` waits for a server; what it asks of a reference is told by the reference itself. */
const RESOLVED = /^(.*)\.where\(resolve\(\) is ([A-Za-z]+)\)$/;

const union = (expression: string, base: string | undefined): Extract => {
  const parts = expression.split(' | ').map((part) => {
    const [, path, type] = RESOLVED.exec(part) ?? [];
    const extract = compile(path ?? part, base);
    return type === undefined ? extract : (resource: Json) => extract(resource).filter((it) => isReferenceTo(it, type));
  });
  const [only] = parts;
  return only && parts.length === 1 ? only : (resource) => parts.flatMap((it) => it(resource));
};

const isReferenceTo = (value: unknown, type: string): boolean => {
  const reference = isObject(value) ? value['reference'] : undefined;
  if (typeof reference === 'string' && !reference.startsWith(type)) return false;
  return targetOf(value)?.type === type;
};

/** The one expression of a patient's record that asks instead of stepping down. */
const ASKING: Readonly<Record<string, Extract>> = {
  'Patient.deceased.exists() and Patient.deceased != false': ({ deceasedBoolean, deceasedDateTime }) => [
    deceasedDateTime !== undefined || deceasedBoolean === true,
  ],
};

/** A path that only steps down is walked; whatever else FHIRPath can say is left to its engine. */
const compile = (expression: string, base: string | undefined): Extract => {
  const path = readPath(expression, base);
  if (path) return (node) => walk(path, node);
  return ASKING[expression] ?? compileByEngine(expression, base);
};

const load = createRequire(import.meta.url);

/** The engine is large, and hardly ever needed: it is loaded when it is. */
const compileByEngine = (expression: string, base: string | undefined): Extract => {
  const { compile: parse } = load('fhirpath') as typeof FhirPath;
  const model = load('fhirpath/fhir-context/r4') as typeof R4Model;
  const run = parse(base === undefined ? expression : { base, expression }, model) as (node: unknown) => unknown[];
  return (node) => run(node);
};
