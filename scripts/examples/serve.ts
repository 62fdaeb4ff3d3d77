// An ensemble that answers HTTP: by a server of tutti's, and as a function within one of your own.

import { Ensemble, loadData, predictionHandler, serveEnsemble, trainEnsemble } from 'tutti';

const { train } = await loadData('data/diabetes.csv', { target: 'progression' });
const trained = await trainEnsemble(train, { members: 8, hidden: [16], seed: 1 });
await (await trained.conformalise(train)).save('diabetes.tutti');

const ensemble = await Ensemble.load('diabetes.tutti');
const server = await serveEnsemble(ensemble, { port: 0 });
const patient = { age: 59, sex: 2, bmi: 32.1, bp: 101, s1: 157, s2: 93.2, s3: 38, s4: 4, s5: 4.8598, s6: 87 };
const headers = { 'content-type': 'application/json' };
for (const [query, rows] of [
  ['', patient],
  ['?coverage=0.9', [patient]],
  ['', [{ ...patient, bmi: 'high' }]],
] as const) {
  const body = JSON.stringify(rows);
  const answer = await fetch(`${server.url}/predict${query}`, { method: 'POST', headers, body });
  console.log(answer.status, (await answer.text()).trim());
}
await server.close();

// The same within a server of your own, whatever it is: a function from a Request to a Response.
const handler = predictionHandler(ensemble, { base: '/models/diabetes', maxRows: 100 });
const asked = new Request('http://localhost/models/diabetes/health');
console.log(await (await handler(asked)).json());
handler.dispose();
