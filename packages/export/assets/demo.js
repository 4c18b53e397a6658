// The page's own script; TensorFlow.js stands before it as `tf`, the model and its samples in the element `model`.
const { topology, specs, weights, wasm, labels, golden, pictures } = JSON.parse(document.getElementById('model').textContent);
const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const place = (id) => document.getElementById(id);
const sizeOf = (shape) => shape.reduce((size, dimension) => size * dimension, 1);
const [first] = labels.inputs;
const spec = golden.inputs[first.name];
/** A picture: height, width and perhaps one, three or four channels, last. */
const picture = labels.inputs.length === 1 && spec.dtype === 'float32' && first.sample.length > 1 && first.sample[0] > 7 && first.sample[1] > 7
  && (first.sample.length === 2 || (first.sample.length === 3 && [1, 3, 4].includes(first.sample[2])));
const [height, width, channels = 1] = first.sample;
const [low, high] = spec.values.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);

let model;
let current = labels.inputs.map(({ name }) => sampleOf(name, 0));

function sampleOf(name, row) {
  const { shape, values } = golden.inputs[name];
  return values.slice(row * sizeOf(shape), (row + 1) * sizeOf(shape));
}

async function start() {
  const url = URL.createObjectURL(new Blob([bytesOf(wasm)], { type: 'application/wasm' }));
  tf.wasm.setWasmPaths({ 'tfjs-backend-wasm.wasm': url, 'tfjs-backend-wasm-simd.wasm': url, 'tfjs-backend-wasm-threaded-simd.wasm': url });
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tf.setBackend('wasm');
  await tf.ready();
  model = await tf.loadLayersModel({ load: async () => ({ modelTopology: topology, weightSpecs: specs, weightData: bytesOf(weights).buffer }) });
  const difference = prove();
  place('proof').textContent = `${golden.count} samples that came with the model give what they should; largest difference ${difference.toExponential(1)}.`;
  if (!(difference <= golden.tolerance)) place('proof').textContent = `The model does not give what it should on this machine: largest difference ${difference.toExponential(1)}.`;
  document.body.dataset.difference = String(difference);
  show();
}

/** Logits or probabilities or values, as the model gives them, by head. */
function ask(samples, count) {
  const given = labels.inputs.map(({ name }, i) => tf.tensor(samples[i], [count, ...golden.inputs[name].shape], golden.inputs[name].dtype));
  const outputs = [model.predict(given)].flat();
  const values = outputs.map((output) => Array.from(output.dataSync()));
  tf.dispose([given, outputs]);
  return values;
}

function prove() {
  const answers = ask(labels.inputs.map(({ name }) => golden.inputs[name].values), golden.count);
  return Math.max(...labels.heads.flatMap(({ name }, head) => golden.outputs[name].values.map((value, i) => Math.abs(answers[head][i] - value) / Math.max(1, Math.abs(value)))));
}

function softmax(logits) {
  const most = Math.max(...logits);
  const powers = logits.map((value) => Math.exp(value - most));
  const sum = powers.reduce((total, value) => total + value, 0);
  return powers.map((value) => value / sum);
}

function element(tag, text, className = '') {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}

function show() {
  const started = performance.now();
  const answers = ask(current, 1);
  place('time').textContent = `${(performance.now() - started).toFixed(1)} ms on ${tf.getBackend()}`;
  place('heads').replaceChildren(...labels.heads.flatMap(({ name, classes, gives }, head) => [element('h2', name), ...rowsOf(classes, gives === 'logits' ? softmax(answers[head]) : answers[head], gives === 'values')]));
}

function rowsOf(classes, values, areValues) {
  const order = classes.map((name, i) => [name, values[i]]);
  // Many classes: only the likeliest.
  const shown = areValues || classes.length <= 12 ? order : order.sort(([, a], [, b]) => b - a).slice(0, 10);
  return shown.map(([name, value]) => {
    const row = element('div', '', !areValues && value === Math.max(...values) ? 'bar best' : 'bar');
    const bar = element('i', '');
    bar.style.width = areValues ? '0' : `${100 * value}%`;
    row.append(element('span', name), bar, element('span', areValues ? value.toPrecision(4) : `${(100 * value).toFixed(1)} %`));
    return row;
  });
}

function paint(canvas, values) {
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = (255 * (values[i * channels + (channels > 1 ? c : 0)] - low)) / (high - low || 1);
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** What stands on the canvas, as the model's numbers. */
function take(canvas) {
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
  const values = new Array(width * height * channels);
  for (let i = 0; i < width * height; i++) {
    const grey = (data[4 * i] + data[4 * i + 1] + data[4 * i + 2]) / 3;
    for (let c = 0; c < channels; c++) values[i * channels + c] = low + ((channels > 1 ? data[4 * i + c] : grey) / 255) * (high - low);
  }
  current = [values];
  show();
}

function pictureInput() {
  const canvas = paint(document.createElement('canvas'), current[0]);
  const file = Object.assign(document.createElement('input'), { type: 'file', accept: 'image/*' });
  const load = async (blob) => {
    const image = await createImageBitmap(blob);
    canvas.getContext('2d').drawImage(image, 0, 0, width, height);
    take(canvas);
  };
  file.onchange = () => file.files[0] && load(file.files[0]);
  canvas.ondragover = (event) => event.preventDefault();
  canvas.ondrop = (event) => (event.preventDefault(), event.dataTransfer.files[0] && load(event.dataTransfer.files[0]));
  const at = ({ offsetX, offsetY }) => [(offsetX / canvas.clientWidth) * width, (offsetY / canvas.clientHeight) * height];
  let from;
  canvas.onpointerdown = (event) => (from = at(event));
  canvas.onpointerup = canvas.onpointerleave = () => from && ((from = undefined), take(canvas));
  canvas.onpointermove = (event) => {
    if (!from) return;
    const to = at(event);
    const context = canvas.getContext('2d');
    Object.assign(context, { strokeStyle: 'white', lineWidth: Math.max(1, width / 12), lineCap: 'round' });
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    context.stroke();
    from = to;
  };
  const clear = element('button', 'Clear');
  clear.onclick = () => (paint(canvas, new Array(width * height * channels).fill(low)), take(canvas));
  if (!pictures) return [canvas];
  return [canvas, clear, file, element('p', 'Draw, or drop a picture.', 'small')];
}

function numberInputs() {
  return labels.inputs.flatMap(({ name }, i) => {
    const size = sizeOf(golden.inputs[name].shape);
    if (size > 32) return [element('p', `${name}: ${size} numbers`, 'small')];
    return current[i].map((value, at) => {
      const label = element('label', size === 1 ? `${name} ` : `${name} ${at} `);
      const field = Object.assign(document.createElement('input'), { type: 'number', step: 'any', value });
      field.oninput = () => Number.isFinite(field.valueAsNumber) && ((current[i][at] = field.valueAsNumber), show());
      label.append(field);
      return label;
    });
  });
}

function drawInput() {
  place('input').replaceChildren(...(picture ? pictureInput() : numberInputs()));
}

for (let row = 0; row < golden.count; row++) {
  const button = element('button', picture ? '' : `sample ${row + 1}`);
  button.title = `sample ${row + 1}`;
  if (picture) button.append(paint(document.createElement('canvas'), sampleOf(first.name, row)));
  button.onclick = () => {
    current = labels.inputs.map(({ name }) => sampleOf(name, row));
    drawInput();
    show();
  };
  place('samples').append(button);
}
drawInput();
start().catch((error) => {
  place('proof').textContent = `The model could not be started: ${error.message}`;
});
