import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { contentId, isObject, type Json, objects, text } from '../fhir/index.ts';
import { conflictsOf } from './conflicts.ts';
import { termsOfFile } from './connect.ts';
import type { Facets } from './facets.ts';
import { link } from './link.ts';
import type { Link, Linked } from './links.ts';
import { byText, type LinkRecord } from './record.ts';
import { personsOf } from './persons.ts';
import { POLICY_VERSION } from './policy.ts';
import { OFFLINE, type Terms } from './terms.ts';

/** Links every patient of a benchmark folder and writes one predictions file each. @returns the exit code */
export const predictFolder = async (
  dir: string,
  {
    out,
    terminology,
    print,
  }: { readonly out: string; readonly terminology: string | undefined; readonly print: (line: string) => void },
): Promise<number> => {
  const terms = terminology === undefined ? OFFLINE : await termsOfFile(terminology);
  const manifest = (await readJson(join(dir, 'manifest.json'))) as Json;
  const patients = objects(manifest['patients']);
  await mkdir(out, { recursive: true });
  let links = 0;
  for (const patient of patients) {
    const predicted = await predictPatient(dir, patient, terms);
    links += predicted.links.length;
    const file = join(out, `${predicted.patient}.json`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, JSON.stringify(predicted));
  }
  print(`${patients.length} patients, ${links} links, policy ${POLICY_VERSION}, terminology ${terms.snapshot}`);
  return 0;
};

const readJson = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'));

const predictPatient = async (dir: string, patient: Json, terms: Terms) => {
  const sources = await Promise.all(
    objects(patient['sources']).map(async (it) => ({
      id: String(it['id']),
      resources: objects(((await readJson(join(dir, String(it['file'])))) as Json)['entry']).flatMap((entry) =>
        objects(entry['resource']),
      ),
    })),
  );
  const records = sources.flatMap((it, rank) => recordsOf(it, rank, patient['pds']));
  const before = records.map((it) => JSON.stringify(it.resource));
  const linked = link(records, terms);
  const alterations = records.flatMap(({ source, type, id, resource }, at) =>
    JSON.stringify(resource) === before[at] ? [] : [{ source, type, id, path: type }],
  );
  return {
    patient: String(patient['patient']),
    links: pairwise(linked),
    entries: [...new Map(records.map((it) => [JSON.stringify(refOf(it)), refOf(it)])).values()].sort(byRef),
    alterations,
  };
};

interface SourceAnswer {
  readonly id: string;
  readonly resources: readonly Json[];
}

/** The records of one source, each with the person it is about. */
const recordsOf = ({ id: source, resources }: SourceAnswer, rank: number, pds: unknown): readonly LinkRecord[] => {
  const byReference = new Map(resources.map((it) => [`${String(it['resourceType'])}/${String(it['id'])}`, it]));
  const follow = (reference: unknown): Json | undefined =>
    isObject(reference) ? byReference.get(text(reference['reference']) ?? '') : undefined;
  const personOf = personsOf(source, { pds, follow });
  return distinct(resources).map(({ id, resource }) => ({
    source,
    rank,
    person: personOf(resource),
    type: String(resource['resourceType']),
    id,
    resource,
    follow,
  }));
};

/** One id twice with one content is one record; with two contents both are kept, the second by an id of its own. */
const distinct = (resources: readonly Json[]): readonly { readonly id: string; readonly resource: Json }[] => {
  const contents = new Map<string, Map<string, Json>>();
  for (const resource of resources) {
    const key = `${String(resource['resourceType'])}/${String(resource['id'])}`;
    const known = contents.get(key) ?? new Map<string, Json>();
    contents.set(key, known.set(JSON.stringify(resource), resource));
  }
  return [...contents.values()].flatMap((it) =>
    [...it]
      .sort((a, b) => byText(a[0], b[0]))
      .map(([content, resource], at) => ({
        id: at === 0 ? String(resource['id']) : `${String(resource['id'])}${AGAIN}${contentId(content)}`,
        resource,
      })),
  );
};

const AGAIN = '~';

/** Groups as all of their pairs; where two links speak of one pair, the surer one. */
const pairwise = ({ groups, pairs }: Linked) => {
  const found = new Map<string, ReturnType<typeof predictionOf>>();
  const add = (of: Link, a: Facets, b: Facets): void => {
    if (idOf(a) === idOf(b)) return;
    const key = [idOf(a), idOf(b)].sort(byText).join(' ');
    const known = found.get(key);
    if (known && known.tier <= of.tier) return;
    found.set(key, predictionOf(of, a, b));
  };
  for (const pair of pairs) add(pair, pair.members[0] as Facets, pair.members[1] as Facets);
  for (const group of groups)
    group.members.forEach((a, at) => {
      for (const b of group.members.slice(at + 1)) add(group, a, b);
    });
  return [...found].sort((a, b) => byText(a[0], b[0])).map(([, it]) => it);
};

const predictionOf = ({ tier, relation, rule }: Link, a: Facets, b: Facets) => ({
  a: refOf(a.record),
  b: refOf(b.record),
  tier,
  relation,
  rule,
  conflicts: conflictsOf(a, b).map((it) => it.path),
});

/** A record by the id that its source gave it. */
const refOf = ({ source, type, resource }: LinkRecord) => ({ source, type, id: String(resource['id']) });
const idOf = ({ record }: Facets): string => {
  const { source, type, id } = refOf(record);
  return `${source} ${type}/${id}`;
};
const byRef = (a: ReturnType<typeof refOf>, b: ReturnType<typeof refOf>): number =>
  byText(`${a.source} ${a.type}/${a.id}`, `${b.source} ${b.type}/${b.id}`);
