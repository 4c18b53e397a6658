import { objectOf, type Described, type Protocol } from './protocol.ts';
import { rowsOf, type OutputRows } from './rows.ts';
import type { Server } from './server.ts';

/** What the one output of a model is called, for the protocol does not name it. */
const ONLY_OUTPUT = 'predictions';

/**
 * The predict API of TensorFlow Serving, by rows: https://www.tensorflow.org/tfx/serving/api_rest.
 *
 * @param named the model's inputs go by their names even where there is only one
 */
export function tensorflowServing(url: URL, named: boolean): Protocol {
  return {
    path: url.pathname,
    describe: (server) => describe(server, url.pathname),
    question(inputs) {
      const names = Object.keys(inputs);
      if (names.length === 1 && !named) return { instances: inputs[names[0]!] };
      return { instances: inputs[names[0]!]!.map((_, row) => Object.fromEntries(names.map((name) => [name, inputs[name]![row]]))) };
    },
    answered(json, rows) {
      const answer = objectOf(json, 'the answer');
      const { predictions } = answer;
      if (predictions === undefined) throw new Error(`the answer has no \`predictions\`, only ${Object.keys(answer).slice(0, 5).join(', ') || 'nothing'}`);
      return { outputs: outputsOf(predictions, rows) };
    },
  };
}

function outputsOf(predictions: unknown, rows: number): Readonly<Record<string, OutputRows>> {
  const isNamed = Array.isArray(predictions) && typeof predictions[0] === 'object' && predictions[0] !== null && !Array.isArray(predictions[0]);
  if (!isNamed) return { [ONLY_OUTPUT]: rowsOf(predictions, rows, '`predictions`') };
  const objects = predictions.map((each) => objectOf(each, 'one of `predictions`'));
  return Object.fromEntries(Object.keys(objects[0]!).map((name) => [name, rowsOf(objects.map((each) => each[name]), rows, `the output '${name}'`)]));
}

/** The version that is served, where the server is one of TensorFlow Serving's. */
async function describe(server: Server, path: string): Promise<Described> {
  const model = /^(.*\/models\/[^/]+(?:\/(?:versions|labels)\/[^/]+)?):predict$/.exec(path)?.[1];
  if (model === undefined) return { model: '' };
  try {
    return await server.ask({ path: model, tries: 1 }, (json) => ({ model: JSON.stringify([model.split('/models/').at(-1), servedVersions(json)]) }));
  } catch {
    // Others that speak as it does need not know of versions.
    return { model: '' };
  }
}

function servedVersions(json: unknown): readonly unknown[] {
  const { model_version_status: all } = objectOf(json, 'the status');
  if (!Array.isArray(all)) throw new Error('the status names no versions');
  return all.map((each) => objectOf(each, 'a version')).filter(({ state }) => state === 'AVAILABLE').map(({ version }) => version);
}
