import { readFile } from 'node:fs/promises';
import {
  booleanField,
  choiceField,
  type Fields,
  groupField,
  integerField,
  listField,
  objectField,
  optionalField,
  parseFields,
  secretField,
  type Settings,
  textField,
  urlField,
} from '../adapter/index.ts';

const ODS = { pattern: /^[A-Z0-9]{3,12}$/i, kind: 'an ODS code' };
const digits = { pattern: /^\d+$/, kind: 'digits' };

const organisation = groupField('An organisation.', {
  ods: textField('Its ODS code.', ODS),
  name: textField('Its name.'),
});

const sourceFields = {
  id: textField('What the source is called in ledgers, tags and `meta.source`.', {
    pattern: /^[a-z][a-z0-9-]{0,31}$/,
    kind: 'lower-case letters, digits and dashes, at most 32',
  }),
  adapter: textField('The adapter folder.', {
    pattern: /^[a-z][a-z0-9-]*$/,
    kind: 'the name of a folder in adapters/',
  }),
  title: textField('What a reader calls it: `GP record`. A general word where the name itself would tell too much.'),
  organisation,
  required: booleanField('Answer 502 or 504 when this source is missing, whatever the others said.', {
    fallback: false,
  }),
  deadlineMs: optionalField(
    integerField('The most this source may take. It never gets more than 85 % of the request.', {
      min: 50,
      max: 60_000,
    }),
  ),
  guard: groupField(
    'What keeps a source in trouble from being asked more than it can bear.',
    {
      concurrent: integerField('Questions under way at a time, with the pages that are asked for ahead.', {
        min: 1,
        max: 1000,
        fallback: 32,
      }),
      queued: integerField('Questions that may wait; one more is told `throttled`.', {
        min: 0,
        max: 10_000,
        fallback: 128,
      }),
      failures: integerField(
        'Failures in a row after which the source is left alone; an answer about another patient counts as that many. 0: never, nor after its own `Retry-After`.',
        { min: 0, max: 1000, fallback: 5 },
      ),
      restMs: integerField('How long it is left alone before one question tries it.', {
        min: 10,
        max: 600_000,
        fallback: 10_000,
      }),
    },
    { fallback: { concurrent: 32, queued: 128, failures: 5, restMs: 10_000 } },
  ),
  cache: groupField(
    'What is kept of what the source answered, in memory alone, for the same question on behalf of the same caller.',
    {
      seconds: integerField(
        'How long a whole answer is kept. 0: only those who ask while the question is under way share its answer.',
        { min: 0, max: 3600, fallback: 0 },
      ),
      staleSeconds: integerField(
        'How long after that it may stand in for an answer that the source cannot give: the account then says that it is stale, and from when. 0: never.',
        { min: 0, max: 86_400, fallback: 0 },
      ),
      maxBytes: integerField('The most that is kept of this source, in bytes of memory as they are estimated.', {
        min: 0,
        max: 4_294_967_296,
        fallback: 67_108_864,
      }),
    },
    { fallback: { seconds: 0, staleSeconds: 0, maxBytes: 67_108_864 } },
  ),
  settings: objectField("The adapter's own settings: see its README."),
} satisfies Fields;

/** How a caller may have shown the API platform who they are, in the platform's words. */
export const GRANTS = [
  'app-level0',
  'app-level3',
  'nhs-cis2-aal1',
  'nhs-cis2-aal3',
  'nhs-login-p0',
  'nhs-login-p5',
  'nhs-login-p9',
] as const;

const API_PLATFORM = {
  name: 'patient-core-records',
  targetUrl: undefined,
  security: 'mtls',
  secret: 'patient-core-records',
  grants: ['app-level3', 'nhs-cis2-aal3'],
  perMinute: 600,
  perMinuteAndApp: 300,
} as const;

const rate = { min: 1, max: 1_000_000 };

export const CONFIG = {
  listen: groupField(
    'Where the facade listens.',
    {
      host: textField('Address.', { fallback: '127.0.0.1' }),
      port: integerField('Port; 0 lets the system choose.', { min: 0, max: 65_535, fallback: 8000 }),
    },
    { fallback: { host: '127.0.0.1', port: 8000 } },
  ),
  publicBase: optionalField(
    urlField('The base URL that callers use, without `/FHIR/R4`; that of `listen` where left out.'),
  ),
  sealingKeys: listField(
    'Keys that seal logical ids: the first seals, all unseal. Share them between instances.',
    groupField('A key.', {
      version: integerField('Never used twice.', { min: 0, max: 31 }),
      secret: secretField('At least 32 characters.'),
    }),
  ),
  corsOrigins: listField(
    'Web origins whose browsers may read answers.',
    textField('An origin.', { pattern: /^https?:\/\/[^/\s]+$/, kind: 'an origin such as https://app.example' }),
    { fallback: [] },
  ),
  apiPlatform: groupField(
    'How the NHS England API platform in front reaches and guards this API: `x-nhsd-apim` in `/openapi.json`.',
    {
      name: textField('What the API is called there, as in its scopes.', {
        pattern: /^[a-z][a-z0-9-]*$/,
        kind: 'lower-case letters, digits and dashes',
        fallback: API_PLATFORM.name,
      }),
      targetUrl: optionalField(urlField('Where the platform reaches the facade; `publicBase` where left out.')),
      security: choiceField('What the platform shows the facade of itself.', ['mtls', 'apikey'], {
        fallback: API_PLATFORM.security,
      }),
      secret: textField('The name that the certificate or key has there; never the secret itself.', {
        fallback: API_PLATFORM.secret,
      }),
      grants: listField('How callers may have shown who they are.', choiceField('A grant.', GRANTS), {
        fallback: API_PLATFORM.grants,
      }),
      perMinute: integerField('Requests a minute in all.', { ...rate, fallback: API_PLATFORM.perMinute }),
      perMinuteAndApp: integerField('Requests a minute of one app.', {
        ...rate,
        fallback: API_PLATFORM.perMinuteAndApp,
      }),
    },
    { fallback: API_PLATFORM },
  ),
  deadlineMs: integerField('The most a request may take.', { min: 100, max: 60_000, fallback: 10_000 }),
  maxBodyBytes: integerField('The largest request body.', { min: 1024, max: 10_485_760, fallback: 65_536 }),
  maxRecordsPerSource: integerField(
    'Records read from one source for one request; beyond it the ledger says `incomplete`.',
    {
      min: 1,
      max: 100_000,
      fallback: 10_000,
    },
  ),
  load: groupField(
    'What one process carries; beyond it a caller is told 503 and when to try again.',
    {
      maxRequests: integerField('Requests under way at a time.', { min: 1, max: 100_000, fallback: 256 }),
      maxBytes: integerField('Bytes of the answers of sources held at a time.', {
        min: 1_048_576,
        max: 68_719_476_736,
        fallback: 268_435_456,
      }),
    },
    { fallback: { maxRequests: 256, maxBytes: 268_435_456 } },
  ),
  pages: groupField(
    'Pages of searches over answers that are all kept (`sources[].cache`): kept beside them, in memory alone.',
    {
      maxBytes: integerField('The most that is kept, in bytes of memory as they are estimated; 0 for none.', {
        min: 0,
        max: 4_294_967_296,
        fallback: 67_108_864,
      }),
    },
    { fallback: { maxBytes: 67_108_864 } },
  ),
  facade: groupField('The organisation that runs the facade: the assembler in every Provenance.', {
    ods: textField('Its ODS code.', ODS),
    name: textField('Its name.'),
  }),
  actor: groupField('On whose behalf sources are asked until callers are authenticated.', {
    organisation,
    practitioner: optionalField(
      groupField('The person.', {
        id: textField('Local id.'),
        family: textField('Family name.'),
        given: textField('Given name.'),
        sdsUserId: textField('SDS user id.', digits),
        sdsRoleProfileId: textField('SDS role profile id.', digits),
      }),
    ),
    device: groupField('The software.', {
      id: textField('Its id.'),
      model: textField('Its name.'),
      version: textField('Its version.'),
    }),
  }),
  identity: optionalField(
    groupField('Who says whose an NHS number is. Left out, no patient is traced and nothing is withheld for it.', {
      source: textField('The id of the source that traces NHS numbers.'),
      cacheSeconds: integerField('How long a trace is remembered: so long an older restriction may be missed.', {
        min: 0,
        max: 3600,
        fallback: 300,
      }),
      quarantineAt: integerField(
        'How many of family name, birth date and gender must differ from the trace for the answer of a source to be held back; one fewer is a warning. 4 holds nothing back.',
        { min: 1, max: 4, fallback: 2 },
      ),
    }),
  ),
  terminology: optionalField(
    groupField('What sharpens links between records; without it links rest on codes and words alone.', {
      url: optionalField(urlField('The base URL of a FHIR R4 terminology server.')),
      token: optionalField(secretField('The bearer token it wants, where that is always the same.')),
      oauth: optionalField(
        groupField(
          'Where it gives tokens of its own by OAuth 2 client credentials, as the NHS terminology server does.',
          {
            tokenUrl: urlField('The address that gives them.'),
            clientId: textField('The client id.'),
            clientSecret: secretField('The client secret.'),
          },
        ),
      ),
      budgetMs: integerField('The most that asking it may take for one answer.', {
        min: 10,
        max: 30_000,
        fallback: 1500,
      }),
      maxCodes: integerField('The most codes that it is asked about for one answer.', {
        min: 1,
        max: 10_000,
        fallback: 300,
      }),
      file: optionalField(textField('A JSON file of ConceptMaps, one or a Bundle: instead of a server, or before it.')),
    }),
  ),
  sources: listField('The sources, in order of precedence for demographics.', groupField('A source.', sourceFields)),
} satisfies Fields;

export type Config = Settings<typeof CONFIG>;
export type SourceConfig = Config['sources'][number];

/** The start fails with these lines: one per fault, each naming the place in the file. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}

/** Reads and checks a config file. @throws ConfigError */
export const loadConfig = async (file: string): Promise<Config> => {
  const content = await readFile(file, 'utf8').catch(() => {
    throw new ConfigError([`${file}: cannot be read`]);
  });
  let given: unknown;
  try {
    given = JSON.parse(content);
  } catch {
    throw new ConfigError([`${file}: is not JSON`]);
  }
  return parseConfig(given, file);
};

/** Checks the content of a config file. @throws ConfigError */
export const parseConfig = (given: unknown, name: string): Config => {
  const parsed = parseFields(CONFIG, given, name);
  const faults = 'faults' in parsed ? [...parsed.faults] : contradictions(parsed.value, name);
  if (faults.length > 0 || 'faults' in parsed) throw new ConfigError(faults);
  return parsed.value;
};

const contradictions = ({ sources, sealingKeys, identity }: Config, name: string): string[] => {
  const ids = sources.map((it) => it.id);
  const versions = sealingKeys.map((it) => it.version);
  return [
    ...ids.flatMap((id, at) =>
      ids.indexOf(id) < at ? [`${name}.sources[${at}].id: expected an id of its own; it is used twice`] : [],
    ),
    ...(identity && !ids.includes(identity.source)
      ? [`${name}.identity.source: expected the id of one of the sources`]
      : []),
    ...versions.flatMap((it, at) =>
      versions.indexOf(it) < at ? [`${name}.sealingKeys[${at}].version: expected a version of its own`] : [],
    ),
    ...sealingKeys.flatMap(({ secret }, at) =>
      secret.length < 32 ? [`${name}.sealingKeys[${at}].secret: expected at least 32 characters`] : [],
    ),
    ...(sealingKeys.length === 0 ? [`${name}.sealingKeys: expected at least one key`] : []),
    ...(sources.length === 0 ? [`${name}.sources: expected at least one source`] : []),
  ];
};
