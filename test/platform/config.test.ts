import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { CONFIG, ConfigError, loadConfig, parseConfig } from '../../src/platform/config.ts';

const organisation = { ods: 'A99999', name: 'Test Practice' };
const given = (): Record<string, unknown> & { sources: Record<string, unknown>[] } => ({
  listen: { port: 0 },
  sealingKeys: [{ version: 1, secret: { env: 'PCR_SEALING_KEY' } }],
  facade: { ods: 'X99999', name: 'Test facade' },
  actor: { organisation, device: { id: 'test-1', model: 'Patient Core Records API', version: '0' } },
  sources: ['gp', 'acute', 'community'].map((id) => ({
    id,
    adapter: 'memory',
    title: `${id} record`,
    organisation,
    settings: {},
  })),
});
const faultsOf = (config: unknown): readonly string[] => {
  try {
    parseConfig(config, 'c.json');
  } catch (error) {
    return (error as ConfigError).faults;
  }
  return [];
};

describe('a config file', () => {
  const before = process.env['PCR_SEALING_KEY'];
  beforeEach(() => (process.env['PCR_SEALING_KEY'] = 'k'.repeat(32)));
  afterEach(() => {
    if (before === undefined) delete process.env['PCR_SEALING_KEY'];
    else process.env['PCR_SEALING_KEY'] = before;
  });

  it('is read with its defaults, and secrets from the environment', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'pcr-')), 'config.json');
    writeFileSync(file, JSON.stringify(given()));
    const config = await loadConfig(file);
    rmSync(dirname(file), { recursive: true });
    expect(config.maxBodyBytes).to.equal(65_536);
    expect(config.sealingKeys).to.deep.equal([{ version: 1, secret: 'k'.repeat(32) }]);
    expect(config.sources.map((it) => it.id)).to.deep.equal(['gp', 'acute', 'community']);
    expect(config.sources[0]).to.include({ required: false, deadlineMs: undefined });
  });

  it('stops the start with one line per fault, each naming its place', () => {
    const config = { ...given(), deadlineMs: 'soon', colour: 'red' };
    config.sources[0]!['organisation'] = { ods: 'not an ods code' };
    config.sources[1]!['id'] = 'gp';
    delete config.sources[2]!['adapter'];
    expect(faultsOf(config)).to.have.members([
      `c.json.colour: unknown key; expected one of ${Object.keys(CONFIG).join(', ')}`,
      'c.json.deadlineMs: expected a whole number from 100 to 60000',
      'c.json.sources[0].organisation.ods: expected an ODS code',
      'c.json.sources[0].organisation.name: missing; expected a text that is not empty',
      'c.json.sources[2].adapter: missing; expected the name of a folder in adapters/',
    ]);
  });

  it('wants ids and key versions of their own', () => {
    const config = {
      ...given(),
      sealingKeys: [1, 1].map((version) => ({ version, secret: { env: 'PCR_SEALING_KEY' } })),
    };
    config.sources[1]!['id'] = 'gp';
    expect(faultsOf(config)).to.have.members([
      'c.json.sources[1].id: expected an id of its own; it is used twice',
      'c.json.sealingKeys[1].version: expected a version of its own',
    ]);
  });

  it('wants secrets by name, set, and long enough, and shows none', () => {
    const withSecret = (secret: unknown) => ({ ...given(), sealingKeys: [{ version: 1, secret }] });
    expect(faultsOf(withSecret('p4ssw0rd'))).to.deep.equal([
      'c.json.sealingKeys[0].secret: expected a secret as { "env": "NAME" }',
    ]);
    expect(faultsOf(withSecret({ env: 'PCR_NO_SUCH' }))).to.deep.equal([
      'c.json.sealingKeys[0].secret: the environment variable PCR_NO_SUCH is not set',
    ]);
    process.env['PCR_SEALING_KEY'] = 'short';
    expect(faultsOf(given())).to.deep.equal(['c.json.sealingKeys[0].secret: expected at least 32 characters']);
  });

  it('needs a key and a source, and to be there and be JSON', async () => {
    expect(faultsOf({ ...given(), sealingKeys: [], sources: [] })).to.have.length(2);
    for (const wrong of [null, [], 'x', 3])
      expect(faultsOf(wrong), String(wrong)).to.deep.equal(['c.json: expected an object']);
    const missing: unknown = await loadConfig('/no/such/file.json').catch((error: unknown) => error);
    expect(missing).to.be.instanceOf(ConfigError);
    const notJson: unknown = await loadConfig(import.meta.filename).catch((error: unknown) => error);
    expect((notJson as ConfigError).faults[0]).to.match(/is not JSON$/);
  });
});
