import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { run } from '../../src/cli.ts';

const DIR = join(import.meta.dirname, '../../../shared/data/merge-benchmark');

interface Level {
  readonly precision: number | null;
  readonly recall: number | null;
}
type Scored = Readonly<Record<'T0+T1' | 'T1+T2', Level>>;
interface Score {
  readonly types: Readonly<Record<string, Scored>>;
  readonly overall: Scored & {
    readonly contradiction: { readonly recall: number; readonly silent: number };
    readonly cannotLink: { readonly violations: number };
  };
  readonly loss: { readonly lost: number; readonly invented: number };
  readonly alterations: { readonly count: number };
  readonly problems: Readonly<Record<string, number>>;
}

/** The least recall by type, without and with a terminology. */
const RECALL = {
  AllergyIntolerance: [0.65, 0.88],
  Condition: [0.5, 0.7],
  Immunization: [0.65, 0.98],
} as const;

describe('linking over a benchmark', function () {
  this.timeout(60_000);
  if (!existsSync(join(DIR, 'manifest.json'))) {
    it('is not at hand: its folder is missing');
    return;
  }
  for (const [at, name] of ['without a terminology', 'with a terminology'].entries())
    it(`loses, alters and hides nothing, and reaches the targets of precision and recall, ${name}`, async () => {
      const out = mkdtempSync(join(tmpdir(), 'pcr-link-'));
      try {
        const extra = at === 1 ? ['--terminology', join(DIR, 'terminology.json')] : [];
        expect(await run(['link', DIR, '--out', join(out, 'p'), ...extra])).to.equal(0);
        spawnSync(process.execPath, [join(DIR, 'score.mjs'), DIR, join(out, 'p'), '--json', join(out, 'score.json')]);
        const score = JSON.parse(readFileSync(join(out, 'score.json'), 'utf8')) as Score;
        expect(score.loss).to.include({ lost: 0, invented: 0 });
        expect(score.alterations.count).to.equal(0);
        expect(Object.values(score.problems).every((it) => it === 0)).to.equal(true);
        expect(score.overall.cannotLink.violations).to.equal(0);
        expect(score.overall.contradiction.silent).to.equal(0);
        expect(score.overall.contradiction.recall).to.be.at.least(0.95);
        for (const [type, scored] of Object.entries(score.types)) {
          const sure = type === 'AllergyIntolerance' || type === 'Medicine' ? 1 : 0.995;
          expect(scored['T0+T1'].precision ?? 1, `${type} T0+T1`).to.be.at.least(sure);
          expect(scored['T1+T2'].precision ?? 1, `${type} T1+T2`).to.be.at.least(0.95);
        }
        for (const [type, least] of Object.entries(RECALL))
          expect(score.types[type]?.['T1+T2'].recall, type).to.be.at.least(least[at] ?? 1);
      } finally {
        rmSync(out, { recursive: true, force: true });
      }
    });
});
