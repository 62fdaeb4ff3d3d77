// The credentials of a cluster in the environment: taken out of it once they are known, since modules of the user's, and
// processes that are started, have it too and no business with them.

import { SECRET_VARIABLE, Secret } from '../../cluster/messages/secret.js';

/** The environment variable that has the queue's address. */
export const CLUSTER_VARIABLE = 'TUTTI_CLUSTER';

/**
 * The secret, where the environment has it and no file does.
 * @throws ERR_OPTION for one that is too short.
 */
export function takeSecret(secretFile: string | undefined): { readonly secret?: string } {
  const secret = process.env[SECRET_VARIABLE];
  delete process.env[SECRET_VARIABLE];
  delete process.env[CLUSTER_VARIABLE];
  if (secretFile !== undefined || secret === undefined || secret === '') return {};
  // Here, because here it is known where it is from.
  new Secret(secret, SECRET_VARIABLE);
  return { secret };
}
