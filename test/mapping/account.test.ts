import { expect } from 'chai';
import type { Answer, Mapping } from '../../src/adapter/index.ts';
import { conform, isObject, type Json, objects, text } from '../../src/fhir/index.ts';
import { accountFor } from '../../src/mapping/account.ts';
import type { Account, Accountable, Fate } from '../../src/mapping/account-values.ts';
import { tableOf } from '../../src/mapping/print-account.ts';

/** A dialect of one kind of record, with a mapping that may be told to go wrong. */
const speaking = (
  change: (resource: Record<string, unknown>, body: Json) => void,
  more: Partial<Accountable> = {},
): Accountable => ({
  split: (answer): Answer => ({
    records: objects((answer as Json)['notes']).map((body) => ({
      types: ['Observation'],
      kind: 'note',
      id: text(body['id']) ?? '',
      body,
    })),
  }),
  map: (({ body }) => {
    const { words, about, state, keywords = [] } = body as Record<string, unknown>;
    const resource: Record<string, unknown> = {
      resourceType: 'Observation',
      status: state === 'done' ? 'final' : state,
      code: { text: about },
      category: (keywords as unknown[]).map((it) => ({ text: it })),
      note: [{ text: words }],
    };
    change(resource, body as Json);
    const issues: unknown[] = [];
    return { resources: [{ localId: 'x', resource: conform(resource, {}, (it) => issues.push(it)) }] };
  }) satisfies Mapping,
  ...more,
});

const note = { words: 'Sleeps badly', about: 'Sleep', state: 'done', keywords: ['night', 'pain'] };
const account = (adapter: Accountable, ...notes: readonly Json[]): Account => accountFor(adapter, { notes });
const fatesOf = ({ values }: Account, fate: Fate): readonly string[] =>
  values.filter((it) => it.fate === fate).map((it) => `${it.path} = ${it.value}`);
const inventedBy = ({ additions }: Account): readonly string[] =>
  additions.filter((it) => !it.rule).map((it) => `${it.path} = ${it.value}`);
const nothing = (): void => undefined;

describe('the account of a mapping', () => {
  it('tells what is carried, and where to, from what is translated', () => {
    const { values, additions } = account(speaking(nothing), note);
    expect(values).to.deep.equal([
      { path: 'note.words', value: 'Sleeps badly', fate: 'carried', to: ['Observation.note.text'] },
      { path: 'note.about', value: 'Sleep', fate: 'carried', to: ['Observation.code.text'] },
      { path: 'note.state', value: 'done', fate: 'translated', to: ['Observation.status'] },
      { path: 'note.keywords', value: 'night', fate: 'carried', to: ['Observation.category.text'] },
      { path: 'note.keywords', value: 'pain', fate: 'carried', to: ['Observation.category.text'] },
    ]);
    expect(additions).to.deep.equal([]);
  });

  it('finds a value that is lost, though the same words stand elsewhere in the output', () => {
    const losing = speaking((resource) => delete resource['note']);
    expect(fatesOf(account(losing, { ...note, words: 'Sleep' }), 'unaccounted')).to.deep.equal(['note.words = Sleep']);
  });

  it('finds a value that is lost of two in one list that say the same', () => {
    const merging = speaking((resource) => {
      const words = new Set(objects(resource['category']).map((it) => it['text']));
      resource['category'] = [...words].map((it) => ({ text: it }));
    });
    const twice = account(merging, { ...note, keywords: ['pain', 'pain'] });
    expect(fatesOf(twice, 'unaccounted')).to.deep.equal(['note.keywords = pain']);
    expect(fatesOf(account(merging, note), 'unaccounted')).to.deep.equal([]);
  });

  it('finds a value whose presence is all that counts', () => {
    const blunt = speaking((resource, { state }) => (resource['status'] = state === undefined ? 'unknown' : 'final'));
    expect(fatesOf(account(blunt, { ...note, state: 'wrong' }), 'unaccounted')).to.deep.equal(['note.state = wrong']);
  });

  it('finds a translation that makes two values one, and a number that is not what was said', () => {
    const blurring = speaking(
      (resource, { state }) => (resource['status'] = state === undefined ? 'unknown' : 'final'),
    );
    const open = { ...note, state: 'preliminary' };
    expect(fatesOf(account(blurring, note, open), 'unaccounted')).to.deep.equal([
      'note.state = done',
      'note.state = preliminary',
    ]);
    expect(fatesOf(account(speaking(nothing), note, open), 'unaccounted')).to.deep.equal([]);
    const rounding = speaking((resource, { score }) => {
      if (typeof score === 'number') resource['valueQuantity'] = { value: Math.round(score) };
    });
    expect(fatesOf(account(rounding, { ...note, score: 5.3 }), 'unaccounted')).to.deep.equal(['note.score = 5.3']);
  });

  it('finds a date that is made the date of something else too', () => {
    const dating = speaking((resource, { issued }) => {
      resource['issued'] = issued;
      resource['effectiveDateTime'] = issued;
    });
    const issued = '2020-02-02T10:00:00Z';
    expect(inventedBy(account(dating, { ...note, issued }))).to.deep.equal([
      `Observation.effectiveDateTime = ${issued}`,
    ]);
  });

  it('finds a value that is invented, though the input says the same elsewhere', () => {
    const inventing = speaking((resource) => (resource['bodySite'] = { text: 'Left' }));
    expect(inventedBy(account(inventing, note))).to.deep.equal(['Observation.bodySite.text = Left']);
    expect(inventedBy(account(inventing, { ...note, about: 'Left' }))).to.deep.equal([
      'Observation.bodySite.text = Left',
    ]);
  });

  it('finds a value that was said once and stands there twice', () => {
    const doubling = speaking(
      (resource) => (resource['note'] = [...objects(resource['note']), ...objects(resource['note'])]),
    );
    expect(inventedBy(account(doubling, note))).to.deep.equal(['Observation.note.text = Sleeps badly']);
  });

  it('lets a value go, or stand, only by a rule for its path and value', () => {
    const added = [{ path: 'Observation.bodySite.*', why: 'everybody has one' }];
    const notCarried = [{ path: ['note.**'], value: /^Sleeps/, why: 'too long' }];
    const ruled = speaking(
      (resource) => {
        delete resource['note'];
        resource['bodySite'] = { text: 'Left' };
      },
      { added, notCarried },
    );
    const both = account(ruled, note, { ...note, words: 'Snores' });
    expect(fatesOf(both, 'by-rule')).to.deep.equal(['note.words = Sleeps badly']);
    expect(fatesOf(both, 'unaccounted')).to.deep.equal(['note.words = Snores']);
    expect(both.additions.map((it) => it.rule)).to.deep.equal([added[0], added[0]]);
  });

  it('takes a record that cannot be mapped as told of, by the issue that says so', () => {
    const throwing = speaking(() => {
      throw new Error('no');
    });
    expect(fatesOf(account(throwing, note), 'reported')).to.have.length(5);
  });

  describe('of what an answer is cut into', () => {
    const cutting = (more: (raw: Json) => Partial<Answer>): Accountable => {
      const adapter = speaking(nothing);
      return { ...adapter, split: (raw) => ({ ...adapter.split(raw), ...(isObject(raw) ? more(raw) : {}) }) };
    };

    it('finds a value that reaches no record, no warning and no issue', () => {
      const answer = { notes: [note], remark: 'See the letters as well' };
      expect(
        fatesOf(
          accountFor(
            cutting(() => ({})),
            answer,
          ),
          'unaccounted',
        ),
      ).to.deep.equal(['answer.remark = See the letters as well']);
    });

    it('finds it in the copy of a record that lost something on its way', () => {
      const forgetful = cutting((raw) => ({
        records: objects(raw['notes']).map(({ about: _, ...body }) => ({
          types: ['Observation'],
          kind: 'note',
          id: 'x',
          body,
        })),
      }));
      const { values } = accountFor(forgetful, { notes: [note] });
      expect(values.filter((it) => it.fate === 'unaccounted').map((it) => it.path)).to.deep.equal([
        'answer.notes.about',
      ]);
      expect(values.filter((it) => it.fate === 'carried').map((it) => it.path)).to.include('note.words');
    });

    it('finds a value put into a record that no value of the answer stands behind', () => {
      const inventive = cutting((raw) => ({
        records: objects(raw['notes']).map((body) => ({
          types: ['Observation'],
          kind: 'note',
          id: 'x',
          body: { ...body, about: 'Sleep' },
        })),
      }));
      expect(inventedBy(accountFor(inventive, { notes: [{ words: 'Snores' }] }))).to.deep.equal(['note.about = Sleep']);
    });

    it('follows a value into a warning, and into an issue that names the node it stands in', () => {
      const told = cutting(({ remark, letter }) => ({
        ...(remark !== undefined && { warnings: [{ code: 'said', text: text(remark) ?? '' }] }),
        ...(letter !== undefined && {
          issues: [{ severity: 'warning', code: 'not-supported', diagnostics: 'a letter' }],
        }),
      }));
      const { values } = accountFor(told, { notes: [], remark: 'Ring before', letter: { from: 'Ward 4' } });
      expect(values).to.deep.equal([
        {
          path: 'answer.remark',
          value: 'Ring before',
          fate: 'carried',
          to: ['OperationOutcome.issue.details.text'],
        },
        { path: 'answer.letter.from', value: 'Ward 4', fate: 'reported', to: [] },
      ]);
    });
  });

  it('is a table with a total for each fate, and the paths of all that is not simply carried', () => {
    const losing = speaking((resource) => delete resource['note']);
    const { lines, isClean } = tableOf(account(losing, note, note), false);
    expect(isClean).to.equal(false);
    expect(lines).to.include.members(['       2  unaccounted for', '       2  note.words', 'unaccounted for:']);
    expect(lines.join('\n')).to.not.contain('note.about');
    expect(tableOf(account(losing, note), true).lines).to.include('       1  note.about');
    expect(tableOf(account(speaking(nothing), note), false).isClean).to.equal(true);
  });
});
