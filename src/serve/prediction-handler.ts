// A served ensemble as a function from a request to a response, as fetch has them: for a server of a program's own.

// The declaration file names Disposable, which a user's own libs may not hold.
/// <reference lib="esnext.disposable" preserve="true" />

import { requireEnsemble, type TrainedEnsemble } from '../ensemble/ensemble.js';
import { checkOptions } from '../option-names.js';
import { askedBy } from './fetch-exchange.js';
import { filledOptions, HANDLER_OPTIONS, type PredictionHandlerOptions } from './options.js';
import type { PredictionService } from './service.js';

/** Answers requests with predictions; see {@link predictionHandler}. */
export interface PredictionHandler extends Disposable {
  (request: Request): Promise<Response>;
  /** Lets go of the members; what is under way is refused. */
  dispose(): void;
}

/**
 * Answers requests as `serveEnsemble` does, for a server of the program's own:
 *
 *     const handler = predictionHandler(ensemble, { base: '/prices' });
 *     app.all('/prices/*', (context) => handler(context.req.raw));
 *
 * Members are loaded with the first request, once. The server's own limits on connections and headers hold.
 * @returns a function that never rejects: what cannot be answered is a response with a status of 400 or more, and a line of JSON.
 * @throws ERR_OPTION
 */
export function predictionHandler(
  ensemble: TrainedEnsemble,
  options: PredictionHandlerOptions = {},
): PredictionHandler {
  requireEnsemble(ensemble);
  checkOptions('predictionHandler', options, HANDLER_OPTIONS);
  const filled = filledOptions(options);
  let opening: Promise<PredictionService> | null = null;
  let disposed = false;
  async function open(): Promise<PredictionService> {
    const { PredictionService } = await import('./service.js');
    const service = await PredictionService.open(ensemble, filled);
    if (disposed) service.dispose();
    return service;
  }
  async function answer(request: Request): Promise<Response> {
    opening ??= open();
    const own = opening;
    const asked = askedBy(request, filled.timeout);
    try {
      const service = await own;
      const { status, headers, body } = await service.answer(asked, { over: false });
      return new Response(request.method === 'HEAD' ? null : body, { status, headers });
    } catch (error) {
      // With more memory, or its module back in its place, the next request may find it loaded.
      if (opening === own) opening = null;
      const { failureAnswer } = await import('./service.js');
      const { status, headers, body } = failureAnswer(filled, asked, error);
      return new Response(body, { status, headers });
    }
  }
  const dispose = () => {
    disposed = true;
    void opening?.then((service) => service.dispose()).catch(() => {});
  };
  return Object.assign(answer, { dispose, [Symbol.dispose]: dispose });
}
