// A served ensemble from its first request to its last.

import { requireEnsemble, type TrainedEnsemble } from '../ensemble/ensemble.js';
import { checkOptions, pickOptions } from '../option-names.js';
import { filledOptions, HANDLER_OPTIONS, SERVE_OPTIONS, type ServeOptions } from './options.js';

/** An ensemble that answers; see {@link serveEnsemble}. */
export interface EnsembleServer {
  /** Where it answers: `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly port: number;
  /** Whether it can be reached from this machine alone. */
  readonly isLocal: boolean;
  /**
   * Takes no new connection, answers the requests that are under way, for as long as `grace` says, and ends. Meanwhile
   * `/health` says so with a status of 503.
   */
  close(): Promise<void>;
}

/**
 * Answers HTTP requests with predictions: `POST /predict` with rows as JSON or CSV; `GET /health`, `/model`,
 * `/openapi.json` and a page for people at `/`. Rows of requests that come at the same time are predicted together, each
 * answered with the bits of `ensemble.predict`.
 *
 *     const server = await serveEnsemble(ensemble, { port: 8080 });
 *     console.log(server.url);
 *
 * It listens on this machine's loopback address unless `host` says otherwise, asks nobody who they are, and encrypts
 * nothing: for the world, put a proxy before it.
 * @param options the signal ends the loading, and later the server as `close` does.
 * @throws ERR_OPTION for an option that is wrong, and a port that cannot be had; what `createPredictor` throws.
 */
export async function serveEnsemble(
  ensemble: TrainedEnsemble,
  options: ServeOptions = {},
): Promise<EnsembleServer> {
  requireEnsemble(ensemble);
  checkOptions('serveEnsemble', options, SERVE_OPTIONS);
  const { signal, hosts } = options;
  signal?.throwIfAborted();
  const filled = filledOptions(pickOptions(options, HANDLER_OPTIONS));
  const { host = SERVE_OPTIONS.host.default, port = SERVE_OPTIONS.port.default } = options;
  const { grace = SERVE_OPTIONS.grace.default } = options;
  // Programs that serve nothing need not load it.
  const { isLoopback, startHttpServer } = await import('./http-server.js');
  const { PredictionService } = await import('./service.js');
  const service = await PredictionService.open(ensemble, filled);
  const isLocal = isLoopback(host);
  const shown = host.includes(':') ? `[${host}]` : host;
  const end = () => service.dispose();
  try {
    signal?.throwIfAborted();
    const server = await startHttpServer(service, {
      ...{ host, port, timeout: filled.timeout },
      onRefused: (answer, asked) => service.refused(answer, asked),
      hosts: allowedHosts(shown, hosts, isLocal),
    });
    if (signal?.aborted) {
      await server.close(0);
      throw signal.reason;
    }
    let closed: Promise<void> | null = null;
    const close = () => {
      closed ??= server.close(grace * 1000).finally(() => {
        signal?.removeEventListener('abort', close);
        end();
      });
      return closed;
    };
    signal?.addEventListener('abort', close, { once: true });
    return { url: `http://${shown}:${server.port}${filled.base}`, port: server.port, isLocal, close };
  } catch (error) {
    end();
    throw error;
  }
}

/**
 * A page of another site that a browser shows must not get at a server by a name that is made to point here.
 * @param own its host as it stands in addresses.
 */
function allowedHosts(
  own: string,
  hosts: readonly string[] | undefined,
  isLocal: boolean,
): readonly string[] | null {
  if (hosts?.includes('*') || (hosts === undefined && !isLocal)) return null;
  const local = isLocal ? ['localhost', '127.0.0.1', '[::1]'] : [];
  return [own, ...local, ...(hosts ?? [])].map((name) => name.toLowerCase());
}
