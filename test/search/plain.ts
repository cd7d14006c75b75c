/**
 * A second opinion: FHIR search over a flat list of resources, as the specification words it and as slowly as it likes. It
 * knows nothing of the product's own search; parameters are the official definitions, run by a FHIRPath engine.
 * @see https://hl7.org/fhir/R4/search.html
 */
import fhirpath from 'fhirpath';
import r4Model from 'fhirpath/fhir-context/r4';
import { definitionOf, type Entry, type Node, parameters, type SearchParameter } from './official.ts';
import { plainValueTest, sortKeyOf, asWritten } from './plain-values.ts';

/** The definition of `relationship` has the paths of its parts the wrong way round. */
const PATH_ERRATA: Readonly<Record<string, string>> = {
  'http://hl7.org/fhir/SearchParameter/DocumentReference-relatesto': 'target',
  'http://hl7.org/fhir/SearchParameter/DocumentReference-relation': 'code',
};

/**
 * A reference says itself what it resolves to. The definitions write `as` of what may be several, which FHIRPath has for one
 * alone: `ofType` is what they mean.
 */
const offline = (expression: string): string =>
  expression
    .replace(/\.where\(resolve\(\) is (\w+)\)/g, ".where(reference.startsWith('$1/'))")
    .replace(/\(([\w.]+) as (\w+)\)/g, '$1.ofType($2)')
    .replace(/\.as\((\w+)\)/g, '.ofType($1)');

/** What the engine finds at an expression, without asking a server what a reference leads to. */
export const evaluate = (node: Node, expression: string, base?: string): unknown[] =>
  fhirpath.evaluate(
    node,
    base === undefined ? offline(expression) : { base, expression: offline(expression) },
    { resource: node },
    r4Model,
  ) as unknown[];

export interface PlainAnswer {
  readonly matches: readonly string[];
  readonly includes: readonly string[];
}

/** Searches a record for a type. */
export const plainSearch = (
  record: readonly Entry[],
  type: string,
  { query, base, now }: { readonly query: string; readonly base: string; readonly now: number },
): PlainAnswer => {
  const pairs = [...new URLSearchParams(query)];
  const known = new Map(record.map((it) => [`${it.resourceType}/${it.id}`, it]));

  const follow = (from: Entry, reference: unknown): Entry | undefined => {
    const literal = asWritten((reference as Node | undefined)?.['reference']);
    if (!literal.startsWith('#')) return known.get(literal);
    return (from['contained'] as Entry[] | undefined)?.find((it) => `#${it.id}` === literal);
  };

  const matches = (entry: Entry, name: string, value: string): boolean => {
    if (name.startsWith('_has:')) {
      const [, other = '', code = '', ...rest] = name.split(':');
      const expression = definitionOf(other, code).expression ?? '';
      return record.some(
        (it) =>
          it.resourceType === other &&
          evaluate(it, expression).some((reference) => follow(it, reference) === entry) &&
          matches(it, rest.join(':'), value),
      );
    }
    const [, head, tail] = /^([^.]+)\.(.+)$/.exec(name) ?? [];
    if (head !== undefined && tail !== undefined) {
      const [code = '', only] = head.split(':');
      return evaluate(entry, definitionOf(entry.resourceType, code).expression ?? '').some((reference) => {
        const target = follow(entry, reference);
        return (
          target !== undefined &&
          (only === undefined || only === target.resourceType) &&
          has(target.resourceType, tail) &&
          matches(target, tail, value)
        );
      });
    }
    return plainMatches(entry, name, value);
  };

  const plainMatches = (entry: Entry, name: string, value: string): boolean => {
    const [code = '', modifier] = name.split(':');
    const definition = definitionOf(entry.resourceType, code);
    const found = evaluate(entry, definition.expression ?? '');
    if (modifier === 'missing') {
      const values = definition.type === 'date' ? found.filter((it) => sortKeyOf(it, 'date') !== undefined) : found;
      return (values.length === 0) === (value === 'true');
    }
    const alternatives = value.split(/(?<!(?<!\\)\\),/);
    const one = (asked: string): boolean =>
      definition.component
        ? composite(entry, definition, asked)
        : found.some((it) => plainValueTest(it, { definition, modifier, asked, base, now }));
    return modifier === 'not' ? !alternatives.some(one) : alternatives.some(one);
  };

  const composite = (entry: Entry, definition: SearchParameter, asked: string): boolean => {
    const values = asked.split(/(?<!\\)\$/);
    return (definition.expression ?? '').split('|').some((start) =>
      evaluate(entry, start).some((node) =>
        definition.component?.every((part, at) => {
          const own = parameters.find((it) => it.url === part.definition) as SearchParameter;
          const expression = PATH_ERRATA[part.definition] ?? part.expression.replace('DateTime', 'dateTime');
          return evaluate(node as Node, expression, start.trim()).some((it) =>
            plainValueTest(it, { definition: own, modifier: undefined, asked: values[at] ?? '', base, now }),
          );
        }),
      ),
    );
  };

  const criteria = pairs.filter(
    ([name]) => !/^_(sort|count|include|revinclude|summary|elements|total|format|contained)/.test(name),
  );
  const found = record.filter(
    (it) => it.resourceType === type && criteria.every(([name, value]) => matches(it, name, value)),
  );
  const sort = pairs.find(([name]) => name === '_sort')?.[1];
  const sorted = sort === undefined ? found : sortBySpecification(found, sort.split(','));
  return {
    matches: sorted.map((it) => it.id),
    includes: included(record, found, { pairs, follow }).map((it) => it.id),
  };
};

const has = (type: string, name: string): boolean => {
  try {
    return name.startsWith('_has') || Boolean(definitionOf(type, /^[^.:]+/.exec(name)?.[0] ?? ''));
  } catch {
    return false;
  }
};

const sortBySpecification = (found: readonly Entry[], keys: readonly string[]): readonly Entry[] => {
  const keyOf = (entry: Entry, key: string): string | number | undefined => {
    const definition = definitionOf(entry.resourceType, key.replace(/^-/, ''));
    const values = evaluate(entry, definition.expression ?? '')
      .map((it) => sortKeyOf(it, definition.type))
      .filter((it) => it !== undefined)
      .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return key.startsWith('-') ? values.at(-1) : values[0];
  };
  return found.toSorted((a, b) => {
    for (const key of keys) {
      const [one, other] = [keyOf(a, key), keyOf(b, key)];
      if (one === other) continue;
      if (one === undefined) return 1;
      if (other === undefined) return -1;
      return one < other === key.startsWith('-') ? 1 : -1;
    }
    return 0;
  });
};

interface Including {
  readonly pairs: readonly (readonly [string, string])[];
  readonly follow: (from: Entry, reference: unknown) => Entry | undefined;
}

const included = (
  record: readonly Entry[],
  found: readonly Entry[],
  { pairs, follow }: Including,
): readonly Entry[] => {
  const references = (entry: Entry, code: string): readonly (Entry | undefined)[] =>
    parameters
      .filter(
        (it) => it.type === 'reference' && it.base.includes(entry.resourceType) && (code === '*' || code === it.code),
      )
      .flatMap((it) => evaluate(entry, it.expression ?? ''))
      .filter((it) => !String((it as Node)['reference']).startsWith('#'))
      .map((it) => follow(entry, it));
  const out = new Set<Entry>();
  const apply = (to: readonly Entry[], iterating: boolean): readonly Entry[] => {
    const before = new Set(out);
    for (const [name, value] of pairs.filter(([it]) => /include/.test(it) && (!iterating || it.endsWith(':iterate')))) {
      const [from = '*', code = '*', target] = value === '*' ? [] : value.split(':');
      const isOfType = (it: Entry, type: string): boolean => type === '*' || it.resourceType === type;
      for (const entry of to) {
        if (name.startsWith('_include') && isOfType(entry, from))
          for (const it of references(entry, code))
            if (it && (target === undefined || it.resourceType === target)) out.add(it);
        if (name.startsWith('_revinclude') && isOfType(entry, target ?? '*'))
          for (const it of record) if (isOfType(it, from) && references(it, code).includes(entry)) out.add(it);
      }
    }
    found.forEach((it) => out.delete(it));
    return [...out].filter((it) => !before.has(it));
  };
  for (let fresh = apply(found, false); fresh.length > 0;) fresh = apply(fresh, true);
  return [...out];
};
