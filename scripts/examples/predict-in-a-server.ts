// A server that answers with predictions: the members are loaded once, and every request predicts what it sends.

import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Ensemble, loadData, TuttiError, trainEnsemble } from 'tutti';

const { train } = await loadData('data/diabetes.csv', { target: 'progression' });
await (await trainEnsemble(train, { members: 8, hidden: [16], seed: 1 })).save('diabetes.tutti');

const ensemble = await Ensemble.load('diabetes.tutti');
const predictor = await ensemble.predictor();
const server = createServer(async (request, response) => {
  try {
    const answers = await predictor.predict(JSON.parse(await text(request)));
    response.end(JSON.stringify(answers));
  } catch (error) {
    const code = error instanceof TuttiError ? error.code : 'ERR_REQUEST';
    response.writeHead(400).end(JSON.stringify({ code, message: String(error) }));
  }
});
await new Promise<void>((resolve) => server.listen(0, resolve));

const address = server.address();
const port = typeof address === 'object' ? address?.port : undefined;
const patient = { age: 59, sex: 2, bmi: 32.1, bp: 101, s1: 157, s2: 93.2, s3: 38, s4: 4, s5: 4.8598, s6: 87 };
for (const body of [[patient], [{ ...patient, bmi: 'high' }]]) {
  const answer = await fetch(`http://localhost:${port}`, { method: 'POST', body: JSON.stringify(body) });
  console.log(answer.status, await answer.text());
}
server.close();
predictor.dispose();
