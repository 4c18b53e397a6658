import { existsSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';

const modules = ['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '.jsx'];
const converted = 'Convert it with `tensorflowjs_converter` to a folder with model.json';
const savedModel = "Name it as `source: ['saved-model', { path }]`, or convert it with `tensorflowjs_converter` to a folder with model.json.";
const function_ = 'Ask it in a function that `predict` names, or store its answers for `stored-predictions`.';

const nexts: Readonly<Record<string, string>> = {
  '.onnx': "Name it as `source: ['onnx', { path }]`, which comes with @kd/plugin-teachers-onnx.",
  '.pt': function_,
  '.pth': function_,
  '.safetensors': function_,
  '.tflite': function_,
  '.pb': savedModel,
  '.h5': `${converted}.`,
  '.hdf5': `${converted}.`,
  '.keras': `${converted}, or export it as a SavedModel.`,
};

/**
 * What to do about a path that holds neither a model.json nor code, such as a file of another library.
 *
 * @param path a file or a folder that is there
 * @returns undefined when it is a module, or a folder that may be one: these can at least be tried
 */
export function nextForForeign(path: string): string | undefined {
  if (existsSync(join(path, 'saved_model.pb'))) return savedModel;
  const extension = extname(path).toLowerCase();
  return modules.includes(extension) || statSync(path).isDirectory() ? undefined : nexts[extension] ?? 'Check the path.';
}
