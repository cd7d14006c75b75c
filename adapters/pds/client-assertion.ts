import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { type ClientProof, groupField, secretField, textField, urlField } from '../../src/adapter/index.ts';

/** An application that the NHS England API platform knows by its key. */
export const signedJwt = groupField(
  'Application-restricted access: a token is fetched for a JWT that is signed with our key, and again when it ends.',
  {
    tokenUrl: urlField('The address that gives tokens, as the platform names it: it stands in the JWT.'),
    apiKey: secretField('The key of the application.'),
    keyId: textField('The `kid` under which the platform knows our public key.'),
    privateKey: secretField('Our RSA private key in PEM.'),
  },
);

export interface SignedJwt {
  readonly tokenUrl: string;
  readonly apiKey: string;
  readonly keyId: string;
  readonly privateKey: string;
}

/** The platform takes no JWT that ends later than in five minutes. */
const LIFETIME_SECONDS = 300;

/** Reads a key. @throws TypeError at start, where it is none */
export const readKey = ({ privateKey }: Pick<SignedJwt, 'privateKey'>): KeyObject => {
  try {
    // A variable of the environment often holds it in one line.
    return createPrivateKey(privateKey.replaceAll('\\n', '\n'));
  } catch {
    throw new TypeError('settings.signedJwt.privateKey: expected an RSA private key in PEM');
  }
};

/**
 * What the application proves itself with: a JWT for one use, signed with RS512.
 * @see https://digital.nhs.uk/developer/guides-and-documentation/security-and-authorisation/application-restricted-restful-apis-signed-jwt-authentication
 */
export const clientAssertion = (
  { tokenUrl, apiKey, keyId }: SignedJwt,
  key: KeyObject,
  { now, uuid }: { readonly now: () => number; readonly uuid: () => string },
): ClientProof => {
  const exp = Math.floor(now() / 1000) + LIFETIME_SECONDS;
  const claims = { iss: apiKey, sub: apiKey, aud: tokenUrl, jti: uuid(), exp };
  const content = `${encode({ alg: 'RS512', typ: 'JWT', kid: keyId })}.${encode(claims)}`;
  return {
    form: {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: `${content}.${sign('sha512', Buffer.from(content), key).toString('base64url')}`,
    },
  };
};

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
