import { createHash } from 'node:crypto';
import { type Json, objects, text } from '../fhir/index.ts';
import { plainCode, plainSystem } from './codes.ts';
import { codeKey, type TermMatch, type Terms, termsOf } from './terms.ts';

/** The terms of ConceptMaps, one or a Bundle of them. The snapshot is a hash of what they say. */
export const termsOfMaps = (resource: Json): Terms => {
  const maps =
    resource['resourceType'] === 'Bundle'
      ? objects(resource['entry']).flatMap((it) => objects(it['resource']))
      : [resource];
  const table = new Map<string, TermMatch[]>();
  for (const map of maps) {
    if (map['resourceType'] !== 'ConceptMap') continue;
    for (const group of objects(map['group'])) addGroup(table, group);
  }
  const hash = createHash('sha256')
    .update(JSON.stringify([...table].sort()))
    .digest('hex')
    .slice(0, 16);
  return termsOf(`maps-${hash}`, table);
};

const addGroup = (table: Map<string, TermMatch[]>, group: Json): void => {
  const [source, target] = [text(group['source']), text(group['target'])];
  if (source === undefined || target === undefined) return;
  for (const element of objects(group['element'])) {
    const code = text(element['code']);
    if (code === undefined) continue;
    const matches = objects(element['target']).flatMap((it) => {
      const code = text(it['code']);
      const equivalence = text(it['equivalence']) ?? 'relatedto';
      return code === undefined || equivalence === 'unmatched' || equivalence === 'disjoint'
        ? []
        : [{ ...plainly(target, code), display: text(it['display']), equivalence }];
    });
    const key = codeKey(plainly(source, code));
    table.set(key, [...(table.get(key) ?? []), ...matches]);
  }
};

const plainly = (written: string, code: string) => {
  const system = plainSystem(written);
  return { system, code: plainCode(system, code) };
};
