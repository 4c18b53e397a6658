import { distill, fromArrays, Random } from '@kd/core';
import adaptiveAlpha from '@kd/plugin-adaptive-alpha';
import { layers, sequential } from '@tensorflow/tfjs-layers';

// Points in a square that holds a disc. A point is left or right, inside or outside the disc: four classes.
function points(count, name) {
  const values = new Random(1).stream(name).fillUniform(new Float32Array(2 * count)).map((value) => 2 * value - 1);
  const place = Array.from({ length: count }, (_, i) => Number(values[2 * i] > 0) + 2 * Number(Math.hypot(values[2 * i], values[2 * i + 1]) > 0.8));
  return fromArrays({ inputs: { point: { shape: [2], values } }, labels: { place } });
}
const network = (hidden, classes) => () =>
  sequential({ layers: [layers.dense({ inputShape: [2], units: hidden, activation: 'relu' }), layers.dense({ units: classes })] });

const { student, summary } = await distill({
  plugins: [adaptiveAlpha],
  data: { train: points(4000, 'train'), test: points(1000, 'test'), labelled: 40 },
  labels: {
    place: ['left inside', 'right inside', 'left outside', 'right outside'],
    side: { of: 'place', groups: { left: ['left inside', 'left outside'], right: ['right inside', 'right outside'] } },
    disc: { of: 'place', groups: { inside: ['left inside', 'right inside'], outside: ['left outside', 'right outside'] } },
  },
  teachers: {
    side: { model: network(8, 2), speaks: 'side', train: { epochs: 3, optimizer: ['adamw', { learningRate: 0.02 }] } },
    disc: { model: network(32, 2), speaks: 'disc', train: { epochs: 10, optimizer: ['adamw', { learningRate: 0.02 }] } },
  },
  student: { model: network(32, 4) },
  train: { epochs: 10, optimizer: ['adamw', { learningRate: 0.05 }] },
  compare: { baseline: true },
});

const percent = ({ accuracy }) => `${(100 * accuracy).toFixed(1)} %`;
console.log(`teachers: side ${percent(summary.teachers.side)}, disc ${percent(summary.teachers.disc)}`);
console.log(`student: accuracy ${percent(summary.student)} on four classes (on 40 labels alone: ${percent(summary.baseline)})`);
console.log(`${summary.student.parameters} parameters; student.layersModel is an ordinary layers model: ${student.layersModel.layers.length} layers`);
