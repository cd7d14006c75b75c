import type FhirPath from 'fhirpath';
import type R4Model from 'fhirpath/fhir-context/r4';
import { isObject } from '../../fhir/index.ts';
import { whenUsed } from '../../fhir/when-used.ts';
import { type Path, readPath } from './path.ts';
import { below, either, type Extract, itself, under, where } from './steps.ts';

export type { Extract };

const compiled = new Map<string, Extract>();

/**
 * Compiles the FHIRPath of a search parameter, once per process.
 * @param base the type of the node it starts from, where that is no resource: `Observation.component`.
 */
export const extractor = (expression: string, base?: string): Extract => {
  const key = `${base ?? ''} ${expression}`;
  let extract = compiled.get(key);
  if (!extract) compiled.set(key, (extract = either(expression.split(' | ').map((it) => compile(it, base)))));
  return extract;
};

/** `resolve()` waits for a server; what it asks of a reference is told by the reference itself. */
const RESOLVED = /^(.*)\.where\(resolve\(\) is ([A-Za-z]+)\)$/;

/** A path that only steps down is walked; whatever else FHIRPath can say is left to its engine. */
const compile = (expression: string, base: string | undefined): Extract => {
  const [, referring, type] = RESOLVED.exec(expression) ?? [];
  if (referring !== undefined && type !== undefined) return where(compile(referring, base), isReferenceTo(type));
  const path = readPath(expression, base);
  return path ? walk(path) : (ASKING[expression] ?? compileByEngine(expression, base));
};

/** As a source writes it: of a version or of none. */
const isReferenceTo = (type: string): ((value: unknown) => boolean) => {
  const local = new RegExp(`^${type}/[^/]+(?:/_history/.*)?$`);
  return (value) => {
    const reference = isObject(value) ? value['reference'] : value;
    return typeof reference === 'string' && local.test(reference);
  };
};

const walk = ({ steps, where: only }: Path): Extract => {
  const [first = itself, ...more] = steps.map((keys) => either(keys.map(under)));
  const extract = more.reduce(below, first);
  return only ? where(extract, (it) => isObject(it) && it[only.member] === only.is) : extract;
};

/** The one expression of a patient's record that asks instead of stepping down. */
const ASKING: Readonly<Record<string, Extract>> = {
  'Patient.deceased.exists() and Patient.deceased != false': ({ deceasedBoolean, deceasedDateTime }) => [
    deceasedDateTime !== undefined || deceasedBoolean === true,
  ],
};

const engine = whenUsed('fhirpath') as () => typeof FhirPath;
const r4Model = whenUsed('fhirpath/fhir-context/r4') as () => typeof R4Model;

const compileByEngine = (expression: string, base: string | undefined): Extract => {
  const written = base === undefined ? expression : { base, expression };
  const run = engine().compile(written, r4Model()) as (node: unknown) => unknown[];
  return (node) => run(node);
};
