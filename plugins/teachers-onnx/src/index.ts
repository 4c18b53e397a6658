import { definePlugin, type Plugin } from '@kd/core';
import { onnx } from './onnx.ts';

export { onnx } from './onnx.ts';
export type { OnnxOptions } from './onnx-options.ts';

const teachersOnnx: Plugin = definePlugin({ name: 'teachers-onnx', strategies: [onnx] });
export default teachersOnnx;
