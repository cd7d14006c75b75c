import type { Linkage } from 'fhir/r4.js';
import type { Bundle, Json, OperationOutcome, OperationOutcomeIssue } from '../../src/fhir/index.ts';

const base = 'https://patient-core-records.example/fhir';

/** The resources of an answer that stand there as matches, includes or outcome. */
export const entries = (bundle: Bundle, mode: string): readonly Json[] =>
  (bundle.entry ?? []).filter((it) => it.search?.mode === mode).map((it) => it.resource as unknown as Json);

/** What an answer claims of two or more of its entries. */
export interface Claim {
  readonly tier: string;
  readonly relation: string;
  readonly rule: string;
  readonly policy: string;
  readonly terminology: string;
  readonly reasons: readonly string[];
  /** A path, and what each source says there: `['clinicalStatus', 'community=active', 'gp=resolved']`. */
  readonly conflicts: readonly (readonly string[])[];
  readonly itemTypes: readonly string[];
  readonly members: readonly string[];
  readonly security: readonly string[];
}

interface Part {
  readonly url: string;
  readonly valueCode?: string;
  readonly valueString?: string;
  readonly extension?: readonly Part[];
}

/** The links of an answer, as its Linkages tell them. */
export const claimsOf = (bundle: Bundle): readonly Claim[] =>
  linkagesOf(bundle).map((resource) => {
    const evidence = (resource.extension?.[0]?.extension ?? []) as readonly Part[];
    const all = (name: string) => evidence.filter(({ url }) => url === name);
    const said = (name: string) => all(name).map((it) => it.valueCode ?? it.valueString ?? '');
    const one = (name: string): string => said(name).join();
    return {
      tier: one('tier'),
      relation: one('relation'),
      rule: one('rule'),
      policy: one('policy'),
      terminology: one('terminology'),
      reasons: said('reason'),
      conflicts: all('conflict').map(({ extension = [] }) => extension.map((it) => it.valueString ?? '')),
      itemTypes: resource.item.map((it) => it.type),
      members: resource.item.map((it) => it.resource.reference ?? ''),
      security: (resource.meta?.security ?? []).map((it) => it.code ?? ''),
    };
  });

const linkagesOf = (bundle: Bundle): readonly Linkage[] =>
  entries(bundle, 'include').filter((it) => it['resourceType'] === 'Linkage') as unknown as readonly Linkage[];

/** The issues of the account that ends an answer. */
export const issuesOf = (bundle: Bundle): readonly OperationOutcomeIssue[] =>
  entries(bundle, 'outcome').flatMap((it) => (it as unknown as OperationOutcome).issue);

/** What the account says in one of our code systems. */
export const codesIn = (bundle: Bundle, system: string): readonly string[] =>
  issuesOf(bundle).flatMap((it) =>
    (it.details?.coding ?? []).flatMap((coding) =>
      coding.system === `${base}/CodeSystem/${system}` ? [coding.code ?? ''] : [],
    ),
  );

/** The account of each source: its status, and when it gave its answer. */
export const ledgerOf = (
  bundle: Bundle,
): Readonly<Record<string, { readonly status: string; readonly fetchedAt: string }>> =>
  Object.fromEntries(
    issuesOf(bundle).flatMap((issue) => {
      const parts = issue.extension?.find(({ url }) => url === `${base}/StructureDefinition/ledger`)?.extension;
      const source = parts?.find(({ url }) => url === 'source')?.valueCode;
      if (source === undefined) return [];
      const fetchedAt = parts?.find(({ url }) => url === 'fetchedAt');
      return [
        [source, { status: issue.details?.coding?.[0]?.code ?? '', fetchedAt: JSON.stringify(fetchedAt ?? null) }],
      ];
    }),
  );
