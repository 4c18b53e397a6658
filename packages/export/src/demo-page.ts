import { asset, published } from './assets.ts';
import type { ModelLabels } from './labels.ts';
import type { GoldenSamples } from './samples.ts';

export interface DemoOptions {
  readonly labels: ModelLabels;
  readonly golden: GoldenSamples;
  /** As it lies in model.json. */
  readonly topology: unknown;
  readonly specs: unknown;
  readonly weights: Uint8Array;
  /** Whether a picture goes in as it is: nothing outside the model prepares it. */
  readonly pictures: boolean;
}

/** TensorFlow.js as its packages publish it for a page's `script`. */
const RUNTIME: readonly string[] = ['tfjs-core/dist/tf-core.min.js', 'tfjs-layers/dist/tf-layers.min.js', 'tfjs-backend-wasm/dist/tf-backend-wasm.min.js'];
const BINARY = 'tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm';
/** Nothing is fetched from anywhere: the page holds all that it needs. */
const POLICY = "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; connect-src blob:; style-src 'unsafe-inline'; img-src blob: data:";

/** One page that opens by double click: the runtime, the model, the samples, and a place to try it. */
export async function demoPage({ labels, golden, topology, specs, weights, pictures }: DemoOptions): Promise<string> {
  const [css, script, wasm, ...runtime] = await Promise.all([asset('demo.css'), asset('demo.js'), published(BINARY), ...RUNTIME.map(published)]);
  const model = JSON.stringify({ topology, specs, weights: Buffer.from(weights).toString('base64'), wasm: wasm.toString('base64'), labels, golden, pictures });
  const title = textOf(labels.name);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><title>${title}</title><style>${css}</style></head>
<body><h1>${title}</h1><p class="small" id="proof">Starting …</p>
<main><div id="input"></div><div id="answer"><div id="heads"></div><p class="small" id="time"></p></div></main>
<p class="small">Samples that came with the model:</p><div id="samples"></div>
<p class="small">This page is one file: TensorFlow.js, the model and the samples are inside, and nothing leaves this machine.</p>
<script type="application/json" id="model">${model.replaceAll('<', '\\u003c')}</script>
${runtime.map((file) => `<script>${scriptOf(file.toString('utf8'))}</script>`).join('\n')}
<script type="module">${scriptOf(script)}</script></body></html>
`;
}

function textOf(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** A script inside a page ends at the first of these, wherever it stands; its source map would be looked for beside the page. */
function scriptOf(code: string): string {
  return code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--').replace(/\/\/# sourceMappingURL=\S+/g, '');
}
