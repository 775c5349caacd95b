import { errorMessage } from '../util/error-message.js';
import { isObject } from '../util/json.js';
import { ModuleCredentialsError } from './client-errors.js';
import type { CredentialSource } from './credential-source.js';

/** The user's function. It may return anything, at once or later, and gets what the SDK tells such functions. */
export type CredentialFunction = () => unknown;

/** The credentials that the user's function finds. Rejects with an error that names the function. */
export function moduleCredentials(find: CredentialFunction): CredentialSource {
  return async (...context) => {
    let found: unknown;
    try {
      found = await Reflect.apply(find, undefined, context);
    } catch (error) {
      throw new ModuleCredentialsError(errorMessage(error));
    }
    if (!areCredentials(found))
      throw new ModuleCredentialsError('it returned something else than { accessKeyId, secretAccessKey, … }');
    // A copy, since the SDK adds to it where it came from.
    return { ...found };
  };
}

type Found = Awaited<ReturnType<CredentialSource>>;

function areCredentials(found: unknown): found is Found {
  if (!isObject(found)) return false;
  const { accessKeyId, secretAccessKey, sessionToken = '', expiration = new Date() } = found;
  return (
    [accessKeyId, secretAccessKey].every((key) => typeof key === 'string' && key !== '') &&
    typeof sessionToken === 'string' &&
    expiration instanceof Date &&
    !Number.isNaN(expiration.getTime())
  );
}
